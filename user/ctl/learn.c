// SPDX-License-Identifier: MIT
/* hostportctl learn: exceptions for the violations that the agent knows of. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../violations/learn_overlay.h"
#include "../registry/registry.h"
#include "answer.h"

#define UNTIL_DAYS 90 /* from today on, by default */
#define DAY_S	   86400
#define DAY_LEN	   10 /* "2026-11-22" */

struct asked {
	const char *until, *name; /* NULL: not given */
	bool json;
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
	{ "json", NULL, "what the agent knows, as one JSON document",
	  OPTION_FLAG(struct asked, json) },
};

static const struct options options = {
	.program = "hostportctl learn",
	.usage = "[--until=YYYY-MM-DD] [--name=NAME] [--json]",
	.summary = "Print a registry layer with an exception for each violation that the running"
		   " agent knows of, to be reviewed and read as its last layer. Exceptions that are"
		   " of no use are named. Exit status: 0 the layer covers all, 1 it does not, 3 no"
		   " agent.",
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
	status = answer_get(ctl, "learn", &answer);
	if (status != EXIT_OK)
		return status;
	return asked.json ? verb_print(&answer.shown) : print(answer.document, &asked);
}
