/* SPDX-License-Identifier: MIT */
/*
 * How many violations lines tell of, by the team of the row that decides. Bounded: teams beyond
 * the first ones are counted together. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TEAM_COUNTS_MAX	   64	   /* beside those of the words below */
#define TEAM_COUNTS_NAME   128	   /* bytes of a name; a longer one is among the others */
#define TEAM_COUNTS_NONE   "none"  /* no row names the port, or the row no team */
#define TEAM_COUNTS_OTHERS "other" /* what there is no room for */

struct team_count {
	char *team; /* owned */
	uint64_t violations;
};

struct team_counts {
	struct team_count list[TEAM_COUNTS_MAX];
	size_t len;
	uint64_t none, others;
};

/* Count violations; the team may be NULL or empty. */
void team_counts_add(struct team_counts *counts, const char *team, uint64_t violations);

void team_counts_free(struct team_counts *counts);
