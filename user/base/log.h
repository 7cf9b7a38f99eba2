/* SPDX-License-Identifier: MIT */
/*
 * The program's own diagnostics, one line each on standard error, `program:
 * message`; events are not among them. What a message quotes may come from
 * outside: it is made safe here.
 */
#pragma once

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_MAX,
};

/*
 * Choose the name, which must stay valid, and the last level that is written
 * (until then: info).
 */
void log_setup(const char *program, enum log_level max);

/*
 * From now on drop a line that standard error can't take at once, because its reader stands
 * still, rather than wait. How many were dropped is said with the next that it takes.
 */
void log_never_wait(void);

void log_message(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)
