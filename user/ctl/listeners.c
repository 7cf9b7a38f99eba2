// SPDX-License-Identifier: MIT
/* hostportctl listeners: every port that is open, whose it is, and whether it may be. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../base/table.h"
#include "../identity/workload_json.h"
#include "answer.h"
#include "listeners_page.h"
#include "registry_argument.h"

struct asked {
	struct node_options node;
	bool json;
	const char *html;
};

static const struct option_spec specs[] = {
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct asked, json) },
	{ "html", "FILE", "write a page with a map of the ports to FILE; - is standard output",
	  OPTION_TEXT(struct asked, html) },
	NODE_OPTION_REGISTRY(struct asked),
};

static const struct options options = {
	.program = "hostportctl listeners",
	.usage = "[--json|--html=FILE [--registry=...]]",
	.summary = "Print every socket that receives in the network namespace which the agent"
		   " checks: who has it, the registry's row, and what becomes of a bind() of it.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const struct table_column columns[] = {
	{ .name = "PROTO" },
	{ .name = "ADDRESS:PORT" },
	{ .name = "PROCESS" },
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "ROW", .truncate = true },
	{ .name = "VERDICT" },
	{ .name = "CLASS" },
	{ .name = "R2" },
};

static void put_socket(const struct json *l, struct buf *out)
{
	bool v6 = strcmp(json_member_text(l, "family", ""), "ipv6") == 0;

	buf_printf(out, v6 ? "[%s]:%" PRIu64 : "%s:%" PRIu64, json_member_text(l, "address", "?"),
		   json_member_u64(l, "port", 0));
}

static void put_process(const struct json *l, struct buf *out)
{
	uint64_t pid = json_member_u64(l, "pid", 0);

	if (pid)
		buf_printf(out, "%s[%" PRIu64 "]", json_member_text(l, "comm", "?"), pid);
}

static void put_row(const struct json *l, struct buf *out)
{
	const struct json *entry = json_member(l, "entry");
	const char *process = json_member_text(entry, "process", "");

	buf_puts(out, json_member_text(entry, "layer", ""));
	if (*process)
		buf_printf(out, ": %s", process);
}

/* NULL: it is not asked. */
static const char *documented(const struct json *l)
{
	const struct json *value = json_member(l, "documented");

	if (json_bool(value, false))
		return "yes";
	return json_bool(value, true) ? NULL : "NO";
}

static int add(struct table *table, const struct json *l)
{
	static void (*const put[])(const struct json *, struct buf *) = {
		put_socket,
		put_process,
		workload_json_text,
		put_row,
	};
	_cleanup_buf_ struct buf socket = { 0 }, process = { 0 }, workload = { 0 }, row = { 0 };
	struct buf *const texts[] = { &socket, &process, &workload, &row };
	const char *cls = json_member_text(l, "class", "?");

	for (size_t i = 0; i < ARRAY_LEN(put); i++) {
		put[i](l, texts[i]);
		if (texts[i]->failed)
			return -ENOMEM;
	}
	return table_add(table, (const char *[]) {
					json_member_text(l, "protocol", "?"),
					socket.data,
					process.data,
					workload.data,
					row.data,
					json_member_text(l, "verdict", "?"),
					strcmp(cls, "none") == 0 ? NULL : cls,
					documented(l),
				});
}

static int print_table(const struct json *document)
{
	const struct json *listeners = json_member(document, "listeners");
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < json_len(listeners); i++)
		r = add(table, json_at(listeners, i));
	if (r == 0)
		r = table_print(table, stdout);
	if (r < 0) {
		log_error("listeners: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (left_out)
		log_warning("listeners: %" PRIu64 " more are left out", left_out);
	return EXIT_OK;
}

static int print_json(const struct answer *answer)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(&text, answer->line);
	return verb_print(&text);
}

/* The registry is read first: what is wrong with it needs no agent. */
static int write_page(const struct ctl *ctl, const struct asked *asked)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_answer_ struct answer answer = { .client.fd = -1 }, learn = { .client.fd = -1 };
	int status = offline_registry(&asked->node, &registry);

	if (status == EXIT_OK)
		status = answer_get(ctl, "listeners", &answer);
	if (status == EXIT_OK)
		status = answer_get(ctl, "learn", &learn);
	if (status != EXIT_OK)
		return status;
	return listeners_page(registry, answer.document, json_member(learn.document, "violations"),
			      asked->html);
}

int verb_listeners(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (asked.json && asked.html) {
		log_error("listeners: --json and --html: only one of them");
		return EXIT_USAGE;
	}
	if (asked.html)
		return write_page(ctl, &asked);
	status = answer_get(ctl, "listeners", &answer);
	if (status != EXIT_OK)
		return status;
	return asked.json ? print_json(&answer) : print_table(answer.document);
}
