// SPDX-License-Identifier: MIT
#include "merge_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../identity/workload_json.h"
#include "merge_workload.h"

#define WORD_MAX      32   /* bytes of a class or protocol that nobody knows */
#define TEXT_MAX      256  /* bytes of a process's text: more than a row may have */
#define KEY_SEPARATOR "\n" /* no word has one */

static void free_process(struct merge_process *p)
{
	free(p->comm);
	free(p->exe);
	free(p->address);
	*p = (struct merge_process) { 0 };
}

static void free_row(struct merge_row *row)
{
	for (size_t i = 0; i < row->processes_len; i++)
		free_process(&row->processes[i]);
	row->processes_len = 0;
	free(row->ports);
	row->ports = NULL;
}

void merge_rows_free(struct merge_rows *rows)
{
	for (size_t i = 0; i < rows->len; i++)
		free_row(&rows->list[i]);
	for (size_t i = 0; i < rows->keys.len; i++) {
		free(rows->sources[i].cls);
		free(rows->sources[i].protocol);
		free(rows->sources[i].who);
	}
	free(rows->list);
	free(rows->sources);
	free(rows->met);
	text_set_free(&rows->keys);
	*rows = (struct merge_rows) { 0 };
}

/* Have room for one more item of a list. 0, or -ENOMEM. */
static int make_room(void **list, size_t len, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *grown;

	if (len < *cap)
		return 0;
	grown = reallocarray(*list, more, size);
	if (!grown)
		return -ENOMEM;
	*list = grown;
	*cap = more;
	return 0;
}

/* ---- sources -------------------------------------------------------------------------------- */

/* What a row says of its workload, class and protocol. */
struct said {
	char cls[WORD_MAX + 1], protocol[WORD_MAX + 1];
	struct buf who, key;
};

static void free_said(struct said *said)
{
	buf_free(&said->who);
	buf_free(&said->key);
}

static void read_word(const struct json *row, const char *key, char ret_word[WORD_MAX + 1])
{
	(void)snprintf(ret_word, WORD_MAX + 1, "%s", json_member_text(row, key, "?"));
}

static int read_said(const struct merge_seen *seen, struct said *said)
{
	_cleanup_buf_ struct buf cgroup = { 0 };
	struct jsonw w = { .out = &said->who };
	struct workload who;

	read_word(seen->row->json, "class", said->cls);
	read_word(seen->row->json, "protocol", said->protocol);
	merge_workload_read(seen->row->json, seen->name, &who, &cgroup);
	workload_put(&who, &w);
	jsonw_string_opt(&w, "cgroup", cgroup.data);
	buf_puts(&said->key, said->cls);
	buf_puts(&said->key, KEY_SEPARATOR);
	buf_puts(&said->key, said->protocol);
	buf_puts(&said->key, KEY_SEPARATOR);
	workload_text(&who, cgroup.data ? cgroup.data : "", &said->key);
	return cgroup.failed || said->who.failed || said->key.failed ? -ENOMEM : 0;
}

static int new_source(struct said *said, struct merge_source *ret_source)
{
	struct merge_source source = {
		.cls = strdup(said->cls),
		.protocol = strdup(said->protocol),
		.who = buf_take(&said->who),
	};

	*ret_source = source;
	return source.cls && source.protocol && source.who ? 0 : -ENOMEM;
}

/* Find or make the source of a row. 0; -E2BIG: there is no room; or -ENOMEM. */
static int find_source(struct merge_rows *rows, const struct merge_seen *seen, size_t *ret_number)
{
	_cleanup_(free_said) struct said said = { 0 };
	int r = read_said(seen, &said);

	if (r == 0)
		r = make_room((void **)&rows->sources, rows->keys.len, &rows->sources_cap,
			      sizeof(*rows->sources));
	if (r == 0)
		r = text_set_add(&rows->keys, MERGE_ROWS_MAX, said.key.data, ret_number);
	if (r <= 0)
		return r;
	return new_source(&said, &rows->sources[*ret_number]);
}

static uint64_t sum_now(const struct merge_source *source)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < MERGE_BANDS; i++)
		sum = merge_rows_sum(sum, source->now[i]);
	return sum;
}

/* Count the node, the first time that it has the source, and what the row has there. */
static int meet(struct merge_rows *rows, size_t number, const struct merge_seen *seen)
{
	struct merge_source *source = &rows->sources[number];
	const struct answer_row *v = seen->row;
	uint64_t *now = &source->now[merge_rows_band(v->port)];

	if (source->node != seen->node) {
		if (make_room((void **)&rows->met, rows->met_len, &rows->met_cap,
			      sizeof(*rows->met)) < 0)
			return -ENOMEM;
		rows->met[rows->met_len++] = number;
		source->node = seen->node;
		source->nodes++;
		source->now_ports = 0;
		memset(source->now, 0, sizeof(source->now));
	}
	source->now_ports += v->ports ? v->ports : 1;
	*now = merge_rows_sum(*now, seen->sockets);
	return 0;
}

void merge_rows_end_node(struct merge_rows *rows)
{
	for (size_t i = 0; i < rows->met_len; i++) {
		struct merge_source *source = &rows->sources[rows->met[i]];
		uint64_t now = sum_now(source);

		source->serves |= now > 1 && now * 2 >= source->now_ports;
		if (now > source->sockets)
			source->sockets = now;
		for (size_t band = 0; band < MERGE_BANDS; band++)
			if (source->now[band] > source->most[band])
				source->most[band] = source->now[band];
	}
	rows->met_len = 0;
}

/* ---- what a row has ------------------------------------------------------------------------- */

static int copy_process(const struct merge_process *from, struct merge_process *ret_process)
{
	*ret_process = (struct merge_process) {
		.comm = strndup(from->comm, TEXT_MAX),
		.exe = strndup(from->exe, TEXT_MAX),
		.address = strndup(from->address, TEXT_MAX),
		.uid = from->uid,
	};
	if (ret_process->comm && ret_process->exe && ret_process->address)
		return 0;
	free_process(ret_process);
	return -ENOMEM;
}

/*
 * Add a process unless the row has one with its name and program. Where there is no room, one
 * whose program is known takes the last one's: so a second program is never overlooked.
 */
static int add_process(struct merge_row *row, const struct merge_process *p)
{
	size_t at = row->processes_len;

	for (size_t i = 0; i < row->processes_len; i++)
		if (strncmp(row->processes[i].comm, p->comm, TEXT_MAX) == 0 &&
		    strncmp(row->processes[i].exe, p->exe, TEXT_MAX) == 0)
			return 0;
	if (at == MERGE_PROCESSES_MAX) {
		if (!*p->exe)
			return 0;
		row->processes_len = --at;
		free_process(&row->processes[at]);
	}
	if (copy_process(p, &row->processes[at]) < 0)
		return -ENOMEM;
	row->processes_len = at + 1;
	return 0;
}

static int read_process(struct merge_row *row, const struct json *from)
{
	const struct merge_process p = {
		/* they are only read */
		.comm = (char *)json_member_text(from, "comm", ""),
		.exe = (char *)json_member_text(from, "exe", ""),
		.address = (char *)json_member_text(from, "address", ""),
		.uid = json_member_u64(from, "uid", 0),
	};

	return add_process(row, &p);
}

static int read_processes(struct merge_row *row, const struct json *json)
{
	const struct json *others = json_member(json, "others");
	int r = read_process(row, json);

	for (size_t i = 0; r == 0 && i < json_len(others); i++)
		r = read_process(row, json_at(others, i));
	return r;
}

/* Keep the earlier or the later time; what is no time is left out. */
static void keep_time(char kept[STAMP_LEN + 1], const char *text, bool later)
{
	if (strlen(text) != STAMP_LEN)
		return;
	if (!*kept || (later ? strcmp(text, kept) > 0 : strcmp(text, kept) < 0))
		memcpy(kept, text, STAMP_LEN + 1);
}

/* Add what an answer says of a row's violations. */
static int add_facts(struct merge_row *row, const struct json *json)
{
	const char *source = json_member_text(json, "source", "");
	const char *held_by = json_member_text(json, "held_by", "");

	row->bound |= strcmp(source, "declared") != 0 && strcmp(held_by, "declared") != 0;
	row->count = merge_rows_sum(row->count, json_member_u64(json, "count", 0));
	keep_time(row->since, json_member_text(json, "first", ""), false);
	keep_time(row->until, json_member_text(json, "last", ""), true);
	return read_processes(row, json);
}

/* Count the node and its sockets. */
static void count_node(struct merge_row *row, const struct merge_seen *seen)
{
	if (row->node != seen->node) {
		row->node = seen->node;
		row->nodes++;
		row->now = 0;
	}
	row->first_nodes += seen->first;
	row->now = merge_rows_sum(row->now, seen->sockets);
	if (row->now > row->sockets)
		row->sockets = row->now;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Make an empty row. 0; -E2BIG: there is no room; or -ENOMEM. */
static int new_row(struct merge_rows *rows, size_t source, const struct merge_seen *seen,
		   size_t *ret_number)
{
	if (rows->len == MERGE_ROWS_MAX)
		return -E2BIG;
	if (make_room((void **)&rows->list, rows->len, &rows->cap, sizeof(*rows->list)) < 0)
		return -ENOMEM;
	rows->list[rows->len] = (struct merge_row) { .source = source, .example = seen->node };
	*ret_number = rows->len++;
	return 0;
}

static void add_ports(struct merge_row *row, uint16_t first, uint16_t last)
{
	if (!row->first || first < row->first)
		row->first = first;
	if (last > row->last)
		row->last = last;
}

/* Put what the row of one port has into that of many. 0, or -ENOMEM. */
static int fold(struct merge_row *many, struct merge_row *one)
{
	int r = 0;

	add_ports(many, (uint16_t)one->port, (uint16_t)one->port);
	portset_add(many->ports, (uint16_t)one->port);
	many->count = merge_rows_sum(many->count, one->count);
	many->bound |= one->bound;
	if (one->example < many->example)
		many->example = one->example;
	keep_time(many->since, one->since, false);
	keep_time(many->until, one->until, true);
	for (size_t i = 0; r == 0 && i < one->processes_len; i++)
		r = add_process(many, &one->processes[i]);
	free_row(one);
	one->folded = true;
	return r;
}

/* Fold the source's rows of one port; those that no row of a registry can be about stay. */
static int fold_all(struct merge_rows *rows, struct merge_source *source, struct merge_row *many)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < source->rows_len; i++) {
		struct merge_row *one = &rows->list[source->rows[i]];

		if (one->lacking)
			source->rows[kept++] = source->rows[i];
		else
			r = fold(many, one);
	}
	source->rows_len = kept;
	return r;
}

/* Make the row of many ports. 0, -E2BIG or -ENOMEM. */
static int new_many(struct merge_rows *rows, size_t number, const struct merge_seen *seen)
{
	_cleanup_free_ struct portset *ports = calloc(1, sizeof(*ports));
	struct merge_source *source = &rows->sources[number];
	size_t at;
	int r;

	if (!ports)
		return -ENOMEM;
	if (rows->many == MERGE_MANY_MAX)
		return -E2BIG;
	r = new_row(rows, number, seen, &at);
	if (r < 0)
		return r;
	rows->list[at].ports = TAKE_PTR(ports);
	rows->many++;
	source->many = at + 1;
	return fold_all(rows, source, &rows->list[at]);
}

static int add_to_many(struct merge_row *many, const struct answer_row *v)
{
	size_t span = v->last - v->port + 1U;

	add_ports(many, v->port, v->last);
	if (v->list)
		portset_unite(many->ports, v->list);
	else if (!v->ports || v->ports == span)
		portset_add_range(many->ports, v->port, v->last);
	else if (v->ports > many->unlisted)
		many->unlisted = v->ports;
	return add_facts(many, v->json);
}

/* Does the row add a port to those of its source? */
static bool is_new_port(const struct merge_rows *rows, const struct merge_source *source,
			uint64_t port, size_t *ret_number)
{
	for (size_t i = 0; i < source->rows_len; i++)
		if (rows->list[source->rows[i]].port == port) {
			*ret_number = source->rows[i];
			return false;
		}
	return true;
}

static int add_to_one(struct merge_rows *rows, size_t number, const struct merge_seen *seen)
{
	const struct answer_row *v = seen->row;
	/* of ports that make no sense none is named */
	bool has_port = !v->chosen && !(v->lacking && v->ports);
	uint64_t port = has_port ? json_member_u64(v->json, "port", 0) : 0;
	struct merge_source *source = &rows->sources[number];
	struct merge_row *row;
	size_t at;
	int r;

	if (is_new_port(rows, source, port, &at)) {
		if (source->rows_len == IMPACT_PORTS_MAX)
			return -E2BIG;
		r = new_row(rows, number, seen, &at);
		if (r < 0)
			return r;
		source->rows[source->rows_len++] = (uint32_t)at;
		rows->list[at].port = port;
		rows->list[at].lacking = v->lacking;
	}
	row = &rows->list[at];
	count_node(row, seen);
	return add_facts(row, v->json);
}

/* Is there, or has there to be, a row of many ports for it? */
static bool is_of_many(const struct merge_rows *rows, const struct merge_source *source,
		       const struct answer_row *v)
{
	size_t ignored;

	return !v->lacking && (v->ports || source->many ||
			       (source->rows_len == IMPACT_PORTS_MAX &&
				is_new_port(rows, source, v->port, &ignored)));
}

static int add(struct merge_rows *rows, const struct merge_seen *seen)
{
	const struct answer_row *v = seen->row;
	size_t number;
	int r = find_source(rows, seen, &number);

	if (r == 0)
		r = meet(rows, number, seen);
	if (r < 0)
		return r;
	if (!is_of_many(rows, &rows->sources[number], v))
		return add_to_one(rows, number, seen);
	if (!rows->sources[number].many)
		r = new_many(rows, number, seen);
	return r < 0 ? r : add_to_many(&rows->list[rows->sources[number].many - 1], v);
}

int merge_rows_add(struct merge_rows *rows, const struct merge_seen *seen)
{
	int r = add(rows, seen);

	if (r != -E2BIG)
		return r;
	rows->left_out++;
	return 0;
}
