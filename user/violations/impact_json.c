// SPDX-License-Identifier: MIT
#include "impact_json.h"

#include "../base/stamp.h"
#include "../identity/workload_json.h"
#include "../policy/receiver.h"
#include "../registry/words.h"

static void put_workload(const struct impact_row *row, const struct workload_facts *facts,
			 struct jsonw *w)
{
	struct workload workload = impact_row_workload(row, facts);

	if (workload.kind != WORKLOAD_UNKNOWN)
		workload_put(&workload, w);
	jsonw_string_opt(w, "cgroup", row->cgroup);
}

static void put_process(const struct impact_row *row, struct jsonw *w)
{
	if (row->pod) /* it has none */
		return;
	if (row->pid)
		jsonw_u64(w, "pid", row->pid);
	jsonw_u64(w, "uid", row->uid);
	jsonw_string_opt(w, "comm", row->comm);
	jsonw_string_opt(w, "exe", row->exe);
}

/* The other processes that had the port, or other addresses of the same. */
static void put_others(const struct impact_processes *others, struct jsonw *w)
{
	char address[EVENT_ADDRESS_MAX];

	if (!others->len)
		return;
	jsonw_array(w, "others");
	for (size_t i = 0; i < others->len; i++) {
		const struct impact_process *p = &others->list[i];

		event_address(p->family, p->addr, address);
		jsonw_object(w, NULL);
		jsonw_string_opt(w, "address", address);
		if (p->pid)
			jsonw_u64(w, "pid", p->pid);
		jsonw_u64(w, "uid", p->uid);
		jsonw_string(w, "comm", p->comm);
		jsonw_string_opt(w, "exe", p->exe);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_violations(const struct impact_row *row, struct jsonw *w)
{
	char text[STAMP_LEN + 1];

	jsonw_u64(w, "count", row->count);
	if (!row->count)
		return;
	stamp_utc(&row->first, text);
	jsonw_string(w, "first", text);
	stamp_utc(&row->last, text);
	jsonw_string(w, "last", text);
}

/* The ports, if they are several; `port` is the lowest. */
static void put_ports(const struct impact_row *row, struct jsonw *w)
{
	_cleanup_buf_ struct buf list = { 0 };
	uint16_t last = 0;
	size_t ports = impact_row_ports(row, &last);

	if (!ports)
		return;
	jsonw_u64(w, "ports", ports);
	jsonw_u64(w, "port_last", last);
	jsonw_string(w, "scope", word_scope(row->scope));
	if (portset_count_runs(row->ports) > IMPACT_RANGES_MAX)
		return;
	portset_put(row->ports, SIZE_MAX, &list);
	w->out->failed |= list.failed;
	jsonw_string_opt(w, "port_list", list.data);
}

static void put_row(const struct impact_row *row, const struct workload_facts *facts,
		    struct jsonw *w)
{
	char address[EVENT_ADDRESS_MAX];

	event_address(row->family, row->addr, address);
	jsonw_object(w, NULL);
	jsonw_string(w, "class", word_class(row->cls));
	jsonw_string(w, "protocol", word_proto(row->proto));
	jsonw_string_opt(w, "address", address);
	jsonw_u64(w, "port", row->port);
	put_ports(row, w);
	put_workload(row, facts, w);
	put_process(row, w);
	put_others(&row->others, w);
	jsonw_string(w, "source", impact_row_source(row));
	jsonw_u64(w, "sockets", row->sockets);
	if (row->sockets)
		jsonw_string(w, "held_by", receiver_holder_word(row->holder));
	else
		jsonw_null(w, "held_by");
	put_violations(row, w);
	jsonw_object_end(w);
}

size_t impact_put_rows(const struct impact *impact, const struct workload_facts *facts,
		       const char *key, size_t rows, size_t bytes, struct jsonw *w)
{
	size_t from = w->out->len, i;

	jsonw_array(w, key);
	for (i = 0; i < impact->len && i < rows && w->out->len - from < bytes; i++)
		put_row(&impact->rows[i], facts, w);
	jsonw_array_end(w);
	return impact->len - i;
}

void impact_put(const struct impact *impact, const struct workload_facts *facts, const char *key,
		size_t rows, size_t bytes, struct jsonw *w)
{
	jsonw_u64(w, "left_out", impact_put_rows(impact, facts, key, rows, bytes, w));
	jsonw_u64(w, "forgotten", impact->forgotten);
}
