// SPDX-License-Identifier: MIT
#include "impact_table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../base/stamp.h"
#include "../identity/workload_json.h"
#include "../policy/receiver.h"
#include "../registry/words.h"
#include "impact.h"

static const struct table_column columns[] = {
	{ .name = "CLASS" },
	{ .name = "PROTO" },
	{ .name = "PORT", .right = true },
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "PROCESS", .truncate = true },
	{ .name = "SOURCE", .drop = 2 },
	{ .name = "COUNT", .right = true, .drop = 1 },
	{ .name = "LAST", .drop = 3 },
};

/* What a line of the table is made of. */
struct fields {
	const char *cls, *proto, *workload, *comm, *source, *last;
	const char *held_by; /* a socket of now: as receiver_holder_word() has it; else "" */
	uint64_t port, ports, port_last;	  /* ports 0: one */
	const char *others[IMPACT_PROCESSES_MAX]; /* names of other processes; until NULL */
	uint64_t pid, count;			  /* pid 0: not known */
};

/* Names of other processes, each once. */
static void put_others(const struct fields *f, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(f->others) && f->others[i]; i++) {
		bool known = strcmp(f->others[i], f->comm) == 0;

		for (size_t j = 0; j < i; j++)
			known |= strcmp(f->others[i], f->others[j]) == 0;
		if (!known)
			buf_printf(out, ", %s", f->others[i]);
	}
}

static void put_process(const struct fields *f, struct buf *out)
{
	if (f->pid)
		buf_printf(out, "%s[%" PRIu64 "]", f->comm, f->pid);
	else if (strcmp(f->held_by, "none") == 0)
		buf_puts(out, "no process has it");
	else if (strcmp(f->held_by, "kernel") == 0)
		buf_puts(out, "kernel");
}

static int add(struct table *table, const struct fields *f)
{
	_cleanup_buf_ struct buf port = { 0 }, process = { 0 }, count = { 0 }, last = { 0 };

	impact_put_ports(f->ports, f->port, f->port_last, &port);
	put_process(f, &process);
	put_others(f, &process);
	if (f->count)
		buf_put_u64(&count, f->count);
	if (strlen(f->last) == STAMP_LEN)
		buf_printf(&last, "%.*sZ", STAMP_FRACTION, f->last); /* to the second */
	if (port.failed || process.failed || count.failed || last.failed)
		return -ENOMEM;
	return table_add(table,
			 (const char *[]) { f->cls, f->proto, port.data, f->workload, process.data,
					    f->source, count.data, last.data });
}

static int add_row(struct table *table, const struct impact_row *row,
		   const struct workload_facts *facts)
{
	const struct workload who = impact_row_workload(row, facts);
	_cleanup_buf_ struct buf workload = { 0 };
	char last[STAMP_LEN + 1] = "";
	uint16_t port_last = 0;
	size_t ports = impact_row_ports(row, &port_last);
	struct fields f = {
		.cls = word_class(row->cls),
		.proto = word_proto(row->proto),
		.port = row->port,
		.ports = ports,
		.port_last = port_last,
		.comm = *row->comm ? row->comm : "?",
		.pid = row->pid,
		.source = impact_row_source(row),
		.held_by = row->sockets ? receiver_holder_word(row->holder) : "",
		.count = row->count,
		.last = last,
	};

	workload_text(&who, row->cgroup, &workload);
	if (workload.failed)
		return -ENOMEM;
	f.workload = workload.data;
	if (row->count)
		stamp_utc(&row->last, last);
	for (size_t i = 0; i < row->others.len; i++)
		f.others[i] = row->others.list[i].comm;
	return add(table, &f);
}

static int add_json(struct table *table, const struct json *row)
{
	const struct json *others = json_member(row, "others");
	_cleanup_buf_ struct buf workload = { 0 };
	struct fields f = {
		.cls = json_member_text(row, "class", "?"),
		.proto = json_member_text(row, "protocol", "?"),
		.port = json_member_u64(row, "port", 0),
		.ports = json_member_u64(row, "ports", 0),
		.port_last = json_member_u64(row, "port_last", 0),
		.comm = json_member_text(row, "comm", "?"),
		.pid = json_member_u64(row, "pid", 0),
		.source = json_member_text(row, "source", "?"),
		.held_by = json_member_text(row, "held_by", ""),
		.count = json_member_u64(row, "count", 0),
		.last = json_member_text(row, "last", ""),
	};

	workload_json_text(row, &workload);
	if (workload.failed)
		return -ENOMEM;
	f.workload = workload.data;
	for (size_t i = 0; i < json_len(others) && i < ARRAY_LEN(f.others); i++)
		f.others[i] = json_member_text(json_at(others, i), "comm", "?");
	return add(table, &f);
}

int impact_table(const struct impact *impact, const struct workload_facts *facts, size_t max,
		 struct table **ret_table)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < impact->len && i < max; i++)
		r = add_row(table, &impact->rows[i], facts);
	if (r == 0)
		*ret_table = TAKE_PTR(table);
	return r;
}

int impact_table_of_json(const struct json *would_break, struct table **ret_table)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < json_len(would_break); i++)
		r = add_json(table, json_at(would_break, i));
	if (r == 0)
		*ret_table = TAKE_PTR(table);
	return r;
}
