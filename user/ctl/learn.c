// SPDX-License-Identifier: MIT
/* hostportctl learn: exceptions for the violations that the agent knows of, or many agents do. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../violations/learn_overlay.h"
#include "../registry/registry.h"
#include "answer.h"
#include "learn_files.h"

#define UNTIL_DAYS 90 /* from today on, by default */
#define DAY_S	   86400
#define DAY_LEN	   10 /* "2026-11-22" */

struct asked {
	const char *until, *name; /* NULL: not given */
	bool json, merge;
	char today[DAY_LEN + 1], by_default[DAY_LEN + 1];
};

static void put_day(time_t when, char ret_text[DAY_LEN + 1])
{
	struct tm tm;

	(void)gmtime_r(&when, &tm);
	(void)strftime(ret_text, DAY_LEN + 1, "%Y-%m-%d", &tm);
}

static int parse_until(void *options, const char *value, struct buf *err)
{
	struct asked *asked = options;
	struct reg_date until, today;

	if (reg_date_parse(value, &until) < 0) {
		buf_puts(err, "not a day: YYYY-MM-DD");
		return -EINVAL;
	}
	if (reg_date_parse(asked->today, &today) == 0 && reg_date_compare(until, today) < 0) {
		buf_printf(err, "is over: today is %s (UTC)", asked->today);
		return -EINVAL;
	}
	asked->until = value;
	return 0;
}

static const struct option_spec specs[] = {
	{ "until", "YYYY-MM-DD", "the last day of the exceptions (today and 90 days, UTC)",
	  OPTION_PARSED_WHOLE(parse_until) },
	{ "name", "NAME", "of the layer (learned, or the first free of learned-2, ...)",
	  OPTION_PARSED(struct asked, name, verb_parse_layer_name) },
	{ "merge", NULL, "one layer for many nodes: of the files that learn --json printed there",
	  OPTION_FLAG(struct asked, merge) },
	VERB_OPTION_OUTPUT(struct asked, json),
	{ "json", NULL, "what the agent knows, as one JSON document",
	  OPTION_FLAG(struct asked, json) },
};

static const struct options options = {
	.program = "hostportctl learn",
	.usage = "[--until=YYYY-MM-DD] [--name=NAME] [--json] [--merge FILE|DIR|-...]",
	.summary = "Print a registry layer with an exception for each violation that the running"
		   " agent knows of, to be reviewed and read as its last layer. Exceptions that are"
		   " of no use are named. With --merge no agent is asked: the files have what other"
		   " agents answered. Exit status: 0 the layer covers all, 1 it does not, 3 no"
		   " agent.",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* The agent must be able to read what is printed. */
static int check_layer(const struct buf *text)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf problems = { 0 };

	if (layer_parse("learned", text->data, text->len, &diags, &layer) == 0)
		return EXIT_OK;
	diags_text(&diags, &problems);
	(void)fputs(problems.data ? problems.data : "", stderr);
	log_error("learn: the layer is not valid: nothing is printed");
	return EXIT_SYSTEM;
}

static void warn_lines(const char *text)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		log_warning("learn: %.*s", (int)(end - text), text);
}

static int print(const struct json *document, const struct asked *asked)
{
	_cleanup_buf_ struct buf name = { 0 }, text = { 0 };
	struct learned learned = { 0 };
	struct learn_layer layer = {
		.today = asked->today,
		.until = asked->until ? asked->until : asked->by_default,
	};
	int status, r = learn_name(document, asked->name, &name);

	if (r == -EEXIST) {
		log_error("learn: --name: %s: the agent has a layer of this name", asked->name);
		return EXIT_USAGE;
	}
	layer.name = name.data;
	if (r == 0)
		r = learn_overlay(document, &layer, &text, &learned);
	if (r < 0) {
		log_error("learn: %s", strerror(-r));
		status = EXIT_SYSTEM;
	} else {
		status = check_layer(&text);
	}
	if (status == EXIT_OK)
		status = verb_print(&text);
	if (status == EXIT_OK && learned.remarks.data)
		warn_lines(learned.remarks.data);
	buf_free(&learned.remarks);
	return status == EXIT_OK && learned.lacking ? EXIT_FINDINGS : status;
}

/* Read the merged answer as one of an agent. */
static int print_merged(const struct learn_merge *merge, const struct asked *asked)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
	int r = learn_merge_put(merge, &text);

	if (r == 0 && asked->json)
		return verb_print(&text);
	if (r == 0)
		r = json_parse(text.data, text.len, &err, &document);
	if (r < 0) {
		log_error("learn: --merge: %s", err.data ? err.data : strerror(-r));
		return EXIT_SYSTEM;
	}
	return print(document, asked);
}

static int merge_files(const struct asked *asked, char **paths, int len)
{
	_cleanup_(learn_merge_freep) struct learn_merge *merge = NULL;
	int status, r = learn_merge_new(&merge);

	if (r < 0)
		return verb_failed("learn", r);
	status = learn_files_add(paths, len, merge);
	if (status != EXIT_OK)
		return status;
	if (learn_merge_nodes(merge))
		return print_merged(merge, asked);
	log_error("learn: --merge: no document of a node is in the files");
	return EXIT_USAGE;
}

int verb_learn(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	struct asked asked = { 0 };
	time_t now = time(NULL);
	int operands, status;

	put_day(now, asked.today);
	put_day(now + (time_t)UNTIL_DAYS * DAY_S, asked.by_default);
	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (asked.merge != (operands < argc)) {
		log_error("learn: %s: try --help",
			  asked.merge ? "--merge needs files" : "files need --merge");
		return EXIT_USAGE;
	}
	if (asked.merge)
		return merge_files(&asked, argv + operands, argc - operands);
	status = answer_get(ctl, "learn", &answer);
	if (status != EXIT_OK)
		return status;
	return asked.json ? verb_print(&answer.shown) : print(answer.document, &asked);
}
