/* SPDX-License-Identifier: MIT */
/* What `top` shows: listeners and violations by workload. Pure. */
#pragma once

#include <stdint.h>

#include "../base/buf.h"
#include "../base/json.h"

#define TOP_STAMP_MAX 40 /* bytes of a time as the agent writes it */
#define TOP_PORTS_MAX 48 /* bytes of a list of ports */

struct top_row {
	char *workload;		   /* in words, owned */
	uint64_t listeners;	   /* sockets, and hostPorts */
	uint64_t wrong;		   /* those whose verdict is audited or denied */
	uint64_t violations;	   /* since the agent began, as far as it remembers */
	uint64_t fresh;		   /* of them, those since the look before */
	char last[TOP_STAMP_MAX];  /* the last violation; "": none */
	char ports[TOP_PORTS_MAX]; /* of the violations, "tcp 80, udp 53, …" */
};

struct top_rows {
	struct top_row *list;
	size_t len, room;
};

enum top_order {
	TOP_ORDER_FRESH,
	TOP_ORDER_VIOLATIONS,
	TOP_ORDER_LISTENERS,
	TOP_ORDER_WORKLOAD,
	TOP_ORDER_MAX,
};

/*
 * Make rows of the lists of the answers to `listeners` and `learn`, one for each workload, by
 * workload. 0, or -ENOMEM. The rows are the caller's.
 */
int top_rows_make(const struct json *listeners, const struct json *violations,
		  struct top_rows *ret_rows);

/* Set what is fresh since rows that were made before, and bring those by workload. */
void top_rows_compare(struct top_rows *rows, struct top_rows *before);

/*
 * Bring those first that are looked for: at once what has the most, and of equals by workload.
 * `filter` is part of the workload, in upper or lower case, "" is in all; `only_wrong` are those
 * with violations or wrong listeners. How many there are.
 */
size_t top_rows_choose(struct top_rows *rows, enum top_order order, const char *filter,
		       bool only_wrong);

void top_rows_free(struct top_rows *rows);
#define _cleanup_top_rows_ _cleanup_(top_rows_free)

/* The word of an order. */
const char *top_rows_order_word(enum top_order order);
