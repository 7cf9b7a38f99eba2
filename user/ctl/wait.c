// SPDX-License-Identifier: MIT
/* hostportctl wait: until a port is free, or somebody has it. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../registry/port_argument.h"
#include "../registry/words.h"
#include "answer.h"
#include "listener_text.h"

#define PAUSE_NS      500000000L
#define TIMEOUT_MAX_S (365 * 86400)

struct wait {
	bool free, bound;
	uint64_t timeout_ns; /* UINT64_MAX: for ever */
};

static const struct option_spec specs[] = {
	{ "free", NULL, "until nobody has the port", OPTION_FLAG(struct wait, free) },
	{ "bound", NULL, "until somebody has it", OPTION_FLAG(struct wait, bound) },
	{ "timeout", "SECONDS", "give up after that (never)",
	  OPTION_SECONDS(struct wait, timeout_ns, TIMEOUT_MAX_S) },
};

static const struct options options = {
	.program = "hostportctl wait",
	.usage = "PORT[/PROTOCOL] --free|--bound [--timeout=SECONDS]",
	.summary =
		"Wait until nobody has a port, or somebody has it, in the network namespace that"
		" the agent checks, and say who. Exit status: 0 it is so, 1 given up, 3 no agent.",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* Who has the port, a holder after the other; nothing: nobody. An exit status. */
static int find_holders(const struct ctl *ctl, const struct port_argument *port, struct buf *out)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	const char *protocol = word_proto(port->has_proto ? port->proto : HP_PROTO_TCP);
	int status = answer_get(ctl, "listeners", &answer);
	const struct json *list = json_member(answer.document, "listeners");

	buf_reset(out);
	for (size_t i = 0; status == EXIT_OK && i < json_len(list); i++) {
		if (!listener_text_is_at(json_at(list, i), protocol, port->first))
			continue;
		buf_puts(out, out->len ? "; " : "");
		listener_text_holder(json_at(list, i), out);
	}
	return out->failed ? verb_failed("wait", -ENOMEM) : status;
}

static const char *who(const struct buf *holders)
{
	return holders->len ? holders->data : "nobody";
}

static int wait_for(const struct ctl *ctl, const struct wait *wait,
		    const struct port_argument *port, const char *name)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	uint64_t began = clock_boot_ns();
	_cleanup_buf_ struct buf holders = { 0 };
	bool said = false;

	for (;;) {
		int status = find_holders(ctl, port, &holders);

		if (status != EXIT_OK)
			return status;
		if ((holders.len == 0) == wait->free) {
			(void)printf("%s: held by %s\n", name, who(&holders));
			return fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
		}
		if (clock_boot_ns() - began >= wait->timeout_ns) {
			log_error("wait: %s: timed out: held by %s", name, who(&holders));
			return EXIT_FINDINGS;
		}
		if (!said)
			log_info("wait: %s: held by %s", name, who(&holders));
		said = true;
		(void)nanosleep(&pause, NULL);
	}
}

int verb_wait(const struct ctl *ctl, int argc, char **argv)
{
	struct wait wait = { .timeout_ns = UINT64_MAX };
	_cleanup_buf_ struct buf err = { 0 };
	struct port_argument port;
	int operands, status;

	if (verb_parse(&options, &wait, argc, argv, &operands, &status) != 0)
		return status;
	if (argc - operands != 1 || wait.free == wait.bound) {
		log_error("wait: a port is needed, and --free or --bound: try --help");
		return EXIT_USAGE;
	}
	if (port_argument_parse(argv[operands], &port, &err) < 0) {
		log_error("wait: %s", err.data ? err.data : strerror(ENOMEM));
		return EXIT_USAGE;
	}
	if (port.first != port.last || port.family) {
		log_error("wait: %s: one port, at every address: PORT[/PROTOCOL]", argv[operands]);
		return EXIT_USAGE;
	}
	return wait_for(ctl, &wait, &port, argv[operands]);
}
