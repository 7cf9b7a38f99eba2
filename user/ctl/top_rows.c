// SPDX-License-Identifier: MIT
#include "top_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../identity/workload_json.h"

static const char *const words[TOP_ORDER_MAX] = {
	[TOP_ORDER_FRESH] = "new violations",
	[TOP_ORDER_VIOLATIONS] = "violations",
	[TOP_ORDER_LISTENERS] = "listeners",
	[TOP_ORDER_WORKLOAD] = "workload",
};

const char *top_rows_order_word(enum top_order order)
{
	return words[order];
}

/* ---- making rows ----------------------------------------------------------------------------- */
/* A new row with a workload's words alone; NULL: no memory. */
static struct top_row *add(struct top_rows *rows, const struct json *object)
{
	size_t room = rows->room ? rows->room * 2 : 64;
	_cleanup_buf_ struct buf workload = { 0 };
	struct top_row *list;

	if (rows->len == rows->room) {
		list = reallocarray(rows->list, room, sizeof(*list));
		if (!list)
			return NULL;
		rows->list = list;
		rows->room = room;
	}
	list = &rows->list[rows->len];
	*list = (struct top_row) { 0 };
	workload_json_text(object, &workload);
	list->workload = buf_take(&workload);
	if (!list->workload)
		return NULL;
	rows->len++;
	return list;
}

static int add_listener(struct top_rows *rows, const struct json *l)
{
	const char *verdict = json_member_text(l, "verdict", "");
	struct top_row *row = add(rows, l);

	if (!row)
		return -ENOMEM;
	row->listeners = 1;
	row->wrong = strcmp(verdict, "audited") == 0 || strcmp(verdict, "denied") == 0;
	return 0;
}

static int add_violation(struct top_rows *rows, const struct json *v)
{
	uint64_t ports = json_member_u64(v, "ports", 1);
	struct top_row *row = add(rows, v);

	if (!row)
		return -ENOMEM;
	row->violations = json_member_u64(v, "count", 0);
	(void)snprintf(row->last, sizeof(row->last), "%s", json_member_text(v, "last", ""));
	if (ports > 1)
		(void)snprintf(row->ports, sizeof(row->ports), "%" PRIu64 " %.8s ports", ports,
			       json_member_text(v, "protocol", "?"));
	else
		(void)snprintf(row->ports, sizeof(row->ports), "%.8s %" PRIu64,
			       json_member_text(v, "protocol", "?"), json_member_u64(v, "port", 0));
	return 0;
}

/* "tcp 80, udp 53, …": what has no room shows as the sign at the end. */
static void add_ports(struct top_row *row, const char *ports)
{
	static const char more[] = ", …";
	size_t len = strlen(row->ports), n = strlen(ports);
	size_t at_end = len >= sizeof(more) - 1 ? len - (sizeof(more) - 1) : len;

	if (!n || strcmp(row->ports + at_end, more) == 0)
		return;
	if (!len)
		(void)snprintf(row->ports, sizeof(row->ports), "%s", ports);
	else if (len + 2 + n + sizeof(more) <= sizeof(row->ports))
		(void)snprintf(row->ports + len, sizeof(row->ports) - len, ", %s", ports);
	else if (len + sizeof(more) <= sizeof(row->ports))
		(void)strcpy(row->ports + len, more);
}

static int by_workload(const void *a, const void *b)
{
	return strcmp(((const struct top_row *)a)->workload, ((const struct top_row *)b)->workload);
}

/* Rows of the same workload, which stand side by side, become one. */
static void fold(struct top_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->len; i++) {
		struct top_row *row = &rows->list[i], *into = n ? &rows->list[n - 1] : NULL;

		if (!into || strcmp(into->workload, row->workload) != 0) {
			rows->list[n++] = *row;
			continue;
		}
		into->listeners += row->listeners;
		into->wrong += row->wrong;
		into->violations += row->violations;
		if (strcmp(row->last, into->last) > 0)
			memcpy(into->last, row->last, sizeof(into->last));
		add_ports(into, row->ports);
		free(row->workload);
	}
	rows->len = n;
}

int top_rows_make(const struct json *listeners, const struct json *violations,
		  struct top_rows *ret_rows)
{
	_cleanup_top_rows_ struct top_rows rows = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_len(listeners); i++)
		r = add_listener(&rows, json_at(listeners, i));
	for (size_t i = 0; r == 0 && i < json_len(violations); i++)
		r = add_violation(&rows, json_at(violations, i));
	if (r < 0)
		return r;
	if (rows.len)
		qsort(rows.list, rows.len, sizeof(*rows.list), by_workload);
	fold(&rows);
	*ret_rows = rows;
	rows = (struct top_rows) { 0 };
	return 0;
}

void top_rows_free(struct top_rows *rows)
{
	for (size_t i = 0; i < rows->len; i++)
		free(rows->list[i].workload);
	free(rows->list);
}

/* ---- what is fresh, and what is shown
 * ------------------------------------------------------------ */
void top_rows_compare(struct top_rows *rows, struct top_rows *before)
{
	if (before->len)
		qsort(before->list, before->len, sizeof(*before->list), by_workload);
	for (size_t i = 0; i < rows->len; i++) {
		struct top_row *row = &rows->list[i];
		const struct top_row *old = before->len ? bsearch(row, before->list, before->len,
								  sizeof(*row), by_workload) :
							  NULL;
		uint64_t had = old ? old->violations : 0;

		/* fewer, if the agent has forgotten some, or is another one */
		row->fresh = row->violations > had ? row->violations - had : 0;
	}
}

static uint64_t key_of(const struct top_row *row, enum top_order order)
{
	switch (order) {
	case TOP_ORDER_FRESH:
		return row->fresh;
	case TOP_ORDER_VIOLATIONS:
		return row->violations;
	case TOP_ORDER_LISTENERS:
		return row->listeners;
	case TOP_ORDER_WORKLOAD:
	case TOP_ORDER_MAX:
		break;
	}
	return 0;
}

struct choice {
	enum top_order order;
	const char *filter;
	bool only_wrong;
};

static bool is_chosen(const struct top_row *row, const struct choice *choice)
{
	return (!choice->only_wrong || row->violations || row->wrong) &&
	       (!*choice->filter || strcasestr(row->workload, choice->filter));
}

static int compare(const void *a, const void *b, void *data)
{
	const struct choice *choice = data;
	const struct top_row *one = a, *other = b;
	int r = is_chosen(other, choice) - is_chosen(one, choice);
	/* of those with as many new ones, the one with the most altogether */
	const enum top_order orders[] = { choice->order, choice->order == TOP_ORDER_FRESH ?
								 TOP_ORDER_VIOLATIONS :
								 choice->order };

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(orders); i++) {
		uint64_t key = key_of(one, orders[i]), than = key_of(other, orders[i]);

		r = (key < than) - (key > than);
	}
	return r ? r : by_workload(a, b);
}

size_t top_rows_choose(struct top_rows *rows, enum top_order order, const char *filter,
		       bool only_wrong)
{
	struct choice choice = { order, filter, only_wrong };
	size_t n = 0;

	if (rows->len)
		qsort_r(rows->list, rows->len, sizeof(*rows->list), compare, &choice);
	while (n < rows->len && is_chosen(&rows->list[n], &choice))
		n++;
	return n;
}
