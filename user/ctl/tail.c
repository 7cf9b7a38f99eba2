// SPDX-License-Identifier: MIT
/* hostportctl tail: violations as they happen. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../base/terminal.h"
#include "../identity/pod_pattern.h"
#include "../source/node_options.h"
#include "../registry/words.h"
#include "client.h"

struct tail {
	bool json;
	uint32_t classes;
	const char *pod; /* NULL: of any workload */
	uint64_t replay;
};

static int parse_classes(void *field, const char *value, struct buf *err)
{
	uint32_t classes;
	int r = node_options_parse_classes(&classes, value, err);

	if (r == 0)
		*(uint32_t *)field |= classes;
	return r;
}

static int parse_pod(void *field, const char *value, struct buf *err)
{
	int r = pod_pattern_check(value, err);

	if (r == 0)
		*(const char **)field = value;
	return r;
}

static const struct option_spec specs[] = {
	{ "json", NULL, "one JSON object a line", OPTION_FLAG(struct tail, json) },
	{ "class", "CLASS,...", "only violations of these classes (all)",
	  OPTION_PARSED(struct tail, classes, parse_classes), .repeatable = true },
	{ "pod", "NAMESPACE/NAME",
	  "only violations of this pod; NAME: in any namespace; * is anything",
	  OPTION_PARSED(struct tail, pod, parse_pod) },
	{ "replay", "N", "begin with the last N violations (0); the agent keeps 1000",
	  OPTION_UINT(struct tail, replay, 0, UINT32_MAX) },
};

static const struct options options = {
	.program = "hostportctl tail",
	.usage = "[options]",
	.summary = "Print violations as they happen, until interrupted. Exit status: 3 when the "
		   "agent ends.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static void put_request(const struct tail *tail, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "verb", "tail");
	jsonw_string(&w, "form", tail->json ? "json" : terminal_colour() ? "colour" : "text");
	jsonw_u64(&w, "replay", tail->replay);
	if (tail->pod)
		jsonw_string(&w, "pod", tail->pod);
	jsonw_array(&w, "classes");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++)
		if (tail->classes & 1U << c)
			jsonw_string(&w, NULL, word_class(c));
	jsonw_array_end(&w);
	jsonw_object_end(&w);
}

/* 1: the reader of standard output is gone; 0: the agent has ended; or a negative errno. */
static int copy(const struct tail *tail, struct client *client)
{
	enum terminal_form form = tail->json	    ? TERMINAL_JSON :
				  terminal_colour() ? TERMINAL_COLOUR :
						      TERMINAL_TEXT;
	_cleanup_buf_ struct buf shown = { 0 };
	size_t len;
	char *line;
	int r;

	while ((r = client_line(client, &line, &len)) > 0) {
		buf_reset(&shown);
		terminal_put(line, len, form, &shown);
		buf_putc(&shown, '\n');
		if (shown.failed)
			return -ENOMEM;
		if (fwrite(shown.data, 1, shown.len, stdout) != shown.len || fflush(stdout) != 0)
			return errno == EPIPE ? 1 : -errno;
	}
	return r;
}

int verb_tail(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_client_ struct client client = { .fd = -1 };
	_cleanup_buf_ struct buf request = { 0 }, reason = { 0 };
	struct tail tail = { 0 };
	int operands, status, r;

	if (verb_parse(&options, &tail, argc, argv, &operands, &status) != 0)
		return status;
	put_request(&tail, &request);
	r = client_open(ctl->socket, &request, &client, &reason);
	if (r < 0)
		return verb_no_agent(ctl, r, reason.data);
	client_wait_for_ever(&client);
	r = copy(&tail, &client);
	if (r > 0)
		return EXIT_OK;
	log_error("tail: %s: %s", ctl->socket, r < 0 ? strerror(-r) : "the agent has ended");
	return EXIT_SYSTEM;
}
