/* SPDX-License-Identifier: MIT */
/* Numbers as people write them: the whole string or nothing. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * A decimal number from min to max in the n bytes at text. -EINVAL unless they
 * are digits only, without a sign, a blank or a leading zero; -ERANGE outside
 * the bounds.
 */
int parse_digits(const char *text, size_t n, uint64_t min, uint64_t max, uint64_t *ret);

/* The same of a whole string. */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* A port, 1 to 65535. Errors as parse_u64(). */
int parse_port(const char *text, uint16_t *ret);

/*
 * Seconds up to `max`, with a fraction if need be ("0.5"), in nanoseconds; of digits after
 * the ninth there are none. Errors as parse_u64().
 */
int parse_seconds(const char *text, uint64_t max, uint64_t *ret_ns);

/* Bytes: a number, which K or M after it multiplies by 1024 or 1024 * 1024. Errors as parse_u64().
 */
int parse_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
