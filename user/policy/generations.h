/* SPDX-License-Identifier: MIT */
/*
 * The registries of the last policies, newest last: a record names a row by its
 * number in the registry of the policy that decided, and is told later. Pure.
 */
#pragma once

#include "policy.h"

#define GENERATIONS_MAX 8

struct generation {
	struct registry *registry; /* owned */
	uint32_t first, last;	   /* policies made of it; 0: none published yet */
};

struct generations {
	struct generation items[GENERATIONS_MAX];
	size_t len;
	/* the newest one's policy, and not owned: for records of none of these */
	const struct policy *policy;
};

/*
 * Take over a registry as the newest one, and forget the oldest beyond
 * GENERATIONS_MAX, and those that have more rows than one registry may have
 * together. Never fails.
 */
void generations_add(struct generations *g, struct registry *registry, const struct policy *policy);

/* A policy of the newest registry was published as this generation. */
void generations_published(struct generations *g, uint32_t generation);

/*
 * The row that a record names, or NULL, also where it is not known any more. Of a
 * generation that is gone, or was another agent's, it is the row that decides
 * now, if it is of the same class.
 */
const struct reg_row *generations_row(const struct generations *g, const struct hp_event *record,
				      const struct reg_layer **ret_layer);

void generations_free(struct generations *g);
