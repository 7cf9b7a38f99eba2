/* SPDX-License-Identifier: MIT */
/*
 * The program's own messages, one line each on standard error: `program: message`.
 * Events are not among them. A message may quote text from outside, so it is
 * escaped here.
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
 * Set the program's name, which must stay valid, and the last level that is written
 * (before: info).
 */
void log_setup(const char *program, enum log_level max);

/*
 * From now on drop a line rather than wait when the reader of standard error is slow. The next
 * line that is written says how many were dropped.
 */
void log_never_wait(void);

void log_message(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)
