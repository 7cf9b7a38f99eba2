/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes (1 to 4) of the valid UTF-8 character at s, or 0 where there is
 * none (the end of the string included). Overlong forms, surrogates and what
 * lies beyond U+10FFFF are not valid.
 */
size_t utf8_valid(const char *s);

/* As utf8_valid(), of the len bytes at s, which need not be terminated. */
size_t utf8_valid_within(const char *s, size_t len);

/* How many characters len bytes of valid UTF-8 are. */
size_t utf8_length(const char *text, size_t len);

/* As utf8_valid(), and the code point. */
size_t utf8_decode(const char *s, uint32_t *ret_char);

/*
 * As utf8_valid(), but 0 also for characters that a terminal may obey rather
 * than show, all of them below U+10000: C0 and C1 controls, DEL, and the bidirectional and line
 * controls U+2028-202E, U+2066-2069, U+200E-200F, U+061C, U+FEFF.
 */
size_t utf8_printable(const char *s);

/* Printable ASCII: of a text that is mostly that, what needs no closer look. */
static inline bool utf8_plain(char c)
{
	return c >= ' ' && c < '\x7f';
}
