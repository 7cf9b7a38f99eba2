/* SPDX-License-Identifier: MIT */
/*
 * The programs that a group measures: ours, and then, with --other, those of the other
 * revision. What those do is told beside ours and judged by nothing; and what they can't do, as
 * they may not know an option, is no failure.
 */
#pragma once

#include <stdbool.h>

#include "bench.h"

struct side_figures;

struct side {
	struct bench *bench;
	const char *programs; /* the directory where they are */
	bool is_other;
	struct side_figures *ours; /* what ours have made of the row, once they have */
};

/* Measure a row with each of the sides, if the row is wanted. */
void side_each(struct bench *b, const char *row, void (*measure)(const struct side *side));

/* As bench_put(), bench_note(), bench_least() and bench_fail(), for this side. Of the other one,
 * what has no target is not told. */
void side_put(const struct side *side, const char *row, const char *what, const char *instance,
	      double value);
void side_note(const struct side *side, const char *row, const char *what, const char *instance,
	       double value, const char *unit);
void side_least(const struct side *side, const char *row, const char *what, const char *instance,
		double value);
void side_fail(const struct side *side, const char *row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
