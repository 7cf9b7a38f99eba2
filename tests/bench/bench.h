/* SPDX-License-Identifier: MIT */
/*
 * `make bench`: what its parts have in common. A group is a function
 * bench_GROUP(), listed in bench.c, that measures some rows of targets.c and
 * says with bench_put() what came out. It asks bench_wants() first, ends every
 * process that it starts, and needs not care about being interrupted: see
 * guard.h.
 */
#pragma once

#include <stdbool.h>

struct bench;

/* Record one figure: `row` and `what` name a target of targets.c; `instance` is which of several
 * ("tcp4 audit"), "" if there is one. Of a row that is not wanted nothing is recorded. */
void bench_put(struct bench *b, const char *row, const char *what, const char *instance,
	       double value);

/* One that has no target, for the JSON and the detail lines: unit is "ns", "count", ... */
void bench_note(struct bench *b, const char *row, const char *what, const char *instance,
		double value, const char *unit);

/*
 * What programs that do nothing make of a figure, attached to the same hooks, or what
 * there is without any: no better is possible on this machine. For all instances that begin with
 * `instance`.
 */
void bench_least(struct bench *b, const char *row, const char *what, const char *instance,
		 double value);

/* What is measured of another revision, too (--other), and what ours has over it. */
void bench_compare(struct bench *b, const char *row, const char *what, const char *instance,
		   double theirs, double ours, double over);

/* A row that could not be measured; the reason is shown, and the exit status is 1. */
void bench_fail(struct bench *b, const char *row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Is the row to be measured (--only=GLOB)? */
bool bench_wants(const struct bench *b, const char *row);

/* Few rounds: to see that it works, not how fast. */
bool bench_quick(const struct bench *b);

/* How many rounds what is measured in rounds has. */
unsigned int bench_rounds(const struct bench *b);

/* Where the programs are: "build". */
const char *bench_dir(const struct bench *b);

/* Where those of another revision are, to be measured beside ours; NULL: none. */
const char *bench_other(const struct bench *b);

/* A directory that only the bench and what it starts see, and that ends with them. */
#define BENCH_TMP "/sys/fs/bpf"

/* A cgroup2 directory made for the run; groups make theirs below it, and bench.c removes all. */
const char *bench_cgroup(const struct bench *b);

/*
 * What this machine's bind() costs without any program and with an empty one:
 * it rescales the targets in ns. And the noise: two measurements of the same
 * thing in this run differ by so much.
 */
void bench_set_machine(struct bench *b, double none_ns, double empty_ns);
void bench_set_noise(struct bench *b, double noise_ns);
