// SPDX-License-Identifier: MIT
/*
 * hostportctl detach: end all checking. An agent that answers detaches its programs and ends.
 * An agent that holds the pins and does not answer has its programs detached from under it.
 * Without an agent, what is pinned is removed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "../base/log.h"
#include "../kernel/pins.h"
#include "../kernel/sockets/ephemeral.h"
#include "../kernel/sockets/reserve_note.h"
#include "../stream/control_socket.h"
#include "answer.h"

#define END_MS	 5000 /* how long an agent may take to end */
#define STEP_MS	 20

#define LIST_MAX 240 /* bytes of a list of ports in a message */

struct detach_options {
	const char *pin, *netns;
	bool yes;
};

static const struct option_spec specs[] = {
	{ "pin", "DIR", "where the agent pins (" PINS_DEFAULT ")",
	  OPTION_STRING(struct detach_options, pin) },
	{ "netns", "PATH",
	  "the network namespace that the agent checked: ports that an agent which is gone has"
	  " reserved there are given back (this one)",
	  OPTION_STRING(struct detach_options, netns) },
	{ "yes", NULL, "don't ask, even if the agent enforces",
	  OPTION_FLAG(struct detach_options, yes) },
};

static const struct options options = {
	.program = "hostportctl detach",
	.usage = "[--yes] [--pin=DIR] [--netns=PATH]",
	.summary =
		"Detach the programs and remove the pins: nothing is checked any more. A running"
		" agent ends; its service manager may start it again. Works without an agent, and"
		" with one that hangs. If the agent enforces, it asks first, or needs --yes where"
		" nobody can be asked: exit status 1.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int print_result(const char *text)
{
	return printf("%s\n", text) < 0 || fflush(stdout) < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int failed(const char *pin, int r, const struct buf *err)
{
	if (err->len)
		log_error("pins: %s", err->data);
	else
		log_error("pins: %s: %s", pin, strerror(-r));
	return EXIT_SYSTEM;
}

static int remove_all(struct pins *pins)
{
	int r = pins_remove_all(pins);

	if (r < 0) {
		log_error("pins: %s: not all could be removed: %s", pins_path(pins), strerror(-r));
		return EXIT_SYSTEM;
	}
	return print_result("detached: no agent was running; what was pinned is removed");
}

/* Send the agent a verb. 0: it accepts; else as client_open(). */
static int ask_agent(const struct ctl *ctl, const char *verb, struct buf *reason)
{
	_cleanup_buf_ struct buf request = { 0 };
	_cleanup_client_ struct client client = { .fd = -1 };

	buf_printf(&request, "{\"verb\":\"%s\"}", verb);
	return client_open(ctl->socket, &request, &client, reason);
}

/* Does no agent answer? */
static bool no_agent(const struct ctl *ctl)
{
	_cleanup_buf_ struct buf reason = { 0 };
	int r = ask_agent(ctl, "tail", &reason);

	return r == -ENOENT || r == -ECONNREFUSED;
}

/* Has the agent ended, and left no pins? */
static bool is_over(const struct ctl *ctl, const char *pin)
{
	_cleanup_(pins_closep) struct pins *pins = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	int r = pins_open(pin, false, &pins, &err);

	if (r == 0)
		return no_agent(ctl) && pins_remove_all(pins) == 0;
	return r == -ENOENT && no_agent(ctl);
}

static bool wait_until_over(const struct ctl *ctl, const char *pin)
{
	for (int ms = 0; ms < END_MS; ms += STEP_MS) {
		if (is_over(ctl, pin))
			return true;
		(void)poll(NULL, 0, STEP_MS);
	}
	return is_over(ctl, pin);
}

/* The agent that holds the pins does not answer, or does not end. */
static int take_from_agent(const char *pin)
{
	_cleanup_buf_ struct buf err = { 0 };
	unsigned int left = 0;
	int r = pins_break(pin, &left, &err);

	if (r < 0)
		return failed(pin, r, &err);
	log_warning("an agent that does not answer still runs: its programs are detached");
	if (left)
		log_warning("%u of %d links, of tracing or LSM programs, end only with it; they"
			    " deny nothing, and tell nothing, any more",
			    left, r);
	return print_result("detached: what was pinned is removed");
}

/* After the agent was asked: it has ended, did not answer, or does not run. */
static int remove_pins(const struct ctl *ctl, const char *pin, int asked)
{
	_cleanup_(pins_closep) struct pins *pins = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	bool no_answer = asked == -ENOENT || asked == -ECONNREFUSED;
	int r = pins_open(pin, false, &pins, &err);

	if (r == 0 && (no_answer || no_agent(ctl)))
		return remove_all(pins);
	if (r == -EBUSY)
		return take_from_agent(pin);
	if (r < 0 && r != -ENOENT)
		return failed(pin, r, &err);
	if (r < 0 && no_answer)
		return print_result("nothing to detach: nothing is pinned, and no agent runs");
	return verb_no_agent(ctl, asked ? asked : -ETIMEDOUT, NULL);
}

/* ---- ports that an agent reserved and could not give back ----------------------------------- */

/* 0 if the ports of a note are not reserved any more, or a negative errno. */
static int release(const struct reserve_note *note, const char *netns_path, struct buf *why)
{
	struct netns netns = { .fd = -1 };
	int r = netns_open(netns_path, &netns);

	if (r == 0 && !reserve_note_is_about(note, &netns)) {
		buf_printf(why, "they are of another network namespace, inode %u: see --netns",
			   note->netns_inum);
		r = -ENOENT;
	}
	if (r == 0)
		r = ephemeral_release(&netns, &note->ports);
	if (r < 0 && !why->len)
		buf_puts(why, strerror(-r));
	netns_close(&netns);
	return r;
}

/* An agent that lives has its ports still, and one that ended well has left no note. */
static int give_ports_back(const char *socket, const char *netns_path)
{
	_cleanup_buf_ struct buf path = { 0 }, why = { 0 }, list = { 0 };
	struct reserve_note note;
	int r;

	buf_printf(&path, "%s" RESERVE_NOTE_SUFFIX, socket);
	if (path.failed)
		return EXIT_SYSTEM;
	r = reserve_note_read(path.data, &why, &note);
	if (r == -ENOENT)
		return EXIT_OK;
	if (r < 0) {
		log_error("reserved ports: %s: %s", path.data, why.data ? why.data : strerror(-r));
		return EXIT_SYSTEM;
	}
	portset_put(&note.ports, LIST_MAX, &list);
	if (reserve_note_is_current(&note))
		r = release(&note, netns_path, &why);
	if (r < 0) {
		log_error("ports that the agent added stay in " EPHEMERAL_RESERVED_NAME ": %s: %s",
			  list.data ? list.data : "?", why.data ? why.data : strerror(-r));
		return EXIT_SYSTEM;
	}
	(void)unlink(path.data);
	return EXIT_OK;
}

/* ---- is it meant? ---------------------------------------------------------------------------- */
/* Ask at the terminal. */
static bool says_yes(void)
{
	char answer[16] = "";

	(void)fprintf(stderr, "The agent enforces. End all checking on this node? [y/N] ");
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

/*
 * May it go on? Only an agent that answers can say that it enforces: what hangs, or has left its
 * pins behind, is ended without a question.
 */
static bool is_meant(const struct ctl *ctl, bool yes)
{
	_cleanup_(json_freep) struct json *status = NULL;
	_cleanup_buf_ struct buf why = { 0 };

	if (yes || answer_document(ctl, "status", &status, &why) < 0 ||
	    strcmp(json_member_text(status, "mode", ""), "enforce") != 0)
		return true;
	if (isatty(STDIN_FILENO) && says_yes())
		return true;
	log_error("detach: refused: the agent enforces; use --yes to end it anyway");
	return false;
}

int verb_detach(const struct ctl *ctl, int argc, char **argv)
{
	struct detach_options o = { .pin = PINS_DEFAULT };
	_cleanup_buf_ struct buf reason = { 0 };
	int operands, status, r;

	if (verb_parse(&options, &o, argc, argv, &operands, &status) != 0)
		return status;
	if (!is_meant(ctl, o.yes))
		return EXIT_FINDINGS;
	r = ask_agent(ctl, "detach", &reason);
	if (r == -EPROTO)
		return verb_no_agent(ctl, r, reason.data);
	if (r == 0 && wait_until_over(ctl, o.pin))
		return print_result("detached: the agent has ended");
	status = remove_pins(ctl, o.pin, r);
	r = status == EXIT_OK ? give_ports_back(ctl->socket, o.netns) : EXIT_OK;
	if (status == EXIT_OK)
		control_socket_clear(ctl->socket);
	return r == EXIT_OK ? status : r;
}
