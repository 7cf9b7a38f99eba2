/* SPDX-License-Identifier: MIT */
/* Different texts, numbered from 0 on in the order in which they were added. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

struct text_set {
	char **items; /* by number; with room for half as many as there are slots */
	size_t len;
	uint32_t *slots; /* a text's number and 1, from where its hash leads on; 0: free */
	size_t cap;	 /* of the slots: a power of two, or 0 */
};

/* What text_set_find() returns of a text that is not there. */
#define TEXT_SET_NONE SIZE_MAX

/*
 * Add a copy of a text, unless it is there. 1: it is new; 0: it is not; with its number. -E2BIG
 * when there are `max` others, or -ENOMEM.
 */
int text_set_add(struct text_set *set, size_t max, const char *text, size_t *ret_number);

/* The number of a text, or TEXT_SET_NONE. */
size_t text_set_find(const struct text_set *set, const char *text);

void text_set_free(struct text_set *set);
#define _cleanup_text_set_ _cleanup_(text_set_free)
