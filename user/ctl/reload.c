// SPDX-License-Identifier: MIT
/* hostportctl reload: make the agent read its registry again. */
#include "verb.h"

#include <inttypes.h>
#include <stdio.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "answer.h"

struct reload {
	bool json, shrink;
};

static const struct option_spec specs[] = {
	VERB_OPTION_OUTPUT(struct reload, json),
	{ "json", NULL, "the whole document", OPTION_FLAG(struct reload, json) },
	{ "shrink", NULL, "also take a registry in which a layer is gone or has no rows any more",
	  OPTION_FLAG(struct reload, shrink) },
};

static const struct options options = {
	.program = "hostportctl reload",
	.usage = "[-o FORM] [--shrink]",
	.summary = "Make the agent read its registry again and put it in force in one step. Exit "
		   "status: 0 done, 2 the registry is bad and the old one stays, 3 no agent.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static void put_request(const struct reload *reload, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "verb", "reload");
	jsonw_bool(&w, "shrink", reload->shrink);
	jsonw_object_end(&w);
}

static void put_text(const struct json *document, struct buf *out)
{
	buf_printf(out, "generation %" PRIu64 ": ", json_member_u64(document, "generation", 0));
	buf_put_safe(out, json_member_text(document, "changes", "?"));
}

/* What is wrong, a line each, as the offline verbs print it. */
static void say_errors(const struct json *document)
{
	const struct json *errors = json_member(document, "errors");
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	_cleanup_buf_ struct buf text = { 0 };

	for (size_t i = 0; i < json_len(errors); i++) {
		buf_put_safe(&text, json_text(json_at(errors, i), "?"));
		buf_putc(&text, '\n');
	}
	if (left_out)
		buf_printf(&text, "and %" PRIu64 " more\n", left_out);
	if (text.len)
		(void)fputs(text.data, stderr);
	log_error("reload: the registry was rejected: generation %" PRIu64 " stays in force",
		  json_member_u64(document, "generation", 0));
}

int verb_reload(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	_cleanup_buf_ struct buf request = { 0 }, text = { 0 };
	struct reload reload = { 0 };
	int operands, status;
	bool taken;

	if (verb_parse(&options, &reload, argc, argv, &operands, &status) != 0)
		return status;
	put_request(&reload, &request);
	status = answer_ask(ctl, &request, &answer);
	if (status != EXIT_OK)
		return status;
	taken = json_member_bool(answer.document, "reloaded", false);
	if (!taken)
		say_errors(answer.document);
	if (taken)
		put_text(answer.document, &text);
	if (reload.json)
		status = verb_print(&answer.shown);
	else if (taken)
		status = verb_print(&text);
	return status != EXIT_OK || taken ? status : EXIT_USAGE;
}
