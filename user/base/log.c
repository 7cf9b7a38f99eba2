// SPDX-License-Identifier: MIT
#include "log.h"

#include <unistd.h>

#include "buf.h"

static struct {
	const char *program;
	enum log_level max;
} config = { .program = "hostportd", .max = LOG_LEVEL_INFO };

void log_setup(const char *program, enum log_level max)
{
	config.program = program;
	config.max = max;
}

/* One write, so that lines of several programs do not mix. */
static void put_line(const char *message)
{
	_cleanup_buf_ struct buf line = { 0 };

	buf_printf(&line, "%s: ", config.program);
	buf_put_safe(&line, message);
	buf_putc(&line, '\n');
	if (!line.failed && write(STDERR_FILENO, line.data, line.len) < 0)
		return; /* there is nobody left to tell */
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
