/* SPDX-License-Identifier: MIT */
/* The messages of the program under test, kept for the test. It takes the place of log.c. */
#pragma once

#include "test.h"

#include "../../user/base/buf.h"
#include "../../user/base/log.h"

static struct buf fake_log;

void log_message(enum log_level level, const char *fmt, ...)
{
	static const char *const words[] = { "error", "warning", "info", "debug" };
	va_list ap;

	buf_printf(&fake_log, "%s: ", words[level]);
	va_start(ap, fmt);
	buf_vprintf(&fake_log, fmt, ap);
	va_end(ap);
	buf_putc(&fake_log, '\n');
}

/* What was logged since the last call is this. */
static inline void check_log(const char *name, const char *want)
{
	check_text(name, fake_log.len ? fake_log.data : "", want);
	buf_free(&fake_log);
}

/* What was logged since the last call has this in it. */
static inline void check_log_has(const char *name, const char *part)
{
	if (!fake_log.data || !strstr(fake_log.data, part))
		fail_msg("%s:\n got: %s\nwant: %s", name, fake_log.data ? fake_log.data : "", part);
	buf_free(&fake_log);
}
