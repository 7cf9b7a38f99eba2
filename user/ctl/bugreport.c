// SPDX-License-Identifier: MIT
/* hostportctl bugreport: what somebody else needs to know of an agent, as one archive. */
#include "verb.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../base/stamp.h"
#include "../base/tar.h"
#include "../base/terminal.h"
#include "../registry/row_json.h"
#include "../source/source.h"
#include "answer.h"
#include "coverage_json.h"

#define LINES_MAX  256 /* of the last lines: as many as the agent's queue for a reader takes */
#define FOLDER_MAX 64  /* bytes of the folder's name that come from the host's */

struct asked {
	bool quick;
};

static const struct option_spec specs[] = {
	{ "quick", NULL, "without coverage, which takes seconds and loads modules of the kernel",
	  OPTION_FLAG(struct asked, quick) },
};

static const struct options options = {
	.program = "hostportctl bugreport",
	.usage = "[--quick] >FILE.tar",
	.summary =
		"Write an archive (tar) of JSON documents to standard output: the agent's status,"
		" its listeners, its registry's rows, its last lines, and the coverage of this"
		" kernel. They name processes, pods and addresses, and nothing secret. Needs root."
		" Exit status: 0 all is in it, 1 a part is missing, 3 nothing could be written.",
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

enum part_number {
	PART_ABOUT,
	PART_STATUS,
	PART_LISTENERS,
	PART_REGISTRY,
	PART_LINES,
	PART_COVERAGE,
	PART_MAX,
};

/* One document; the reason why it is missing. */
struct part {
	struct buf content, error;
};

struct report {
	const struct ctl *ctl;
	struct part parts[PART_MAX];
	struct json *status; /* NULL: it is missing */
	char host[HOST_NAME_MAX + 1];
};

static const char *const names[PART_MAX] = {
	[PART_ABOUT] = "about.json",	     [PART_STATUS] = "status.json",
	[PART_LISTENERS] = "listeners.json", [PART_REGISTRY] = "registry.json",
	[PART_LINES] = "lines.jsonl",	     [PART_COVERAGE] = "coverage.json",
};

static void free_report(struct report *report)
{
	for (size_t i = 0; i < PART_MAX; i++) {
		buf_free(&report->parts[i].content);
		buf_free(&report->parts[i].error);
	}
	json_freep(&report->status);
}

/* A part is missing: for the reason that is in its error already, or for an errno. */
static void miss(struct part *part, int r)
{
	buf_free(&part->content);
	if (!part->error.len)
		buf_puts(&part->error, strerror(-r));
}

/* ---- what the agent answers ----------------------------------------------------------------- */

static void ask(struct report *report, enum part_number number, const char *verb,
		struct json **ret_document)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct part *part = &report->parts[number];
	_cleanup_buf_ struct buf request = { 0 };
	int r;

	buf_printf(&request, "{\"verb\":\"%s\"}", verb);
	r = request.failed ? -ENOMEM : answer_try(report->ctl, &request, &answer, &part->error);
	if (r < 0) {
		miss(part, r);
		return;
	}
	buf_add(&part->content, answer.shown.data, answer.shown.len);
	buf_putc(&part->content, '\n');
	if (ret_document)
		*ret_document = TAKE_PTR(answer.document);
}

static int copy_lines(struct client *client, struct buf *out)
{
	size_t len;
	char *line;
	int r;

	while ((r = client_line(client, &line, &len)) > 0) {
		terminal_put(line, len, TERMINAL_JSON, out);
		buf_putc(out, '\n');
	}
	return r;
}

static void ask_lines(struct report *report)
{
	_cleanup_client_ struct client client = { .fd = -1 };
	struct part *part = &report->parts[PART_LINES];
	_cleanup_buf_ struct buf request = { 0 };
	int r;

	buf_printf(&request, "{\"verb\":\"tail\",\"form\":\"json\",\"replay\":%d}", LINES_MAX);
	r = request.failed ? -ENOMEM :
			     client_open(report->ctl->socket, &request, &client, &part->error);
	if (r == 0)
		r = client_ask_no_more(&client);
	if (r == 0)
		r = copy_lines(&client, &part->content);
	if (r < 0)
		miss(part, r);
}

/* ---- the registry --------------------------------------------------------------------------- */

static void put_rows(const struct registry *registry, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < registry->len; i++)
		for (size_t j = 0; j < registry->layers[i].len; j++)
			row_json(&w, &registry->layers[i], &registry->layers[i].rows[j]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	buf_putc(out, '\n');
}

/* The agent does not send its rows, but says which layers it has: they are read as it read them. */
static void read_registry(struct report *report)
{
	const struct json *layers = json_member(json_member(report->status, "registry"), "layers");
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct part *part = &report->parts[PART_REGISTRY];
	const char *paths[REGISTRY_LAYERS_MAX];
	_cleanup_diags_ struct diags diags = { 0 };
	size_t n = json_len(layers);
	int r;

	if (!n || n > REGISTRY_LAYERS_MAX) {
		buf_puts(&part->error, "no agent says which layers it has");
		return;
	}
	for (size_t i = 0; i < n; i++)
		paths[i] = json_member_text(json_at(layers, i), "path", "");
	r = source_load(paths, n, &diags, &registry);
	if (r < 0) {
		diags_text(&diags, &part->error);
		miss(part, r);
		return;
	}
	put_rows(registry, &part->content);
}

/* ---- this machine --------------------------------------------------------------------------- */

static void try_coverage(struct report *report, bool quick)
{
	struct part *part = &report->parts[PART_COVERAGE];
	int r;

	if (quick || geteuid() != 0) {
		buf_puts(&part->error, quick ? "left out: --quick" : "needs root");
		return;
	}
	r = coverage_json(&part->content, &part->error);
	if (r < 0)
		miss(part, r);
	else
		buf_putc(&part->content, '\n');
}

static void put_parts(const struct report *report, struct jsonw *w)
{
	jsonw_array(w, "parts");
	for (size_t i = PART_STATUS; i < PART_MAX; i++) {
		const struct part *part = &report->parts[i];

		jsonw_object(w, NULL);
		jsonw_string(w, "name", names[i]);
		jsonw_u64(w, "bytes", part->content.len);
		if (part->error.len)
			jsonw_string(w, "error", part->error.data);
		else
			jsonw_null(w, "error");
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* Where and when the report was made, and what it has. */
static void put_about(struct report *report)
{
	struct jsonw w = { .out = &report->parts[PART_ABOUT].content };
	char text[STAMP_LEN + 1];
	struct utsname kernel;
	struct timespec now;

	(void)uname(&kernel);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	stamp_utc(&now, text);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "program", "hostportctl");
	jsonw_string(&w, "version", HOSTPORTD_VERSION);
	jsonw_string(&w, "time", text);
	jsonw_string(&w, "host", report->host);
	jsonw_string(&w, "kernel", kernel.release);
	jsonw_string(&w, "machine", kernel.machine);
	jsonw_string(&w, "socket", report->ctl->socket);
	put_parts(report, &w);
	jsonw_object_end(&w);
	buf_putc(w.out, '\n');
}

/* ---- the archive ---------------------------------------------------------------------------- */

/* The name of a file in the archive, in a folder of its own. */
static void put_path(const struct report *report, const char *name, struct buf *path)
{
	buf_puts(path, "hostportd-");
	for (size_t i = 0; report->host[i] && i < FOLDER_MAX; i++) {
		unsigned char c = (unsigned char)report->host[i];

		buf_putc(path, isalnum(c) || c == '-' || (c == '.' && i) ? (char)c : '_');
	}
	buf_printf(path, "/%s", name);
}

static int put_archive(const struct report *report, struct buf *tar)
{
	time_t now = time(NULL);
	int r = 0;

	for (size_t i = 0; r == 0 && i < PART_MAX; i++) {
		const struct part *part = &report->parts[i];
		_cleanup_buf_ struct buf path = { 0 };

		if (part->error.len)
			continue;
		put_path(report, names[i], &path);
		r = path.failed || part->content.failed ? -ENOMEM : 0;
		if (r == 0)
			r = tar_add(tar, path.data, now, &part->content);
	}
	tar_end(tar);
	return r;
}

/* Say which parts are missing, but not those that nobody wants. How many. */
static size_t say_missing(const struct report *report, bool quick)
{
	size_t missing = 0;

	for (size_t i = 0; i < PART_MAX; i++) {
		const struct part *part = &report->parts[i];

		if (!part->error.len || (quick && i == PART_COVERAGE))
			continue;
		log_warning("bugreport: %s is missing: %s", names[i], part->error.data);
		missing++;
	}
	return missing;
}

static int make(const struct ctl *ctl, const struct asked *asked)
{
	_cleanup_(free_report) struct report report = { .ctl = ctl };
	_cleanup_buf_ struct buf tar = { 0 };
	size_t missing;
	int status, r;

	(void)gethostname(report.host, sizeof(report.host) - 1);
	ask(&report, PART_STATUS, "status", &report.status);
	ask(&report, PART_LISTENERS, "listeners", NULL);
	read_registry(&report);
	ask_lines(&report);
	try_coverage(&report, asked->quick);
	put_about(&report);
	r = put_archive(&report, &tar);
	if (r < 0)
		return verb_failed("bugreport", r);
	missing = say_missing(&report, asked->quick);
	status = verb_write(&tar);
	return status == EXIT_OK && missing ? EXIT_FINDINGS : status;
}

int verb_bugreport(const struct ctl *ctl, int argc, char **argv)
{
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (isatty(STDOUT_FILENO)) {
		log_error("bugreport: standard output is a terminal: write the archive to a file:"
			  " hostportctl bugreport >FILE.tar");
		return EXIT_USAGE;
	}
	return make(ctl, &asked);
}
