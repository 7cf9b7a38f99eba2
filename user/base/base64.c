// SPDX-License-Identifier: MIT
#include "base64.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static int value_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -EINVAL;
}

int base64_decode(const char *text, struct buf *out)
{
	uint32_t bits = 0;
	size_t digits = 0, padding = 0;

	for (; *text; text++) {
		int value = value_of(*text);

		if (strchr(" \t\r\n", *text))
			continue;
		if (*text == '=' && digits % 4 >= 2 && padding < 4 - digits % 4) {
			padding++;
			continue;
		}
		if (value < 0 || padding)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)value;
		digits++;
		if (digits % 4 != 1)
			buf_putc(out, (char)(bits >> (6 - 2 * ((digits - 1) % 4)) & 0xff));
	}
	return digits % 4 == 1 || (padding && (digits + padding) % 4) ? -EINVAL : 0;
}
