/* SPDX-License-Identifier: MIT */
/*
 * A scenario: variants of what is attached, and operations that the binder does
 * with each. In every round, operation by operation, each variant has its turn,
 * in random order, alone; what is said of two of them is the median over the
 * rounds of what they differ by in the same round, so that what the machine does
 * meanwhile hits both alike.
 *
 * The first thing that fails is kept, and what follows does nothing.
 */
#pragma once

#include "bench.h"
#include "binder.h"
#include "holder.h"

#define SCENARIO_VARIANTS 32
#define SCENARIO_OPS	  24
#define SCENARIO_HOLDERS  32
#define VARIANT_HOLDERS	  2

struct scenario_op {
	char name[16];
	struct sample_order order;
	bool violation; /* variants that refuse refuse this */
};

struct scenario_variant {
	char name[32];
	bool refuses;
	uint32_t ops; /* bits 1 << op */
	size_t held;
	struct {
		struct holder *holder;
		unsigned int n;
	} holders[VARIANT_HOLDERS];
};

struct scenario {
	struct bench *bench;
	const struct binder *binder; /* borrowed */
	unsigned int rounds;
	struct scenario_op ops[SCENARIO_OPS];
	struct scenario_variant variants[SCENARIO_VARIANTS];
	struct {
		struct holder *holder;
		char words[96];
	} holders[SCENARIO_HOLDERS];
	size_t ops_len, variants_len, holders_len;
	struct sample *samples; /* [round][variant][op] */
	struct buf error;	/* empty: none */
};

enum scenario_metric {
	SCENARIO_BIND, /* bind(), ns */
	SCENARIO_P99,
	SCENARIO_CPU,	/* socket(), bind() and close(), ns of CPU time; a mean, not a median, over
			   most rounds */
	SCENARIO_USUAL, /* the same, without rare values */
	SCENARIO_PER_S, /* of threads, loops a second */
	SCENARIO_METRICS,
};

void scenario_init(struct scenario *s, struct bench *b, const struct binder *binder);
void scenario_free(struct scenario *s);
#define _cleanup_scenario_ _cleanup_(scenario_free)

/* Call fn with a binder that lives for so long; without one the row has failed. */
void scenario_with_binder(struct bench *b, const char *row,
			  void (*fn)(struct bench *b, const struct binder *binder));

/* Add an operation. Its number. */
unsigned int scenario_op(struct scenario *s, const char *name, struct sample_order order,
			 bool violation);

/* Add a variant with nothing attached, which all operations are done with. Its number; the first
 * is 0. */
unsigned int scenario_variant(struct scenario *s, const char *name);

/*
 * Let a variant have what a holder holds (holder.h; `dir`: of the build there, NULL: of ours). What
 * is named so already is held once.
 */
void scenario_hold(struct scenario *s, unsigned int variant, const char *dir, const char *what,
		   unsigned int n);

/* A variant that has what one holder holds. */
unsigned int scenario_holding(struct scenario *s, const char *name, const char *what);

/* Do only these operations with a variant. */
void scenario_only(struct scenario *s, unsigned int variant, uint32_t ops);

/* All rounds. False: something failed. */
bool scenario_run(struct scenario *s);

/* Has something failed? Then say so of a row that was to come of it. */
bool scenario_failed(const struct scenario *s, const char *row);

/* Medians over the rounds (see enum scenario_metric): of a variant, and of what it has over
 * another, or times another's. */
double scenario_value(const struct scenario *s, unsigned int variant, unsigned int op,
		      enum scenario_metric metric);
double scenario_over(const struct scenario *s, unsigned int variant, unsigned int base,
		     unsigned int op, enum scenario_metric metric);
double scenario_times(const struct scenario *s, unsigned int variant, unsigned int base,
		      unsigned int op, enum scenario_metric metric);

/* How far from 0 the median of what it has over another may be. */
double scenario_reach(const struct scenario *s, unsigned int variant, unsigned int base,
		      unsigned int op);
