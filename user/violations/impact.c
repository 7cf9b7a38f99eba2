// SPDX-License-Identifier: MIT
#include "impact.h"

#include <errno.h>
#include <string.h>

#include "../base/stamp.h"
#include "../identity/workload_json.h"
#include "../registry/words.h"

#define ROWS_MIN 64

void impact_row_free(struct impact_row *row)
{
	free(row->cgroup);
	free(row->workload);
	*row = (struct impact_row) { 0 };
}

/* Give the row strings of its own. */
static int set_strings(struct impact_row *row, const char *cgroup, const char *workload)
{
	row->cgroup = strdup(cgroup);
	row->workload = strdup(workload);
	if (row->cgroup && row->workload)
		return 0;
	impact_row_free(row);
	return -ENOMEM;
}

/* What an event says of its violations, without strings. */
static struct impact_row row_of_event(const struct event *e)
{
	struct impact_row row = {
		.cls = e->cls,
		.proto = e->proto,
		.family = e->family,
		.port = e->port,
		.pid = e->pid,
		.uid = e->uid,
		.kernel = e->workload.kind == WORKLOAD_KERNEL,
		.count = e->count,
		.first = e->first,
		.last = e->time,
	};

	memcpy(row.addr, e->addr, sizeof(row.addr));
	memcpy(row.comm, e->comm, sizeof(row.comm));
	return row;
}

int impact_row_new(const struct event *event, const char *workload, struct impact_row *ret_row)
{
	struct impact_row row = row_of_event(event);
	int r = set_strings(&row, event->cgroup, workload);

	if (r == 0)
		*ret_row = row;
	return r;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* A socket of now names the process; without one, the last violation does. */
static bool names_process(const struct impact_row *more, const struct impact_row *row)
{
	if (!more->sockets != !row->sockets)
		return more->sockets;
	return !is_before(&more->last, &row->last);
}

static void merge(struct impact_row *row, const struct impact_row *more)
{
	if (names_process(more, row)) {
		row->family = more->family;
		memcpy(row->addr, more->addr, sizeof(row->addr));
		row->pid = more->pid;
		row->uid = more->uid;
		memcpy(row->comm, more->comm, sizeof(row->comm));
	}
	if (more->count && (!row->count || is_before(&more->first, &row->first)))
		row->first = more->first;
	if (more->count && (!row->count || is_before(&row->last, &more->last)))
		row->last = more->last;
	row->sockets += more->sockets;
	row->count += more->count;
}

void impact_row_add_event(struct impact_row *row, const struct event *event)
{
	struct impact_row more = row_of_event(event);

	merge(row, &more);
}

void impact_free(struct impact *impact)
{
	for (size_t i = 0; i < impact->len; i++)
		impact_row_free(&impact->rows[i]);
	free(impact->rows);
	*impact = (struct impact) { 0 };
}

/* The row's strings are the impact's from now on, or freed. */
static int append(struct impact *impact, struct impact_row *row)
{
	size_t cap = impact->cap ? impact->cap * 2 : ROWS_MIN;
	struct impact_row *grown;

	if (impact->len == impact->cap) {
		grown = reallocarray(impact->rows, cap, sizeof(*grown));
		if (!grown) {
			impact_row_free(row);
			return -ENOMEM;
		}
		impact->rows = grown;
		impact->cap = cap;
	}
	impact->rows[impact->len++] = *row;
	return 0;
}

int impact_add_socket(struct impact *impact, const struct event *event)
{
	_cleanup_buf_ struct buf workload = { 0 };
	struct impact_row row;
	int r;

	workload_text(&event->workload, event->cgroup, &workload);
	if (workload.failed)
		return -ENOMEM;
	r = impact_row_new(event, workload.data, &row);
	if (r < 0)
		return r;
	row.sockets = 1;
	row.count = 0;
	row.first = row.last = (struct timespec) { 0 };
	return append(impact, &row);
}

int impact_add_violations(struct impact *impact, const struct impact_row *reported, uint8_t cls)
{
	struct impact_row row = *reported;
	int r = set_strings(&row, reported->cgroup, reported->workload);

	if (r < 0)
		return r;
	row.cls = cls;
	return append(impact, &row);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare(const void *left, const void *right)
{
	const struct impact_row *a = left, *b = right;
	int r = COMPARE(a->cls, b->cls);

	if (!r)
		r = strcmp(a->workload, b->workload);
	if (!r)
		r = COMPARE(a->proto, b->proto);
	return r ? r : COMPARE(a->port, b->port);
}

void impact_settle(struct impact *impact)
{
	struct impact_row *rows = impact->rows;
	size_t len = 0;

	if (impact->len)
		qsort(rows, impact->len, sizeof(*rows), compare);
	for (size_t i = 0; i < impact->len; i++) {
		if (len && compare(&rows[len - 1], &rows[i]) == 0) {
			merge(&rows[len - 1], &rows[i]);
			impact_row_free(&rows[i]);
		} else {
			rows[len++] = rows[i];
		}
	}
	impact->len = len;
}

const char *impact_row_source(const struct impact_row *row)
{
	return row->sockets ? "listener" : "violation";
}

bool impact_any(const struct impact *impact)
{
	return impact->len || impact->forgotten;
}

static void put_workload(const struct impact_row *row, const char *node_root, struct jsonw *w)
{
	struct workload workload = { .kind = WORKLOAD_KERNEL };

	if (!row->kernel)
		workload_parse(node_root, row->cgroup, &workload);
	if (workload.kind != WORKLOAD_UNKNOWN)
		workload_put(&workload, w);
	jsonw_string_opt(w, "cgroup", row->cgroup);
}

static void put_process(const struct impact_row *row, struct jsonw *w)
{
	if (row->pid)
		jsonw_u64(w, "pid", row->pid);
	jsonw_u64(w, "uid", row->uid);
	jsonw_string_opt(w, "comm", row->comm);
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

static void put_row(const struct impact_row *row, const char *node_root, struct jsonw *w)
{
	char address[EVENT_ADDRESS_MAX];

	event_address(row->family, row->addr, address);
	jsonw_object(w, NULL);
	jsonw_string(w, "class", word_class(row->cls));
	jsonw_string(w, "protocol", word_proto(row->proto));
	jsonw_string_opt(w, "address", address);
	jsonw_u64(w, "port", row->port);
	put_workload(row, node_root, w);
	put_process(row, w);
	jsonw_string(w, "source", impact_row_source(row));
	jsonw_u64(w, "sockets", row->sockets);
	put_violations(row, w);
	jsonw_object_end(w);
}

void impact_put(const struct impact *impact, const char *node_root, const char *key, size_t rows,
		size_t bytes, struct jsonw *w)
{
	size_t from = w->out->len, i;

	jsonw_array(w, key);
	for (i = 0; i < impact->len && i < rows && w->out->len - from < bytes; i++)
		put_row(&impact->rows[i], node_root, w);
	jsonw_array_end(w);
	jsonw_u64(w, "left_out", impact->len - i);
	jsonw_u64(w, "forgotten", impact->forgotten);
}
