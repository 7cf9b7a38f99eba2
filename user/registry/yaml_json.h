/* SPDX-License-Identifier: MIT */
/*
 * What JSON has and YAML's reader does not take: several values one after the
 * other, and surrogate pairs in escapes. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What JSON has between its values. */
bool yaml_json_blank(char c);

/* Does the text start as JSON objects and arrays do? */
bool yaml_json_is(const char *text, size_t len);

/*
 * How many of the bytes the first value of a JSON text takes, with the blanks
 * before it; all where no other value follows.
 */
size_t yaml_json_value(const char *text, size_t len);

/*
 * A copy, the caller's, with the escapes \uD800 to \uDFFF as \uE000 to \uE7FF: of the
 * same length, so that positions stay, and of the private use area, which the
 * YAML reader takes. *ret_parted: there were some, and each scalar needs
 * yaml_json_join(). NULL: no memory.
 */
char *yaml_json_copy(const char *text, size_t len, bool *ret_parted);

/* Where in a value of JSON a text is that comes in pieces; zero at the value's start. */
struct yaml_json_value {
	size_t depth;
	bool quoted, escaped;
	bool ended;
	bool parted; /* as that of yaml_json_copy() */
};

/*
 * Go through a piece of a value, and part its surrogates in place as yaml_json_copy() does. What
 * is behind its `len` bytes is there up to `there` bytes, so that no escape is overlooked. How
 * many bytes belong to the value: less than `len` only where it has ended.
 */
size_t yaml_json_pass(struct yaml_json_value *value, char *text, size_t len, size_t there);

/*
 * Put together, in place, the pairs that yaml_json_copy() parted; what is left
 * over becomes U+FFFD. The new length.
 */
size_t yaml_json_join(char *text, size_t len);
