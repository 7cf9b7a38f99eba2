// SPDX-License-Identifier: MIT
/* hostportctl listeners: every open port, whose it is, and whether it is allowed. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/table.h"
#include "../checks/lint/lint.h"
#include "../formats/html/page.h"
#include "../formats/listeners_openreports.h"
#include "../identity/workload_json.h"
#include "answer.h"
#include "listener_text.h"
#include "outfile.h"
#include "registry_argument.h"

enum form {
	FORM_TABLE,
	FORM_JSON,
	FORM_OPENREPORTS,
};

struct asked {
	struct node_options node;
	int form; /* enum form */
	const char *html;
};

static int parse_json(void *form, const char *value, struct buf *err)
{
	(void)value;
	(void)err;
	*(int *)form = FORM_JSON;
	return 0;
}

static const struct option_spec specs[] = {
	{ "output", "table|json|openreports",
	  "a table; one JSON document; a ClusterReport of OpenReports (table)",
	  OPTION_WORD(struct asked, form, FORM_TABLE, FORM_JSON, FORM_OPENREPORTS), .letter = 'o' },
	{ "json", NULL, "as --output=json", OPTION_PARSED(struct asked, form, parse_json) },
	{ "html", "FILE", "write a page with a map of the ports to FILE; - is standard output",
	  OPTION_TEXT(struct asked, html) },
	NODE_OPTION_REGISTRY(struct asked),
};

static const struct options options = {
	.program = "hostportctl listeners",
	.usage = "[--output=FORM|--html=FILE [--registry=...]]",
	.summary =
		"Print every socket that receives in the network namespace that the agent checks:"
		" its process, its row in the registry, and the verdict on a bind() of it; and the"
		" hostPorts of pods, which no process binds.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const struct table_column columns[] = {
	{ .name = "PROTO" },
	{ .name = "ADDRESS:PORT" },
	{ .name = "PROCESS", .truncate = true },
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "ROW", .truncate = true, .drop = 2 },
	{ .name = "VERDICT", .truncate = true },
	{ .name = "CLASS", .drop = 1 },
	{ .name = "R2", .drop = 4 },
	{ .name = "DECLARED", .truncate = true, .drop = 3 },
};

/* Does a pod declare it? Its own, if it is a pod's; another pod's hostPort may get its traffic. */
static void put_declared(const struct json *l, struct buf *out)
{
	const struct json *declared = json_member(l, "declared"), *by;
	bool is_known = json_bool(declared, true) == json_bool(declared, false);

	if (json_member_bool(l, "orphan", false))
		buf_puts(out, "no such pod");
	else if (is_known)
		buf_puts(out, json_bool(declared, false) ? "yes" : "NO");
	by = json_bool(declared, false) ? NULL : json_member(l, "declared_by");
	if (by)
		buf_printf(out, "%sby pod %s/%s", out->len ? ", " : "",
			   json_member_text(by, "namespace", "?"),
			   json_member_text(by, "pod", "?"));
	if (json_member_bool(l, "shadowed", false))
		buf_puts(out, out->len ? ", shadowed" : "shadowed");
}

/* A socket is open, whatever the verdict on a bind() of it is. */
static const char *verdict(const struct json *l)
{
	const char *word = json_member_text(l, "verdict", "?");

	return strcmp(word, "denied") == 0 ? "open; the next bind is denied" : word;
}

static void put_row(const struct json *l, struct buf *out)
{
	const struct json *entry = json_member(l, "entry");
	const char *process = json_member_text(entry, "process", "");

	buf_puts(out, json_member_text(entry, "layer", ""));
	if (*process)
		buf_printf(out, ": %s", process);
}

/* NULL: the rule does not apply. */
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
		listener_text_socket, listener_text_process, workload_json_text, put_row,
		put_declared,
	};
	_cleanup_buf_ struct buf socket = { 0 }, process = { 0 }, workload = { 0 }, row = { 0 };
	_cleanup_buf_ struct buf declared = { 0 };
	struct buf *const texts[] = { &socket, &process, &workload, &row, &declared };
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
					verdict(l),
					strcmp(cls, "none") == 0 ? NULL : cls,
					documented(l),
					declared.data,
				});
}

static int print_table(const struct json *document)
{
	const struct json *listeners = json_member(document, "listeners");
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	_cleanup_(table_freep) struct table *table = NULL;
	int status, r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < json_len(listeners); i++)
		r = add(table, json_at(listeners, i));
	status = verb_print_table("listeners", table, r);
	if (status == EXIT_OK && left_out)
		log_warning("listeners: %" PRIu64 " more are left out", left_out);
	return status;
}

/* ---- the page ------------------------------------------------------------------------------ */
static void put_generated(struct buf *out)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	buf_printf(out, "hostportctl " HOSTPORTD_VERSION ", %s", text);
}

/* The agent answers on a socket in the file system, so it runs on this host. */
static void put_title(struct buf *out)
{
	char host[HOST_NAME_MAX + 1] = "";

	(void)gethostname(host, sizeof(host) - 1);
	buf_printf(out, "Host ports of %s", *host ? host : "this node");
}

static int find_faults(const struct registry *registry, struct findings *findings)
{
	const struct node_options unknown = { 0 };
	const struct lint_facts facts = {
		.today = node_options_facts(&unknown).today,
		.ephemeral_first = EPHEMERAL_FIRST,
		.ephemeral_last = EPHEMERAL_LAST,
		.least = SEVERITY_NOTE,
	};

	return lint_registry(registry, &facts, findings);
}

static int put_page(const struct registry *registry, const struct json *listeners,
		    const struct json *violations, const char *path)
{
	_cleanup_buf_ struct buf page = { 0 }, title = { 0 }, generated = { 0 };
	_cleanup_findings_ struct findings findings = { 0 };
	int r = find_faults(registry, &findings);

	if (r < 0)
		return verb_failed("listeners", r);
	put_title(&title);
	put_generated(&generated);
	html_page_put(&(struct page) { .registry = registry,
				       .listeners = listeners,
				       .violations = violations,
				       .findings = &findings,
				       .title = title.data,
				       .generated = generated.data },
		      &page);
	return outfile_write(path, &page);
}

/* The registry is read first: an error in it is reported without an agent. */
static int write_page(const struct ctl *ctl, const struct asked *asked)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_answer_ struct answer answer = { .client.fd = -1 }, learn = { .client.fd = -1 };
	int status = registry_argument_find(ctl, &asked->node, NULL, &registry);

	if (status == EXIT_OK)
		status = answer_get(ctl, "listeners", &answer);
	if (status == EXIT_OK)
		status = answer_get(ctl, "learn", &learn);
	if (status != EXIT_OK)
		return status;
	return put_page(registry, answer.document, json_member(learn.document, "violations"),
			asked->html);
}

/* ---- the report ------------------------------------------------------------------------------ */
/* The agent says what the node is called in its cluster. */
static int print_report(const struct ctl *ctl, const struct json *listeners)
{
	_cleanup_answer_ struct answer agent = { .client.fd = -1 };
	_cleanup_buf_ struct buf text = { 0 };
	int status = answer_get(ctl, "status", &agent);

	if (status != EXIT_OK)
		return status;
	listeners_openreports(listeners, json_member_text(agent.document, "node", NULL), &text);
	return verb_print(&text);
}

static int print(const struct ctl *ctl, const struct answer *answer, enum form form)
{
	switch (form) {
	case FORM_JSON:
		return verb_print(&answer->shown);
	case FORM_OPENREPORTS:
		return print_report(ctl, answer->document);
	case FORM_TABLE:
		break;
	}
	return print_table(answer->document);
}

int verb_listeners(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (asked.form != FORM_TABLE && asked.html) {
		log_error("listeners: --html and --output or --json: only one of them");
		return EXIT_USAGE;
	}
	if (asked.html)
		return write_page(ctl, &asked);
	status = answer_get(ctl, "listeners", &answer);
	if (status != EXIT_OK)
		return status;
	return print(ctl, &answer, (enum form)asked.form);
}
