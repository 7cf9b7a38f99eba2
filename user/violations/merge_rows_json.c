// SPDX-License-Identifier: MIT
/* The violations of many nodes, as a list of JSON. */
#include "merge_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t nodes_of(const struct merge_rows *rows, const struct merge_row *row)
{
	return row->ports ? rows->sources[row->source].nodes : row->nodes;
}

/* Append members that are JSON already. */
static void put_members(const char *members, struct jsonw *w)
{
	jsonw_key(w, NULL);
	buf_puts(w->out, members);
}

static void put_ports(const struct merge_row *row, struct jsonw *w)
{
	_cleanup_buf_ struct buf list = { 0 };
	uint64_t ports;

	jsonw_u64(w, "port", row->ports ? row->first : row->port);
	if (!row->ports)
		return;
	ports = portset_count(row->ports);
	jsonw_u64(w, "ports", row->unlisted > ports ? row->unlisted : ports);
	jsonw_u64(w, "port_last", row->last);
	if (row->unlisted || portset_count_runs(row->ports) > IMPACT_RANGES_MAX)
		return;
	portset_put(row->ports, SIZE_MAX, &list);
	w->out->failed |= list.failed;
	jsonw_string_opt(w, "port_list", list.data);
}

/* The first process is the row's, the others are a list. */
static void put_processes(const struct merge_row *row, struct jsonw *w)
{
	for (size_t i = 0; i < row->processes_len; i++) {
		const struct merge_process *p = &row->processes[i];

		if (i == 1)
			jsonw_array(w, "others");
		if (i > 0)
			jsonw_object(w, NULL);
		jsonw_string_opt(w, "address", p->address);
		if (row->bound)
			jsonw_u64(w, "uid", p->uid);
		jsonw_string_opt(w, "comm", p->comm);
		jsonw_string_opt(w, "exe", p->exe);
		if (i > 0)
			jsonw_object_end(w);
	}
	if (row->processes_len > 1)
		jsonw_array_end(w);
}

static void put_row(const struct merge_rows *rows, const struct merge_row *row, char *const *names,
		    struct jsonw *w)
{
	const struct merge_source *source = &rows->sources[row->source];
	uint64_t sockets = row->ports ? source->sockets : row->sockets;

	jsonw_object(w, NULL);
	jsonw_string(w, "class", source->cls);
	jsonw_string(w, "protocol", source->protocol);
	put_ports(row, w);
	put_members(source->who, w);
	put_processes(row, w);
	jsonw_string(w, "source", !row->bound ? "declared" : sockets ? "listener" : "violation");
	jsonw_u64(w, "sockets", sockets);
	if (!row->ports)
		jsonw_u64(w, "sockets_of_workload", source->most[merge_rows_band(row->port)]);
	jsonw_bool(w, "serves", source->serves);
	jsonw_u64(w, "count", row->count);
	jsonw_string_opt(w, "first", row->since);
	jsonw_string_opt(w, "last", row->until);
	jsonw_u64(w, "nodes", nodes_of(rows, row));
	if (!row->ports)
		jsonw_u64(w, "nodes_first", row->first_nodes);
	jsonw_u64(w, "nodes_of_workload", source->nodes);
	jsonw_string(w, "node", names[row->example - 1]);
	jsonw_object_end(w);
}

static int compare(const void *left, const void *right, void *data)
{
	const struct merge_rows *rows = data;
	const struct merge_row *a = &rows->list[*(const uint32_t *)left];
	const struct merge_row *b = &rows->list[*(const uint32_t *)right];
	uint64_t a_nodes = nodes_of(rows, a), b_nodes = nodes_of(rows, b);
	int order = strcmp(rows->keys.items[a->source], rows->keys.items[b->source]);

	if (a_nodes != b_nodes)
		return a_nodes > b_nodes ? -1 : 1;
	if (order)
		return order;
	return a->port < b->port ? -1 : a->port > b->port;
}

int merge_rows_put(const struct merge_rows *rows, char *const *names, struct jsonw *w)
{
	_cleanup_free_ uint32_t *order = calloc(rows->len + 1, sizeof(*order));
	size_t n = 0;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < rows->len; i++)
		if (!rows->list[i].folded)
			order[n++] = (uint32_t)i;
	/* it is only read */
	qsort_r(order, n, sizeof(*order), compare, (void *)rows);
	jsonw_array(w, "violations");
	for (size_t i = 0; i < n; i++)
		put_row(rows, &rows->list[order[i]], names, w);
	jsonw_array_end(w);
	return w->out->failed ? -ENOMEM : 0;
}
