// SPDX-License-Identifier: MIT
#include "impact.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../../bpf/verdict.h"
#define ROWS_MIN 64

void impact_row_free(struct impact_row *row)
{
	free(row->cgroup);
	free(row->workload);
	free(row->exe);
	free(row->pod);
	impact_processes_free(&row->others);
	free(row->ports);
	*row = (struct impact_row) { 0 };
}

/* Give the row strings of its own. */
static int set_strings(struct impact_row *row, const char *cgroup, const char *workload,
		       const char *exe, const char *pod)
{
	row->cgroup = strdup(cgroup);
	row->workload = strdup(workload);
	row->exe = exe && *exe ? strdup(exe) : NULL;
	row->pod = pod ? strdup(pod) : NULL;
	if (row->cgroup && row->workload && (row->exe || !exe || !*exe) && (row->pod || !pod))
		return 0;
	impact_row_free(row);
	return -ENOMEM;
}

uint8_t impact_scope(const struct event *event)
{
	uint32_t a[4];

	memcpy(a, event->addr, sizeof(a));
	return event->family == 4 ?
		       hp_scope_of4(ntohl(a[0])) :
		       hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

/* What an event says of its violations, without strings. */
static struct impact_row row_of_event(const struct event *e)
{
	struct impact_row row = {
		.cls = e->cls,
		.proto = e->proto,
		.scope = impact_scope(e),
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
	int r = set_strings(&row, event->cgroup, workload, event->exe, event->pod);

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

static struct impact_process process_of(const struct impact_row *row, const char *exe)
{
	struct impact_process process = {
		.pid = row->pid,
		.uid = row->uid,
		.family = row->family,
		.exe = (char *)exe, /* is copied */
	};

	memcpy(process.addr, row->addr, sizeof(process.addr));
	memcpy(process.comm, row->comm, sizeof(process.comm));
	return process;
}

/*
 * Of the processes of two rows one will be named, and the other is kept beside it. Returns the
 * program of the first if it was kept there itself; the caller frees it.
 */
static char *keep_other(struct impact_row *row, const struct impact_row *more, const char *exe,
			bool is_more_named)
{
	struct impact_process of_row = process_of(row, row->exe), of_more = process_of(more, exe);
	const struct impact_process *named = is_more_named ? &of_more : &of_row;
	const struct impact_process *other = is_more_named ? &of_row : &of_more;
	char *known = impact_processes_take(&row->others, named);

	if (*other->comm && !impact_process_same(named, other))
		impact_processes_add(&row->others, other);
	for (size_t i = 0; i < more->others.len; i++)
		if (!impact_process_same(named, &more->others.list[i]))
			impact_processes_add(&row->others, &more->others.list[i]);
	return known;
}

/* Add the times, the counts and the process of another row. */
static void merge(struct impact_row *row, const struct impact_row *more)
{
	if (names_process(more, row)) {
		row->family = more->family;
		memcpy(row->addr, more->addr, sizeof(row->addr));
		row->pid = more->pid;
		row->uid = more->uid;
		row->holder = more->holder;
		memcpy(row->comm, more->comm, sizeof(row->comm));
	}
	if (more->count && (!row->count || is_before(&more->first, &row->first)))
		row->first = more->first;
	if (more->count && (!row->count || is_before(&row->last, &more->last)))
		row->last = more->last;
	row->sockets += more->sockets;
	row->count += more->count;
}

/*
 * The program of the process that will be named, if it is known: of the process itself, else of
 * one of its name, which is the same one started again. `known`: see keep_other().
 */
static void take_exe(struct impact_row *row, const struct impact_row *more, char **exe,
		     bool is_more_named, char **known)
{
	bool is_alike = strcmp(row->comm, more->comm) == 0;

	if (is_more_named ? *exe || !is_alike : !row->exe && is_alike) {
		free(row->exe);
		row->exe = TAKE_PTR(*exe);
	}
	if (!row->exe)
		row->exe = TAKE_PTR(*known);
}

void impact_row_add_event(struct impact_row *row, const struct event *event)
{
	struct impact_row more = row_of_event(event);
	const char *program = event->exe && *event->exe ? event->exe : NULL;
	bool is_named = names_process(&more, row);
	_cleanup_free_ char *known = keep_other(row, &more, program, is_named), *exe = NULL;

	if (!program || !row->exe || strcmp(row->exe, program) != 0) {
		exe = program ? strdup(program) : NULL; /* or NULL: as if it were not known */
		take_exe(row, &more, &exe, is_named, &known);
	}
	merge(row, &more);
	if (row->ports)
		portset_add(row->ports, event->port);
	if (event->port < row->port)
		row->port = event->port;
}

void impact_row_merge(struct impact_row *row, struct impact_row *more)
{
	bool is_named = names_process(more, row);
	_cleanup_free_ char *known = keep_other(row, more, more->exe, is_named);

	take_exe(row, more, &more->exe, is_named, &known);
	merge(row, more);
	if (!row->ports && more->ports) {
		row->ports = TAKE_PTR(more->ports);
		portset_add(row->ports, row->port);
	} else if (more->ports) {
		portset_unite(row->ports, more->ports);
	} else if (row->ports) {
		portset_add(row->ports, more->port);
	}
	if (more->port < row->port)
		row->port = more->port;
	impact_row_free(more);
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

int impact_add_socket(struct impact *impact, const struct event *event, uint8_t holder)
{
	_cleanup_buf_ struct buf workload = { 0 };
	struct impact_row row;
	int r;

	workload_key(&event->workload, event->cgroup, &workload);
	if (workload.failed)
		return -ENOMEM;
	r = impact_row_new(event, workload.data, &row);
	if (r < 0)
		return r;
	row.sockets = 1;
	row.holder = holder;
	row.count = 0;
	row.first = row.last = (struct timespec) { 0 };
	return append(impact, &row);
}

int impact_add_violations(struct impact *impact, const struct impact_row *reported, uint8_t cls,
			  const struct portset *ports)
{
	struct impact_row row = *reported;
	uint32_t first, last;
	int r;

	row.ports = NULL;
	row.others = (struct impact_processes) { 0 };
	r = set_strings(&row, reported->cgroup, reported->workload, reported->exe, reported->pod);
	if (r < 0)
		return r;
	row.cls = cls;
	for (size_t i = 0; i < reported->others.len; i++)
		impact_processes_add(&row.others, &reported->others.list[i]);
	if (ports && portset_next_run(ports, 1, &first, &last)) {
		row.ports = malloc(sizeof(*row.ports));
		if (!row.ports) {
			impact_row_free(&row);
			return -ENOMEM;
		}
		*row.ports = *ports;
		row.port = (uint16_t)first;
	}
	return append(impact, &row);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* By what many ports have in common. Port 0 stands for itself. */
static int compare_kind(const struct impact_row *a, const struct impact_row *b)
{
	int r = COMPARE(a->cls, b->cls);

	if (!r)
		r = strcmp(a->workload, b->workload);
	if (!r)
		r = COMPARE(a->proto, b->proto);
	if (!r)
		r = COMPARE(a->scope, b->scope);
	return r ? r : COMPARE(a->port != 0, b->port != 0);
}

/* And then by port; a row of several comes before them. */
static int compare(const void *left, const void *right)
{
	const struct impact_row *a = left, *b = right;
	int r = compare_kind(a, b);

	if (!r)
		r = COMPARE(!a->ports, !b->ports);
	return r ? r : COMPARE(a->port, b->port);
}

/* Merge rows that have the same port. */
static void merge_same(struct impact *impact)
{
	struct impact_row *rows = impact->rows;
	size_t len = 0;

	for (size_t i = 0; i < impact->len; i++) {
		if (len && compare(&rows[len - 1], &rows[i]) == 0)
			impact_row_merge(&rows[len - 1], &rows[i]);
		else
			rows[len++] = rows[i];
	}
	impact->len = len;
}

/* How many rows from here on differ in their ports only? */
static size_t kind_at(const struct impact *impact, size_t at)
{
	size_t n = 1;

	while (at + n < impact->len && compare_kind(&impact->rows[at], &impact->rows[at + n]) == 0)
		n++;
	return n;
}

/* Can these rows become one? Gives the first of them room for the ports. */
static bool is_many(struct impact_row *rows, size_t n)
{
	if (rows->ports || n <= IMPACT_PORTS_MAX)
		return rows->ports;
	rows->ports = calloc(1, sizeof(*rows->ports));
	if (!rows->ports)
		return false;
	portset_add(rows->ports, rows->port);
	return true;
}

/* Make one row of those that differ in their ports only, where they are many. */
static void merge_many(struct impact *impact)
{
	struct impact_row *rows = impact->rows;
	size_t len = 0, n;

	for (size_t at = 0; at < impact->len; at += n) {
		n = kind_at(impact, at);
		if (!is_many(&rows[at], n)) {
			memmove(&rows[len], &rows[at], n * sizeof(*rows));
			len += n;
			continue;
		}
		rows[len] = rows[at];
		for (size_t i = 1; i < n; i++)
			impact_row_merge(&rows[len], &rows[at + i]);
		len++;
	}
	impact->len = len;
}

void impact_settle(struct impact *impact)
{
	if (impact->len)
		qsort(impact->rows, impact->len, sizeof(*impact->rows), compare);
	merge_same(impact);
	merge_many(impact);
}

size_t impact_row_ports(const struct impact_row *row, uint16_t *ret_last)
{
	size_t words = ARRAY_LEN(row->ports->words);
	uint64_t word = 0;

	if (!row->ports)
		return 0;
	while (words && !(word = row->ports->words[words - 1]))
		words--;
	*ret_last = words ? (uint16_t)(words * 64 - 1 - (size_t)__builtin_clzll(word)) : 0;
	return portset_count(row->ports);
}

void impact_put_ports(uint64_t ports, uint64_t first, uint64_t last, struct buf *out)
{
	if (ports)
		buf_printf(out, "%" PRIu64 " of %" PRIu64 "-%" PRIu64, ports, first, last);
	else
		buf_put_u64(out, first);
}

struct workload impact_row_workload(const struct impact_row *row,
				    const struct workload_facts *facts)
{
	struct workload who = { .kind = WORKLOAD_KERNEL };

	if (row->pod)
		workload_of_key(facts->pods, row->pod, &who);
	else if (!row->kernel)
		workload_find(facts, row->cgroup, &who);
	return who;
}

const char *impact_row_source(const struct impact_row *row)
{
	if (row->pod)
		return "declared";
	return row->sockets ? "listener" : "violation";
}

bool impact_any(const struct impact *impact)
{
	return impact->len || impact->forgotten;
}
