/* SPDX-License-Identifier: MIT */
/* The accounts of violations: what the programs counted, and what lines stand for. */
#pragma once

#include "../kernel/kernel.h"

struct accounts {
	struct hp_counters counters; /* of the programs and, by class, of sweeps */
	struct hp_tally tally;	     /* of lines */
	uint64_t violations;	     /* that the programs counted */
	uint64_t unsent;	     /* of these, without a record */
	uint64_t lost;		     /* that no line stands for, nor will */
	uint64_t pending;	     /* whose lines are still to come */
};

/* What is counted of a class and a verdict, all protocols together. Pure. */
uint64_t accounts_count(const struct hp_counters *counters, size_t cls, size_t verdict);

/* Why violations are lost: a word for enum hp_lost. */
const char *accounts_lost_word(size_t why);

/* Make up the accounts from counters and lines. Pure. */
void accounts_make(const struct hp_counters *counters, const struct hp_tally *tally,
		   struct accounts *ret_accounts);

/*
 * Can that be? Lines stand for no more violations than were counted. While counters are read,
 * programs go on counting: so a small difference says nothing. Pure.
 */
bool accounts_make_sense(const struct accounts *accounts);

/* The accounts as they stand now. Counters that can't be read count as zeros. */
void accounts_read(struct kernel *kernel, const struct hp_told *told,
		   struct accounts *ret_accounts);

/* Violations that no line stands for, nor will, as of now. */
uint64_t accounts_lost(struct kernel *kernel, const struct hp_told *told);
