/* SPDX-License-Identifier: MIT */
/* Differences of two registries, as a list. Pure. */
#pragma once

#include "../registry/registry.h"

enum difference_type {
	DIFFERENCE_REMOVED,
	DIFFERENCE_ADDED,
	DIFFERENCE_CHANGED,
	DIFFERENCE_MOVED, /* the same process has another port */
	DIFFERENCE_TYPE_MAX,
};

struct difference {
	enum difference_type type;
	uint16_t first, last;	    /* the ports, of both rows where there are both */
	uint16_t to_first, to_last; /* moved: the ports on the other side */
	/* The rows, one of them NULL where only one side has it. */
	const struct reg_row *from, *to;
	const struct reg_layer *from_layer, *to_layer;
	unsigned int fields; /* changed, moved: what differs, bits 1 << enum row_field */
	bool exchanged;	     /* moved: compare_digits_exchanged() */
};

struct differences {
	struct difference *items;
	size_t len, cap;
};

const char *difference_type_word(enum difference_type type);

/* The row of the first side, or of the second where the first has none. */
const struct reg_row *difference_row(const struct difference *difference);

/* Add one. 0, or -ENOMEM. */
int differences_add(struct differences *differences, const struct difference *difference);

/* How many there are of a type. */
size_t differences_count(const struct differences *differences, enum difference_type type);

void differences_free(struct differences *differences);
#define _cleanup_differences_ _cleanup_(differences_free)
