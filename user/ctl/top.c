// SPDX-License-Identifier: MIT
/*
 * hostportctl top: listeners and violations by workload, live. At a terminal it takes the whole
 * screen, and keys; piped it prints one table.
 */
#include "verb.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/stamp.h"
#include "../base/table.h"
#include "../base/terminal.h"
#include "answer.h"
#include "top_keys.h"

#define INTERVAL_MAX_S 3600
#define INTERVAL_NS    2000000000ULL
#define INTERVAL_MIN   100000000ULL
#define ROWS_UNKNOWN   24
#define ROWS_BESIDE    4 /* lines of the screen that are no rows: two above, headings, one below */

#define ENTER	       "\033[?1049h\033[?25l" /* another screen, without a cursor */
#define LEAVE	       "\033[?25h\033[?1049l"
#define HOME	       "\033[H\033[J"

struct asked {
	uint64_t interval_ns;
	bool only_wrong;
};

static const struct option_spec specs[] = {
	{ "interval", "SECONDS", "how often it looks (2)",
	  OPTION_SECONDS(struct asked, interval_ns, INTERVAL_MAX_S), .letter = 'd' },
	{ "violations", NULL, "only workloads with violations, or with listeners that are wrong",
	  OPTION_FLAG(struct asked, only_wrong) },
};

static const struct options options = {
	.program = "hostportctl top",
	.usage = "[options]",
	.summary = "Show listeners and violations by workload, live, until q is pressed. Keys: s"
		   " sorts by the next column, v shows all or only what is wrong, / filters by"
		   " workload. If standard output is no terminal, print the table once.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const struct table_column columns[] = {
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "NEW", .right = true },
	{ .name = "VIOLATIONS", .right = true },
	{ .name = "LISTENERS", .right = true },
	{ .name = "WRONG", .right = true },
	{ .name = "PORTS", .truncate = true, .drop = 1 },
	{ .name = "LAST", .drop = 2 },
};

/* What was seen at one look. */
struct look {
	struct answer status;
	struct top_rows rows;
};

static void look_free(struct look *look)
{
	answer_free(&look->status);
	top_rows_free(&look->rows);
}

/* Look, and compare with the look before. EXIT_OK; or the exit status, after saying why not. */
static int look_now(const struct ctl *ctl, struct look *before, struct look *ret_look)
{
	_cleanup_answer_ struct answer listeners = { .client.fd = -1 };
	_cleanup_answer_ struct answer learn = { .client.fd = -1 };
	_cleanup_(look_free) struct look look = { .status.client.fd = -1 };
	int r, status = answer_get(ctl, "status", &look.status);

	if (status == EXIT_OK)
		status = answer_get(ctl, "listeners", &listeners);
	if (status == EXIT_OK)
		status = answer_get(ctl, "learn", &learn);
	if (status != EXIT_OK)
		return status;
	r = top_rows_make(json_member(listeners.document, "listeners"),
			  json_member(learn.document, "violations"), &look.rows);
	if (r < 0)
		return verb_failed("top", r);
	if (before)
		top_rows_compare(&look.rows, &before->rows);
	*ret_look = look;
	look = (struct look) { .status.client.fd = -1 };
	return EXIT_OK;
}

static int add(struct table *table, const struct top_row *row)
{
	char counts[4][24];
	const uint64_t numbers[] = { row->fresh, row->violations, row->listeners, row->wrong };
	char last[STAMP_FRACTION + 2] = "";
	int r;

	if (strlen(row->last) == STAMP_LEN)
		(void)snprintf(last, sizeof(last), "%.*sZ", STAMP_FRACTION, row->last);

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		(void)snprintf(counts[i], sizeof(counts[i]), "%" PRIu64, numbers[i]);
	r = table_add(table, (const char *[]) { row->workload, counts[0], counts[1], counts[2],
						counts[3], row->ports, last });
	if (r == 0 && row->fresh)
		table_paint(table, 1, "red");
	if (r == 0 && row->wrong)
		table_paint(table, 4, "yellow");
	return r;
}

/* The table of the first rows that are looked for. */
static int print_rows(struct look *look, const struct top_keys *keys, size_t most)
{
	const struct table_view view = { .colour = terminal_colour() };
	_cleanup_(table_freep) struct table *table = NULL;
	size_t n = top_rows_choose(&look->rows, keys->order, keys->filter, keys->only_wrong);
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	if (r == 0)
		table_set_view(table, &view);
	for (size_t i = 0; r == 0 && i < n && i < most; i++)
		r = add(table, &look->rows.list[i]);
	return verb_print_table("top", table, r);
}

/* ---- at a terminal --------------------------------------------------------------------------- */
static size_t screen_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
		return ROWS_UNKNOWN;
	return size.ws_row;
}

static void print_head(const struct look *look, const struct top_keys *keys)
{
	const struct json *status = look->status.document;
	_cleanup_buf_ struct buf head = { 0 };

	buf_put_safe(&head, json_member_text(status, "node", "this node"));
	buf_puts(&head, ": ");
	buf_put_safe(&head, json_member_text(status, "mode", "?"));
	buf_puts(&head, json_member_bool(status, "effective", false) ? ", effective; " :
								       ", NOT EFFECTIVE; ");
	buf_printf(&head, "%" PRIu64 " violations",
		   json_member_u64(json_member(status, "counters"), "violations", 0));
	(void)printf(HOME "%s\nby %s%s%s%s\n", head.data ? head.data : "?",
		     top_rows_order_word(keys->order),
		     keys->only_wrong ? ", only what is wrong" : "",
		     *keys->filter || keys->typing ? "; filter: " : "", keys->filter);
}

static int draw(struct look *look, const struct top_keys *keys)
{
	size_t rows = screen_rows();
	int status;

	print_head(look, keys);
	status = print_rows(look, keys, rows > ROWS_BESIDE + 1 ? rows - ROWS_BESIDE - 1 : 1);
	if (status == EXIT_OK && fputs("q quit  s sort  v violations  / filter", stdout) == EOF)
		status = EXIT_SYSTEM;
	return fflush(stdout) == 0 ? status : EXIT_SYSTEM;
}

/* A terminal that gives each key at once, and what it was before. */
struct screen {
	struct termios before;
	bool changed;
	int signals;
};

static void screen_close(struct screen *screen)
{
	if (screen->changed) {
		(void)fputs(LEAVE, stdout);
		(void)fflush(stdout);
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen->before);
	}
	if (screen->signals >= 0)
		(void)close(screen->signals);
}

/* Signals come as bytes, so that the terminal is given back whatever ends us. */
static int screen_open(struct screen *screen)
{
	struct termios keys;
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < 4; i++)
		(void)sigaddset(&set, (const int[]) { SIGINT, SIGTERM, SIGHUP, SIGWINCH }[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	screen->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (screen->signals < 0 || tcgetattr(STDIN_FILENO, &screen->before) < 0)
		return -errno;
	keys = screen->before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &keys) < 0)
		return -errno;
	screen->changed = true;
	(void)fputs(ENTER, stdout);
	return 0;
}

/* Take keys and signals that have come. False: it is over. */
static bool take_input(const struct screen *screen, const struct pollfd *fds, struct top_keys *keys)
{
	struct signalfd_siginfo signal;
	char typed[64];
	ssize_t n;

	if (fds[1].revents) {
		n = read(screen->signals, &signal, sizeof(signal));
		if (n != sizeof(signal) || signal.ssi_signo != SIGWINCH)
			return false;
	}
	if (!fds[0].revents)
		return true;
	n = read(STDIN_FILENO, typed, sizeof(typed));
	for (ssize_t i = 0; i < n; i++)
		top_keys_take(keys, typed[i]);
	return n > 0 && !keys->quit;
}

/* Until the next look: draw again after each key. *ret_over: it was the last one. */
static int wait_and_draw(const struct screen *screen, uint64_t until_ns, struct look *look,
			 struct top_keys *keys, bool *ret_over)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = screen->signals, .events = POLLIN },
	};
	int status;

	for (;;) {
		uint64_t now = clock_boot_ns();
		int n;

		status = draw(look, keys);
		if (status != EXIT_OK || now >= until_ns)
			break;
		n = poll(fds, ARRAY_LEN(fds), (int)((until_ns - now) / 1000000) + 1);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		if (n > 0 && !take_input(screen, fds, keys)) {
			*ret_over = true;
			break;
		}
	}
	return status;
}

static int show(const struct ctl *ctl, const struct asked *asked, struct look *look)
{
	_cleanup_(screen_close) struct screen screen = { .signals = -1 };
	struct top_keys keys = { .only_wrong = asked->only_wrong };
	int status = EXIT_OK, r = screen_open(&screen);
	bool over = false;

	if (r < 0)
		return verb_failed("top", r);
	while (status == EXIT_OK && !over) {
		struct look next = { .status.client.fd = -1 };

		status = wait_and_draw(&screen, clock_boot_ns() + asked->interval_ns, look, &keys,
				       &over);
		if (status != EXIT_OK || over)
			break;
		status = look_now(ctl, look, &next);
		if (status != EXIT_OK)
			break;
		look_free(look);
		*look = next;
	}
	return status;
}

int verb_top(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(look_free) struct look look = { .status.client.fd = -1 };
	struct asked asked = { .interval_ns = INTERVAL_NS };
	struct top_keys keys = { .order = TOP_ORDER_VIOLATIONS };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (asked.interval_ns < INTERVAL_MIN)
		asked.interval_ns = INTERVAL_MIN;
	status = look_now(ctl, NULL, &look);
	if (status != EXIT_OK)
		return status;
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		status = show(ctl, &asked, &look);
		if (status != EXIT_OK) /* what was said went to the other screen */
			log_error("top: it cannot go on: see hostportctl status");
		return status;
	}
	keys.only_wrong = asked.only_wrong;
	return print_rows(&look, &keys, SIZE_MAX);
}
