// SPDX-License-Identifier: MIT
/* The versions, days, ports and names of registry files. */
#include "registry.h"

#include <errno.h>
#include <string.h>

#include "../base/parse.h"

#define VERSION_PART_MAX 9999

/* The two halves of "A<sep>B"; each must fit. */
static bool split_halves(const char *text, char sep, char a[8], char b[8])
{
	const char *at = strchr(text, sep);
	size_t n = at ? (size_t)(at - text) : 0;

	if (!at || n >= 8 || strlen(at + 1) >= 8)
		return false;
	memcpy(a, text, n);
	a[n] = '\0';
	memcpy(b, at + 1, strlen(at + 1) + 1);
	return true;
}

int reg_version_parse(const char *text, struct reg_version *ret)
{
	uint64_t major, minor;
	char a[8], b[8];

	if (!split_halves(text, '.', a, b) || parse_u64(a, 0, VERSION_PART_MAX, &major) < 0 ||
	    parse_u64(b, 0, VERSION_PART_MAX, &minor) < 0)
		return -EINVAL;
	if (major == 0 && minor == 0)
		return -EINVAL; /* would mean "not stated" */
	*ret = (struct reg_version) { .major = (uint16_t)major, .minor = (uint16_t)minor };
	return 0;
}

int reg_version_compare(struct reg_version a, struct reg_version b)
{
	return a.major != b.major ? a.major - b.major : a.minor - b.minor;
}

static int days_in(unsigned int year, unsigned int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The number that n digits at text are, or -EINVAL. */
static int digits_at(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int reg_date_parse(const char *text, struct reg_date *ret)
{
	int year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return -EINVAL;
	year = digits_at(text, 4);
	month = digits_at(text + 5, 2);
	day = digits_at(text + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > days_in((unsigned int)year, (unsigned int)month))
		return -EINVAL;
	*ret = (struct reg_date) {
		.year = (uint16_t)year,
		.month = (uint8_t)month,
		.day = (uint8_t)day,
	};
	return 0;
}

int reg_date_compare(struct reg_date a, struct reg_date b)
{
	if (a.year != b.year)
		return a.year - b.year;
	return a.month != b.month ? a.month - b.month : a.day - b.day;
}

int reg_ports_parse(const char *text, uint16_t *ret_first, uint16_t *ret_last)
{
	uint16_t first, last;
	char a[8], b[8];

	if (parse_port(text, &first) == 0) {
		*ret_first = *ret_last = first;
		return 0;
	}
	if (!split_halves(text, '-', a, b) || parse_port(a, &first) < 0 ||
	    parse_port(b, &last) < 0 || first > last)
		return -EINVAL;
	*ret_first = first;
	*ret_last = last;
	return 0;
}

void reg_ports_put(uint16_t first, uint16_t last, struct buf *out)
{
	buf_put_u64(out, first);
	if (last == first)
		return;
	buf_putc(out, '-');
	buf_put_u64(out, last);
}

bool reg_name_valid(const char *text)
{
	static const char ends[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return n >= 1 && n <= 63 && text[n] == '\0' && strchr(ends, text[0]) &&
	       strchr(ends, text[n - 1]);
}
