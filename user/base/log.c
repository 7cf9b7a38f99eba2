// SPDX-License-Identifier: MIT
#include "log.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "buf.h"

static struct {
	const char *program;
	enum log_level max;
	bool never_waits;
	unsigned long dropped; /* since the last line that was written */
} config = { .program = "hostportd", .max = LOG_LEVEL_INFO };

void log_setup(const char *program, enum log_level max)
{
	config.program = program;
	config.max = max;
}

void log_never_wait(void)
{
	config.never_waits = true;
}

/* A pipe that polls writable takes PIPE_BUF bytes without waiting; a longer line is cut. */
static bool can_be_written(struct buf *line)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (!config.never_waits)
		return true;
	if (line->len > PIPE_BUF) {
		line->len = PIPE_BUF;
		line->data[PIPE_BUF - 1] = '\n';
	}
	return poll(&p, 1, 0) > 0;
}

/* One write, so that lines of several programs don't mix. */
static void put_line(const char *message)
{
	_cleanup_buf_ struct buf line = { 0 };

	if (config.dropped)
		buf_printf(&line, "%s: %lu messages lost: standard error was not read\n",
			   config.program, config.dropped);
	buf_printf(&line, "%s: ", config.program);
	buf_put_safe(&line, message);
	buf_putc(&line, '\n');
	if (line.failed)
		return;
	if (!can_be_written(&line)) {
		config.dropped++;
		return;
	}
	config.dropped = 0;
	if (write(STDERR_FILENO, line.data, line.len) < 0)
		return; /* no other place to report it */
}

void log_message(enum log_level level, const char *fmt, ...)
{
	_cleanup_buf_ struct buf message = { 0 };
	va_list ap;

	if (level > config.max)
		return;
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	put_line(message.len ? message.data : "");
}
