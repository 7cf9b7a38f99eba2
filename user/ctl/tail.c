// SPDX-License-Identifier: MIT
/* hostportctl tail: violations as they happen. */
#include "verb.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../base/terminal.h"
#include "../registry/words.h"
#include "client.h"
#include "filter_options.h"
#include "since.h"

#define KEPT 1000 /* lines that the agent keeps */

enum verdict {
	VERDICT_ALL,
	VERDICT_AUDITED,
	VERDICT_DENIED,
};

struct tail {
	bool json, follow, no_follow;
	uint32_t classes;
	struct port_argument port;
	const char *pod, *unit; /* NULL: of any workload */
	int verdict;		/* enum verdict */
	uint64_t since;		/* 0: whenever */
	uint64_t replay;	/* UINT64_MAX: not given */
};

static int parse_since(void *since, const char *value, struct buf *err)
{
	if (since_parse(value, time(NULL), since) == 0)
		return 0;
	buf_puts(err, "not a time ago (30s, 10m, 2h, 1d), nor a past YYYY-MM-DD or"
		      " YYYY-MM-DDTHH:MM:SSZ");
	return -EINVAL;
}

static const struct option_spec specs[] = {
	{ "output", "text|json", "a line each; one JSON object a line (text)",
	  OPTION_PARSED(struct tail, json, verb_parse_output), .letter = 'o' },
	{ "json", NULL, "as --output=json", OPTION_FLAG(struct tail, json) },
	FILTER_OPTION_CLASS(struct tail, classes, "violations"),
	{ "verdict", "audited|denied", "only violations that were only reported, or denied (all)",
	  OPTION_WORD(struct tail, verdict, VERDICT_AUDITED, VERDICT_DENIED) },
	FILTER_OPTION_PORT(struct tail, port, "violations"),
	FILTER_OPTION_POD(struct tail, pod, "violations"),
	FILTER_OPTION_UNIT(struct tail, unit, "violations"),
	{ "since", "TIME",
	  "begin with what is kept since 30s, 10m, 2h or 1d ago, a day, or YYYY-MM-DDTHH:MM:SSZ",
	  OPTION_PARSED(struct tail, since, parse_since) },
	{ "replay", "N",
	  "begin with the last N violations (0; all with --since or --no-follow); the agent keeps"
	  " 1000",
	  OPTION_UINT(struct tail, replay, 0, UINT32_MAX), .letter = 'n' },
	{ "follow", NULL, "wait for more, as it does anyhow", OPTION_FLAG(struct tail, follow),
	  .letter = 'f' },
	{ "no-follow", NULL, "print what is kept, and end", OPTION_FLAG(struct tail, no_follow) },
};

static const struct options options = {
	.program = "hostportctl tail",
	.usage = "[options]",
	.summary = "Print violations as they happen, until interrupted, or until nobody reads them"
		   " any more. Exit status: 3 when the agent ends.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static void put_wanted(const struct tail *tail, struct jsonw *w)
{
	if (tail->pod)
		jsonw_string(w, "pod", tail->pod);
	if (tail->unit)
		jsonw_string(w, "unit", tail->unit);
	if (tail->port.first) {
		jsonw_array(w, "ports");
		jsonw_u64(w, NULL, tail->port.first);
		jsonw_u64(w, NULL, tail->port.last);
		jsonw_array_end(w);
	}
	if (tail->port.has_proto)
		jsonw_string(w, "protocol", word_proto(tail->port.proto));
	if (tail->since)
		jsonw_u64(w, "since", tail->since);
	if (tail->verdict != VERDICT_ALL) {
		jsonw_array(w, "verdicts");
		jsonw_string(w, NULL,
			     word_verdict(tail->verdict == VERDICT_DENIED ? HP_VERDICT_DENIED :
									    HP_VERDICT_AUDITED));
		jsonw_array_end(w);
	}
	jsonw_array(w, "classes");
	for (unsigned int c = HP_CLASS_UNREGISTERED; c < HP_CLASS_MAX; c++)
		if (tail->classes & 1U << c)
			jsonw_string(w, NULL, word_class(c));
	jsonw_array_end(w);
}

static void put_request(const struct tail *tail, struct buf *out)
{
	uint64_t replay = tail->since || tail->no_follow ? KEPT : 0;
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "verb", "tail");
	jsonw_string(&w, "form", tail->json ? "json" : terminal_colour() ? "colour" : "text");
	jsonw_u64(&w, "replay", tail->replay == UINT64_MAX ? replay : tail->replay);
	put_wanted(tail, &w);
	jsonw_object_end(&w);
}

/* Wait for the agent. 0; 1: the reader of standard output is gone; or a negative errno. */
static int wait_for_line(const struct client *client)
{
	struct pollfd fds[] = {
		{ .fd = client->fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* an error is always told */
	};

	if (client_has_line(client))
		return 0;
	while (poll(fds, ARRAY_LEN(fds), -1) < 0)
		if (errno != EINTR)
			return -errno;
	return (fds[1].revents & (POLLERR | POLLHUP)) && !fds[0].revents ? 1 : 0;
}

static int print_line(const char *line, size_t len, enum terminal_form form, struct buf *shown)
{
	buf_reset(shown);
	terminal_put(line, len, form, shown);
	buf_putc(shown, '\n');
	if (shown->failed)
		return -ENOMEM;
	if (fwrite(shown->data, 1, shown->len, stdout) != shown->len || fflush(stdout) != 0)
		return errno == EPIPE ? 1 : -errno;
	return 0;
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

	for (;;) {
		r = wait_for_line(client);
		if (r != 0)
			return r;
		r = client_line(client, &line, &len);
		if (r <= 0)
			return r;
		r = print_line(line, len, form, &shown);
		if (r != 0)
			return r;
	}
}

int verb_tail(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_client_ struct client client = { .fd = -1 };
	_cleanup_buf_ struct buf request = { 0 }, reason = { 0 };
	struct tail tail = { .replay = UINT64_MAX };
	int operands, status, r;

	if (verb_parse(&options, &tail, argc, argv, &operands, &status) != 0)
		return status;
	if (tail.follow && tail.no_follow) {
		log_error("tail: --follow and --no-follow: only one of them");
		return EXIT_USAGE;
	}
	put_request(&tail, &request);
	r = client_open(ctl->socket, &request, &client, &reason);
	if (r < 0)
		return verb_no_agent(ctl, r, reason.data);
	client_wait_for_ever(&client);
	if (tail.no_follow)
		r = client_ask_no_more(&client);
	if (r == 0)
		r = copy(&tail, &client);
	if (r > 0 || (r == 0 && tail.no_follow))
		return EXIT_OK;
	log_error("tail: %s: %s", ctl->socket, r < 0 ? strerror(-r) : "the agent has ended");
	return EXIT_SYSTEM;
}
