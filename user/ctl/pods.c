// SPDX-License-Identifier: MIT
/* hostportctl pods: the pods of this node that the agent knows, and the ports that they declare. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../base/log.h"
#include "../base/table.h"
#include "answer.h"
#include "table_output.h"

struct asked {
	struct table_output output;
};

static const struct option_spec specs[] = {
	TABLE_OUTPUT_OPTIONS(struct asked),
};

static const struct options options = {
	.program = "hostportctl pods",
	.usage = "[options]",
	.summary = "Print the pods of this node that the agent knows from its pod sources"
		   " (hostportd --pods), and the ports of the node that they declare. JSON also has"
		   " containers, their ids and control groups.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const struct table_column columns[] = {
	{ .name = "NAMESPACE", .truncate = true },
	{ .name = "POD", .truncate = true },
	{ .name = "NETWORK", .drop = 1 },
	{ .name = "STATE", .drop = 2 },
	{ .name = "PORTS", .truncate = true },
	{ .name = "UID", .drop = 4 },
	{ .name = "CGROUP", .truncate = true, .drop = 5 },
	{ .name = "SOURCE", .truncate = true, .drop = 3 },
};

/* Ports of the node; others are in the pod's own network. */
static void put_ports(const struct json *ports, bool incomplete, struct buf *out)
{
	for (size_t i = 0; i < json_len(ports); i++) {
		const struct json *port = json_at(ports, i);
		uint64_t number = json_member_u64(port, "port", 0);

		if (number)
			buf_printf(out, "%s%" PRIu64 "/%s", out->len ? "," : "", number,
				   json_member_text(port, "protocol", "?"));
	}
	if (incomplete)
		buf_puts(out, out->len ? ",?" : "?");
}

static const char *state_of(const struct json *pod)
{
	if (json_u64(json_member(pod, "gone"), UINT64_MAX) != UINT64_MAX)
		return "gone";
	return json_member_bool(pod, "ended", false) ? "ended" : "there";
}

static int add(struct table *table, const struct json *pod)
{
	_cleanup_buf_ struct buf ports = { 0 };

	put_ports(json_member(pod, "ports"), json_member_bool(pod, "incomplete", false), &ports);
	if (ports.failed)
		return -ENOMEM;
	return table_add(
		table,
		(const char *[]) {
			json_member_text(pod, "namespace", "?"),
			json_member_text(pod, "name", "?"),
			json_member_bool(pod, "host_network", false) ? "host" : "pod",
			state_of(pod),
			ports.data,
			json_member_text(pod, "uid", NULL),
			json_member_text(json_at(json_member(pod, "cgroups"), 0), "path", NULL),
			json_member_text(pod, "source", "?"),
		});
}

static void say_lost(const struct json *sources)
{
	for (size_t i = 0; i < json_len(sources); i++) {
		const struct json *source = json_at(sources, i);
		uint64_t left_out = json_member_u64(source, "left_out", 0);
		const char *name = json_member_text(source, "source", "?");

		if (!json_member_bool(source, "up", false))
			log_warning("pods: %s: lost, pods may be missing or out of date: %s", name,
				    json_member_text(source, "error", "?"));
		if (left_out)
			log_warning("pods: %s: %" PRIu64 " pods are left out", name, left_out);
	}
	if (!json_len(sources))
		log_warning("pods: the agent has no pod source: see --pods in hostportd(8)");
}

static int print_table(const struct json *document, const struct table_view *view)
{
	const struct json *pods = json_member(document, "pods");
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	say_lost(json_member(document, "pod_sources"));
	if (left_out)
		log_warning("pods: %" PRIu64 " more are left out", left_out);
	if (r == 0)
		table_set_view(table, view);
	for (size_t i = 0; r == 0 && i < json_len(pods); i++)
		r = add(table, json_at(pods, i));
	return verb_print_table("pods", table, r);
}

int verb_pods(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	status = table_output_check(&asked.output, columns, ARRAY_LEN(columns), "pods");
	if (status == EXIT_OK)
		status = answer_get(ctl, "pods", &answer);
	if (status != EXIT_OK)
		return status;
	return asked.output.form == TABLE_FORM_JSON ?
		       verb_print(&answer.shown) :
		       print_table(answer.document, &asked.output.view);
}
