/* SPDX-License-Identifier: MIT */
/* Short texts that are put together: what a variant or an instance is called. */
#pragma once

#include <stdarg.h>
#include <stdio.h>

struct name {
	char text[64];
};

__attribute__((format(printf, 1, 2))) static inline struct name name(const char *fmt, ...)
{
	struct name n;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(n.text, sizeof(n.text), fmt, ap);
	va_end(ap);
	return n;
}
