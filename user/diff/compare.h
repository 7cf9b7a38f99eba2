/* SPDX-License-Identifier: MIT */
/* What two registries do not have in common, by protocol and port. Pure. */
#pragma once

#include "../registry/registry.h"
#include "compare_field.h"

/* What a side is, and so what it can know. */
enum compare_form {
	COMPARE_FILES,	/* registry files: all there is */
	COMPARE_PAGE,	/* a page: entries and retired rows, without owners and sources */
	COMPARE_MATRIX, /* a matrix of one cluster: external entries, their roles and owners */
};

struct compare_side {
	const struct registry *registry;
	enum compare_form form;
};

enum difference_type {
	DIFFERENCE_REMOVED,
	DIFFERENCE_ADDED,
	DIFFERENCE_CHANGED,
	DIFFERENCE_MOVED, /* the same process has another port */
	DIFFERENCE_TYPE_MAX,
};

struct difference {
	enum difference_type type;
	uint16_t first, last;	    /* where it is, of both rows where there are both */
	uint16_t to_first, to_last; /* moved: where the other side has it */
	/* The rows, one of them NULL where only one side has it. */
	const struct reg_row *from, *to;
	const struct reg_layer *from_layer, *to_layer;
	unsigned int fields; /* changed, moved: what differs, bits 1 << enum compare_field */
	bool exchanged;	     /* moved: compare_digits_exchanged() */
};

struct differences {
	struct difference *items;
	size_t len, cap;
};

void differences_free(struct differences *differences);
#define _cleanup_differences_ _cleanup_(differences_free)

/* How many there are of a type. */
size_t differences_count(const struct differences *differences, enum difference_type type);

/*
 * Compare b with a, where both sides can know: rows that neither drops nor a later
 * layer took, range by range, so that how rows are cut makes no difference. Sorted by
 * protocol and port. 0; -E2BIG when too many rows name the same ports; -ENOMEM. Both
 * must outlive the differences.
 */
int compare(const struct compare_side *a, const struct compare_side *b,
	    struct differences *ret_differences);

const char *difference_type_word(enum difference_type type);

/*
 * Append them as text: two lines with the names of the sides, then a line for each,
 * `- tcp 80 ...`, `+ ...` or `~ ...`, fields below it, and a line of counts. Nothing
 * when there are none.
 */
void differences_text(const struct differences *differences, const char *a, const char *b,
		      struct buf *out);

/*
 * Append them as one JSON document: {"a","b","differences":[{"type","kind","protocol",
 * "ports","to_ports","digits_exchanged","from","to","fields":[{"field","from","to"}]}],
 * "added","removed","changed","moved"}. Rows are as row_json.h has them.
 */
void differences_json(const struct differences *differences, const char *a, const char *b,
		      struct buf *out);
