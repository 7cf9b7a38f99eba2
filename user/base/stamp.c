// SPDX-License-Identifier: MIT
#include "stamp.h"

#include <stdint.h>

#define DAY  86400U
#define LAST 253402300799LL /* 9999-12-31T23:59:59Z */

/* Two digits each, written with their separator after them. */
static char *put2(char *p, unsigned int n, char separator)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
	p[2] = separator;
	return p + 3;
}

static void put3(char *p, uint32_t n)
{
	p[0] = (char)('0' + n / 100);
	p[1] = (char)('0' + n / 10 % 10);
	p[2] = (char)('0' + n % 10);
}

/*
 * The date of a day since 1970-01-01. Years are counted from March, so that the
 * leap day is the last one of its year and the months have a regular pattern:
 * 153 days for every five of them.
 */
static char *put_date(char *p, uint32_t day)
{
	uint32_t since_0000 = day + 719468; /* days from 0000-03-01 */
	uint32_t era = since_0000 / 146097, in_era = since_0000 % 146097;
	uint32_t years = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint32_t in_year = in_era - (365 * years + years / 4 - years / 100);
	uint32_t month = (5 * in_year + 2) / 153; /* 0: March */
	uint32_t year = era * 400 + years + (month >= 10);

	p = put2(p, year / 100, '0') - 1;
	p = put2(p, year % 100, '-');
	p = put2(p, month < 10 ? month + 3 : month - 9, '-');
	return put2(p, in_year - (153 * month + 2) / 5 + 1, 'T');
}

void stamp_utc(const struct timespec *t, char ret_text[STAMP_LEN + 1])
{
	uint64_t second = t->tv_sec < 0 ? 0 : t->tv_sec > LAST ? LAST : (uint64_t)t->tv_sec;
	uint32_t nanos = (uint32_t)t->tv_nsec, in_day = (uint32_t)(second % DAY);
	char *p = put_date(ret_text, (uint32_t)(second / DAY));

	p = put2(p, in_day / 3600, ':');
	p = put2(p, in_day / 60 % 60, ':');
	p = put2(p, in_day % 60, '.');
	put3(p, nanos / 1000000);
	put3(p + 3, nanos / 1000 % 1000);
	put3(p + 6, nanos % 1000);
	p[9] = 'Z';
	p[10] = '\0';
}

void stamp_put_clock(const struct timespec *t, struct buf *out)
{
	char text[STAMP_LEN + 1];

	stamp_utc(t, text);
	buf_add(out, text + STAMP_CLOCK, STAMP_FRACTION + 4 - STAMP_CLOCK);
	buf_puts(out, "Z ");
}
