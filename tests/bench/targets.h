/* SPDX-License-Identifier: MIT */
/*
 * What is demanded of each row, and whether a figure meets it. Pure.
 *
 * Targets in ns were stated for a machine on which an empty program costs
 * TARGETS_EMPTY_NS; those that are SCALED are multiplied by what it costs here
 * over that.
 */
#pragma once

#include <stddef.h>

#define TARGETS_EMPTY_NS 58.0
#define TARGETS_PER_ROW	 4

enum target_flags {
	TARGET_SCALED = 1,   /* ns, that depend on the machine */
	TARGET_AT_LEAST = 2, /* bigger is better */
	TARGET_ONE = 4,	     /* there is a floor, and nothing better than to meet it */
};

struct target {
	const char *what; /* NULL: no more */
	const char *unit;
	double floor, excellent;
	unsigned int flags; /* enum target_flags */
};

struct target_row {
	const char *id;
	const char *title;
	struct target targets[TARGETS_PER_ROW + 1]; /* none: shown side by side only */
};

enum target_grade {
	TARGET_MISSED,
	TARGET_MET,
	TARGET_EXCELLENT,
	TARGET_GRADES,
};

/* The rows, in the order in which they are shown. */
const struct target_row *targets_rows(size_t *ret_len);

/* NULL: there is none. */
const struct target_row *targets_row(const char *id);
const struct target *targets_find(const struct target_row *row, const char *what);

/*
 * What the machine's own empty program, over none, makes of SCALED targets; within
 * bounds, as a failed measurement must not make any figure a good one.
 */
double targets_scale(double none_ns, double empty_ns);

/* The target of this machine: the same, rescaled if it is SCALED. */
struct target targets_here(const struct target *target, double scale);

/*
 * Judge a figure by a target of this machine. An excellent of 0 ns is met by what
 * can't be told from 0: within `noise` ns.
 */
enum target_grade targets_judge(const struct target *here, double value, double noise);

/* Is a worse than b? */
int targets_worse(const struct target *target, double a, double b);

/* "MISSED", "met", "excellent". */
const char *target_grade_word(enum target_grade grade);
