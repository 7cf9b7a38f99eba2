// SPDX-License-Identifier: MIT
#include "learn_answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/abi.h"
#include "../identity/workload_json.h"
#include "../registry/row_fields.h"
#include "../registry/words.h"

void answer_rows_free(struct answer_rows *rows)
{
	for (size_t i = 0; i < rows->len; i++) {
		free(rows->list[i].workload);
		free(rows->list[i].list);
	}
	free(rows->list);
	*rows = (struct answer_rows) { 0 };
}

/* Read what a row names. False: no row can be about it. */
static bool read_key(struct answer_row *v)
{
	int proto = word_to_proto(json_member_text(v->json, "protocol", ""));
	int cls = word_to_class(json_member_text(v->json, "class", ""));
	uint64_t port = json_member_u64(v->json, "port", 0);

	v->chosen = cls == HP_CLASS_EPHEMERAL || !port;
	if (proto < 0 || cls < 0 || v->chosen || port >= HP_PORTS)
		return false;
	v->proto = (uint8_t)proto;
	v->cls = (uint8_t)cls;
	v->port = v->last = (uint16_t)port;
	return true;
}

/* Are all ports listed, and no others? */
static bool is_list_of(const struct answer_row *v, const char *list)
{
	return portset_parse(list, strlen(list), v->list) == 0 && !portset_has(v->list, 0) &&
	       portset_count(v->list) == v->ports &&
	       portset_count_range(v->list, v->port, v->last) == v->ports;
}

/* Read the ports of a row that has several. 0, or -ENOMEM. */
static int read_ports(struct answer_row *v)
{
	uint64_t last = json_member_u64(v->json, "port_last", 0);
	const char *list = json_member_text(v->json, "port_list", NULL);

	v->ports = json_member_u64(v->json, "ports", 0);
	if (!v->ports)
		return 0;
	v->lacking = last <= v->port || last >= HP_PORTS || v->ports > last - v->port + 1;
	if (v->lacking)
		return 0;
	v->last = (uint16_t)last;
	if (!list)
		return 0;
	v->list = malloc(sizeof(*v->list));
	if (!v->list)
		return -ENOMEM;
	v->lacking = !is_list_of(v, list);
	return 0;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/* A service that has the name at its next start, too: not one that systemd-run(1) made up. */
static const char *lasting_unit(const char *unit)
{
	bool is_good = ends_with(unit, ".service") && strncmp(unit, "run-", 4) != 0 &&
		       strlen(unit) <= ROW_SHORT_MAX && is_printable(unit) &&
		       !strpbrk(unit, "*/\"'");

	return is_good ? unit : NULL;
}

/* A program on the host: a path of a container's is another file there. */
static const char *lasting_exe(const char *exe)
{
	bool is_good = *exe == '/' && strlen(exe) <= ROW_SHORT_MAX && is_printable(exe) &&
		       !strpbrk(exe, "*\"'");

	return is_good ? exe : NULL;
}

/* A member of one of the row's processes: of that in the row itself (0), or of the others. */
static const char *process_text(const struct answer_row *v, size_t i, const char *member)
{
	const struct json *others = json_member(v->json, "others");

	return json_member_text(i ? json_at(others, i - 1) : v->json, member, "");
}

/* Is there a process of the name whose program is known? */
static bool is_known_name(const struct answer_row *v, size_t processes, const char *comm)
{
	for (size_t i = 0; i < processes; i++)
		if (*process_text(v, i, "exe") && strcmp(process_text(v, i, "comm"), comm) == 0)
			return true;
	return false;
}

/*
 * The one program of all processes; "": it is not known, or there are several. A process whose
 * program is not known has that of one of its name.
 */
static const char *only_exe(const struct answer_row *v, bool *ret_known)
{
	size_t n = 1 + json_len(json_member(v->json, "others"));
	const char *exe = "";
	bool is_one = true;

	for (size_t i = 0; i < n; i++) {
		const char *one = process_text(v, i, "exe");

		if (!*one)
			is_one = is_one && is_known_name(v, n, process_text(v, i, "comm"));
		else if (*exe)
			is_one = is_one && strcmp(one, exe) == 0;
		else
			exe = one;
	}
	*ret_known = *exe;
	return is_one ? exe : "";
}

static void read_owner(struct answer_row *v)
{
	const struct json *workload = json_member(v->json, "workload");
	const char *kind = json_member_text(workload, "kind", ""), *exe;
	bool is_known;

	if (strcmp(kind, "unit") == 0)
		v->unit = lasting_unit(json_member_text(workload, "unit", ""));
	else if (strcmp(kind, "cgroup") != 0)
		return;
	exe = only_exe(v, &is_known);
	v->exe = lasting_exe(exe);
	v->nameless = !is_known;
}

static void read_nodes(struct answer_row *v)
{
	v->nodes = json_member_u64(v->json, "nodes", 0);
	v->nodes_first = json_member_u64(v->json, "nodes_first", 0);
	v->nodes_of_workload = json_member_u64(v->json, "nodes_of_workload", 0);
	v->at_once = json_member_u64(v->json, "sockets_of_workload", 0);
}

/* Many nodes have more ports than one has sockets: whether they are served was seen on each. */
static void count_served(struct answer_row *v)
{
	if (v->nodes && json_member_bool(v->json, "serves", false))
		v->sockets = v->ports;
}

static int read_row(struct answer_row *v)
{
	_cleanup_buf_ struct buf workload = { 0 };

	workload_json_text(v->json, &workload);
	v->workload = buf_take(&workload);
	if (!v->workload)
		return -ENOMEM;
	read_owner(v);
	v->sockets = json_member_u64(v->json, "sockets", 0);
	read_nodes(v);
	v->lacking = !read_key(v);
	if (v->lacking || read_ports(v) < 0)
		return v->lacking ? 0 : -ENOMEM;
	if (v->ports)
		count_served(v);
	return 0;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare(const void *left, const void *right)
{
	const struct answer_row *a = left, *b = right;
	int r = COMPARE(!a->lacking, !b->lacking);

	if (!r && !a->lacking)
		r = COMPARE(a->proto, b->proto);
	if (!r && !a->lacking)
		r = COMPARE(a->cls, b->cls);
	if (!r && !a->lacking)
		r = COMPARE(a->port, b->port);
	return r ? r : COMPARE(a->number, b->number);
}

int answer_rows_read(const struct json *list, struct answer_rows *ret_rows)
{
	size_t n = json_len(list);

	*ret_rows = (struct answer_rows) { .list = calloc(n ? n : 1, sizeof(*ret_rows->list)) };
	if (!ret_rows->list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct answer_row *v = &ret_rows->list[ret_rows->len++];

		*v = (struct answer_row) { .number = i, .json = json_at(list, i) };
		if (read_row(v) < 0)
			return -ENOMEM;
		ret_rows->lacking += v->lacking;
	}
	qsort(ret_rows->list, ret_rows->len, sizeof(*ret_rows->list), compare);
	return 0;
}
