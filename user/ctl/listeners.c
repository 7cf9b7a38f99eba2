// SPDX-License-Identifier: MIT
/* hostportctl listeners: every open port, whose it is, and whether it is allowed. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../base/table.h"
#include "../checks/lint/lint.h"
#include "../formats/html/page.h"
#include "../formats/listeners_openreports.h"
#include "../identity/workload_json.h"
#include "answer.h"
#include "filter_options.h"
#include "listener_filter.h"
#include "listener_text.h"
#include "outfile.h"
#include "registry_argument.h"
#include "table_output.h"

struct asked {
	struct node_options node;
	struct table_output output;
	struct listener_filter filter;
	const char *html;
	bool watch;
};

static const struct option_spec specs[] = {
	{ "output", "table|wide|json|openreports|COLUMN,...",
	  "a table; one in which nothing is cut or left out; one JSON document; a ClusterReport of"
	  " OpenReports; a table of these columns (table)",
	  OPTION_PARSED(struct asked, output, table_output_parse_reports), .letter = 'o' },
	TABLE_OUTPUT_REST(struct asked),
	{ "violations", NULL, "only what is audited or denied",
	  OPTION_FLAG(struct asked, filter.violations) },
	FILTER_OPTION_CLASS(struct asked, filter.classes, "listeners"),
	FILTER_OPTION_PROTOCOL(struct asked, filter.protocol, "listeners"),
	FILTER_OPTION_PORT(struct asked, filter.port, "listeners"),
	FILTER_OPTION_POD(struct asked, filter.pod, "listeners"),
	FILTER_OPTION_UNIT(struct asked, filter.unit, "listeners"),
	{ "watch", NULL, "print them again whenever they have changed, until interrupted",
	  OPTION_FLAG(struct asked, watch), .letter = 'w' },
	{ "html", "FILE", "write a page with a map of the ports to FILE; - is standard output",
	  OPTION_TEXT(struct asked, html) },
	NODE_OPTION_REGISTRY(struct asked),
};

static const struct options options = {
	.program = "hostportctl listeners",
	.usage = "[options]",
	.summary =
		"Print every socket that receives in the network namespace that the agent checks:"
		" its process, its row in the registry, and the verdict on a bind() of it; and the"
		" hostPorts of pods, which no process binds.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

#define COLUMN_VERDICT 5

static const struct table_column columns[] = {
	{ .name = "PROTO" },
	{ .name = "ADDRESS:PORT" },
	{ .name = "PROCESS", .truncate = true },
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "ROW", .truncate = true, .drop = 2 },
	[COLUMN_VERDICT] = { .name = "VERDICT", .truncate = true },
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

static void paint(struct table *table, const struct json *l)
{
	const char *word = json_member_text(l, "verdict", "");

	if (strcmp(word, "denied") == 0)
		table_paint(table, COLUMN_VERDICT, "red");
	else if (strcmp(word, "audited") == 0)
		table_paint(table, COLUMN_VERDICT, "yellow");
	else if (strcmp(word, "excepted") == 0)
		table_paint(table, COLUMN_VERDICT, "cyan");
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
	int r;

	for (size_t i = 0; i < ARRAY_LEN(put); i++) {
		put[i](l, texts[i]);
		if (texts[i]->failed)
			return -ENOMEM;
	}
	r = table_add(table, (const char *[]) {
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
	if (r == 0)
		paint(table, l);
	return r;
}

static int print_table(const struct json *document, const struct table_view *view)
{
	const struct json *listeners = json_member(document, "listeners");
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	_cleanup_(table_freep) struct table *table = NULL;
	int status, r = table_new(columns, ARRAY_LEN(columns), &table);

	if (r == 0)
		table_set_view(table, view);
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

/* ---- what is asked for ----------------------------------------------------------------------- */
/* The document with those listeners alone that the filter has. */
static int keep_asked(const struct listener_filter *filter, struct answer *answer)
{
	const struct json *list = json_member(answer->document, "listeners");
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	struct jsonw w = { .out = &text };
	struct json *document;
	int r;

	jsonw_object(&w, NULL);
	json_put_member("node", json_member(answer->document, "node"), &w);
	jsonw_array(&w, "listeners");
	for (size_t i = 0; i < json_len(list); i++)
		if (listener_filter_has(filter, json_at(list, i)))
			json_put(json_at(list, i), &w);
	jsonw_array_end(&w);
	json_put_member("left_out", json_member(answer->document, "left_out"), &w);
	json_put_member("unreadable", json_member(answer->document, "unreadable"), &w);
	jsonw_object_end(&w);
	r = text.failed ? -ENOMEM : json_parse(text.data, text.len, &err, &document);
	if (r < 0)
		return verb_failed("listeners", r);
	json_freep(&answer->document);
	answer->document = document;
	buf_free(&answer->shown);
	answer->shown = text;
	text = (struct buf) { 0 };
	return EXIT_OK;
}

static int ask(const struct ctl *ctl, const struct asked *asked, struct answer *ret_answer)
{
	int status = answer_get(ctl, "listeners", ret_answer);

	if (status != EXIT_OK || listener_filter_is_empty(&asked->filter))
		return status;
	return keep_asked(&asked->filter, ret_answer);
}

static int print(const struct ctl *ctl, const struct answer *answer, const struct asked *asked)
{
	switch ((enum table_form)asked->output.form) {
	case TABLE_FORM_JSON:
		return verb_print(&answer->shown);
	case TABLE_FORM_OPENREPORTS:
		return print_report(ctl, answer->document);
	case TABLE_FORM_TABLE:
	case TABLE_FORM_WIDE:
	case TABLE_FORM_YAML: /* not one of its forms */
		break;
	}
	return print_table(answer->document, &asked->output.view);
}

/* On a terminal each is the whole screen. */
static int watch(const struct ctl *ctl, const struct asked *asked)
{
	const struct timespec second = { .tv_sec = 1 };
	_cleanup_buf_ struct buf before = { 0 };
	int status = EXIT_OK;

	for (; status == EXIT_OK; (void)nanosleep(&second, NULL)) {
		_cleanup_answer_ struct answer answer = { .client.fd = -1 };

		status = ask(ctl, asked, &answer);
		if (status != EXIT_OK || (before.len && buf_same(&before, &answer.shown)))
			continue;
		if (isatty(STDOUT_FILENO))
			(void)fputs("\033[H\033[J", stdout);
		status = print(ctl, &answer, asked);
		buf_free(&before);
		before = answer.shown;
		answer.shown = (struct buf) { 0 };
	}
	return status;
}

static int check(struct asked *asked)
{
	const char *page =
		asked->html && asked->output.form != TABLE_FORM_TABLE ?
			"--html and --output or --json: only one of them" :
		asked->html && (asked->watch || !listener_filter_is_empty(&asked->filter)) ?
			"--html: it is a page of all, without --watch and what chooses "
			"listeners" :
			NULL;

	if (page) {
		log_error("listeners: %s", page);
		return EXIT_USAGE;
	}
	return table_output_check(&asked->output, columns, ARRAY_LEN(columns), "listeners");
}

int verb_listeners(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	status = check(&asked);
	if (status != EXIT_OK)
		return status;
	if (asked.html)
		return write_page(ctl, &asked);
	if (asked.watch)
		return watch(ctl, &asked);
	status = ask(ctl, &asked, &answer);
	return status == EXIT_OK ? print(ctl, &answer, &asked) : status;
}
