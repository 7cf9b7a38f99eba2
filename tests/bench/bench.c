// SPDX-License-Identifier: MIT
/*
 * bench: what each bind() costs with hostportd, what a storm of them does, and
 * what the programs themselves need, against the targets of targets.c.
 *
 * The exit status says whether all that was asked for was measured (0) or not
 * (1), and never how good it was; 2: usage; 3: the system would not have it.
 */
#include "bench.h"

#include <errno.h>
#include <fnmatch.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/log.h"
#include "../../user/base/options.h"
#include "../../user/base/parse.h"
#include "../../user/base/status.h"
#include "../../user/base/terminal.h"
#include "groups.h"
#include "guard.h"
#include "others.h"
#include "place.h"
#include "plots.h"
#include "report.h"
#include "results.h"

#define ROUNDS	     100
#define ROUNDS_QUICK 5
#define ROUNDS_MAX   1000
#define ONLY_MAX     16

struct bench {
	const char *only[ONLY_MAX]; /* none: all */
	size_t only_len;
	unsigned int rounds; /* 0: not said */
	bool quick;
	const char *json; /* NULL: none */
	const char *svg;  /* the beginning of names; NULL: none */
	const char *dir, *other;
	char cgroup[PATH_MAX];
	struct results results;
};

/* Each measures what it is for if bench_wants() it. */
static void (*const groups[])(struct bench *b) = {
	/* clang-format off */
	bench_machine, /* before all others: it sets the scale */
	bench_bind,	     bench_programs,	     bench_large,   bench_peers, bench_curve_rows,
	bench_curve_threads, bench_curve_foreign,     bench_storms,  bench_drain, bench_memory,
	bench_start,	     bench_linked,	     bench_offline,
	/* clang-format on */
};

/* ---- bench.h ------------------------------------------------------------------------------- */

void bench_put(struct bench *b, const char *row, const char *what, const char *instance,
	       double value)
{
	if (bench_wants(b, row))
		results_put(&b->results, row, what, instance, value);
}

void bench_note(struct bench *b, const char *row, const char *what, const char *instance,
		double value, const char *unit)
{
	if (bench_wants(b, row))
		results_note(&b->results, row, what, instance, value, unit);
}

void bench_least(struct bench *b, const char *row, const char *what, const char *instance,
		 double value)
{
	if (bench_wants(b, row))
		results_least(&b->results, row, what, instance, value);
}

void bench_compare(struct bench *b, const char *row, const char *what, const char *instance,
		   double theirs, double ours, double over)
{
	if (bench_wants(b, row))
		results_compare(&b->results, row, what, instance, theirs, ours, over);
}

void bench_fail(struct bench *b, const char *row, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	log_error("%s: %s", row, text.data ? text.data : "");
	results_fail(&b->results, row, text.data ? text.data : "");
}

bool bench_wants(const struct bench *b, const char *row)
{
	for (size_t i = 0; i < b->only_len; i++)
		if (fnmatch(b->only[i], row, 0) == 0)
			return true;
	return b->only_len == 0;
}

bool bench_quick(const struct bench *b)
{
	return b->quick;
}

unsigned int bench_rounds(const struct bench *b)
{
	return b->rounds ? b->rounds : b->quick ? ROUNDS_QUICK : ROUNDS;
}

const char *bench_dir(const struct bench *b)
{
	return b->dir;
}

const char *bench_other(const struct bench *b)
{
	return b->other;
}

const char *bench_cgroup(const struct bench *b)
{
	return b->cgroup;
}

void bench_set_machine(struct bench *b, double none_ns, double empty_ns)
{
	b->results.none_ns = none_ns;
	b->results.empty_ns = empty_ns;
	b->results.scale = targets_scale(none_ns, empty_ns);
}

void bench_set_noise(struct bench *b, double noise_ns)
{
	b->results.noise_ns = noise_ns;
}

/* ---- options ------------------------------------------------------------------------------- */

static int parse_only(void *options, const char *value, struct buf *err)
{
	struct bench *b = options;
	const struct target_row *rows;
	size_t len;

	if (b->only_len == ONLY_MAX) {
		buf_printf(err, "at most %d", ONLY_MAX);
		return -EINVAL;
	}
	rows = targets_rows(&len);
	for (size_t i = 0; i < len; i++) {
		if (fnmatch(value, rows[i].id, 0) != 0)
			continue;
		b->only[b->only_len++] = value;
		return 0;
	}
	buf_puts(err, "no row is called so; they are:");
	for (size_t i = 0; i < len; i++)
		buf_printf(err, " %s", rows[i].id);
	return -EINVAL;
}

static const struct option_spec specs[] = {
	{ "only", "GLOB", "measure the rows whose names match; all unless it is given",
	  OPTION_PARSED_WHOLE(parse_only), .repeatable = true },
	{ "rounds", "N", "of what is measured in rounds (100)",
	  OPTION_UINT(struct bench, rounds, 1, ROUNDS_MAX) },
	{ "quick", NULL, "few rounds: to see that it works, not how fast",
	  OPTION_FLAG(struct bench, quick) },
	{ "json", "FILE", "write all figures there, too", OPTION_STRING(struct bench, json) },
	{ "svg", "PREFIX", "draw the curves: PREFIX-rows.svg and so on",
	  OPTION_STRING(struct bench, svg) },
	{ "dir", "DIR", "where the programs are (build)", OPTION_STRING(struct bench, dir) },
	{ "other", "DIR", "measure those of another revision beside them",
	  OPTION_STRING(struct bench, other) },
};

static const struct options options = {
	.program = "bench",
	.usage = "[options]",
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* OPTIONS_OK, or another and what to exit with. */
static int read_options(struct bench *b, int argc, char **argv, int *ret_status)
{
	_cleanup_buf_ struct buf text = { 0 };
	int operands, r = options_parse(&options, b, argc, argv, &operands, &text);

	if (r < 0) {
		(void)fprintf(stderr, "%s\n", text.data ? text.data : "bench: out of memory");
		*ret_status = EXIT_USAGE;
		return r;
	}
	if (text.data)
		(void)fputs(text.data, stdout);
	*ret_status = EXIT_OK;
	return r;
}

/* ---- the run ------------------------------------------------------------------------------- */

/* What groups mount goes with them. */
static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", BENCH_TMP, "tmpfs", MS_NODEV, "mode=0700") < 0)
		return -errno;
	return 0;
}

/* The table, and the files. */
static int tell(const struct bench *b)
{
	int r = report_print(b, &b->results, stdout);

	if (r < 0)
		log_error("table: %s", strerror(-r));
	if (r == 0 && b->json) {
		r = report_write_json(b, &b->results, b->json);
		if (r < 0)
			log_error("%s: %s", b->json, strerror(-r));
	}
	if (r == 0 && b->svg) {
		r = plots_write(&b->results, b->svg);
		if (r < 0)
			log_error("%s: %s", b->svg, strerror(-r));
	}
	return r;
}

static int work(void *data)
{
	struct bench *b = data;
	struct others others;
	int r = own_mounts();

	if (r < 0) {
		log_error("mount namespace: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	others_begin(&others);
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		groups[i](b);
	b->results.others = others_share(&others);
	r = tell(b);
	if (r < 0)
		return EXIT_SYSTEM;
	return report_is_whole(b, &b->results) ? EXIT_OK : EXIT_FINDINGS;
}

static void clean(void *data)
{
	struct bench *b = data;

	place_remove(b->cgroup);
}

static int run(struct bench *b)
{
	int r = place_make(getpid(), b->cgroup);

	if (r < 0) {
		log_error("cgroup: %s", r == -ENOENT ? "no cgroup2 is mounted" : strerror(-r));
		return EXIT_SYSTEM;
	}
	r = guard_run(work, clean, b);
	if (r >= 0)
		return r;
	log_error("start: %s", strerror(-r));
	clean(b);
	return EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
	struct bench b = { .dir = "build" };
	int status, r;

	terminal_use_utf8();
	log_setup("bench", LOG_LEVEL_INFO);
	r = read_options(&b, argc, argv, &status);
	if (r == OPTIONS_OK)
		status = run(&b);
	results_free(&b.results);
	return status;
}
