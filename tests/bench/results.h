/* SPDX-License-Identifier: MIT */
/* What was measured. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "targets.h"

struct figure {
	char row[24], what[48], instance[64], unit[16];
	double value;
};

/* The same of another revision and of this one. */
struct comparison {
	char row[24], what[48], instance[64];
	double theirs, ours;
	double over; /* what ours had over theirs in the same round: the median */
};

struct failure {
	char row[24], reason[160];
};

struct figures {
	struct figure *list;
	size_t len, cap;
};

struct results {
	struct figures judged; /* each has a target */
	struct figures notes;  /* and these have none */
	struct figures least;  /* what doing nothing makes of those that have a target */
	struct comparison *compared;
	size_t compared_len, compared_cap;
	struct failure *failures;
	size_t failures_len, failures_cap;
	bool no_memory; /* something is missing */
	double none_ns, empty_ns;
	double scale; /* of targets in ns; 0: not measured */
	double noise_ns;
	double others; /* what other processes took of the CPUs meanwhile, from 0 to 1 */
};

void results_free(struct results *r);

void results_put(struct results *r, const char *row, const char *what, const char *instance,
		 double value);
void results_least(struct results *r, const char *row, const char *what, const char *instance,
		   double value);
void results_note(struct results *r, const char *row, const char *what, const char *instance,
		  double value, const char *unit);
void results_compare(struct results *r, const char *row, const char *what, const char *instance,
		     double theirs, double ours, double over);
void results_fail(struct results *r, const char *row, const char *reason);

/* The worst figure of a target, or NULL: it was not measured. */
const struct figure *results_worst(const struct results *r, const struct target_row *row,
				   const struct target *target);

/*
 * What doing nothing makes of a figure: that of the same row and target, whose
 * instance is the first word of the figure's, or all of it. NULL: not measured.
 */
const struct figure *results_least_of(const struct results *r, const struct figure *figure);

/* Why a row was not measured, or NULL. */
const char *results_failure(const struct results *r, const char *row);

/* A target as it is on this machine; stated ones, where it was not measured. */
struct target results_target(const struct results *r, const struct target *target);
