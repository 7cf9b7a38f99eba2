// SPDX-License-Identifier: MIT
#include "parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int parse_digits(const char *text, size_t n, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	bool over = false;

	if (n == 0 || (n > 1 && text[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		over = over || __builtin_mul_overflow(value, 10, &value) ||
		       __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value);
	}
	if (over || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	return parse_digits(text, strlen(text), min, max, ret);
}

int parse_seconds(const char *text, uint64_t max, uint64_t *ret_ns)
{
	size_t n = strcspn(text, "."), digits = text[n] ? strlen(text + n + 1) : 0;
	uint64_t whole, nanos = 0;
	int r = parse_digits(text, n, 0, max, &whole);

	if (r < 0)
		return r;
	if (text[n] && (digits < 1 || digits > 9))
		return -EINVAL;
	for (size_t i = 0; i < digits; i++) {
		char c = text[n + 1 + i];

		if (c < '0' || c > '9')
			return -EINVAL;
		nanos = nanos * 10 + (uint64_t)(c - '0');
	}
	for (size_t i = digits; i < 9; i++)
		nanos *= 10;
	if (whole == max && nanos)
		return -ERANGE;
	*ret_ns = whole * 1000000000U + nanos;
	return 0;
}

int parse_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	size_t n = strlen(text);
	char unit = n ? text[n - 1] : '\0';
	uint64_t factor = unit == 'K' ? 1024 : unit == 'M' ? 1024 * 1024 : 1, value;
	int r = parse_digits(text, factor == 1 ? n : n - 1, 0, UINT64_MAX / factor, &value);

	if (r < 0)
		return r;
	if (value * factor < min || value * factor > max)
		return -ERANGE;
	*ret = value * factor;
	return 0;
}

int parse_port(const char *text, uint16_t *ret)
{
	uint64_t value;
	int r = parse_u64(text, 1, UINT16_MAX, &value);

	if (r == 0)
		*ret = (uint16_t)value;
	return r;
}
