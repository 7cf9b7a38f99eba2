// SPDX-License-Identifier: MIT
#include "since.h"

#include <errno.h>
#include <string.h>

#include "../base/parse.h"
#include "../registry/registry.h"

#define DAY_LEN	   10 /* of 2026-11-22 */
#define MOMENT_LEN 20 /* of 2026-11-22T20:11:31Z */
#define AGO_MAX	   (100ULL * 366 * 86400)

static int read_ago(const char *text, time_t now, uint64_t *ret_since)
{
	static const char units[] = "smhd";
	static const uint64_t seconds[] = { 1, 60, 3600, 86400 };
	size_t len = strlen(text);
	const char *unit = len ? strchr(units, text[len - 1]) : NULL;
	uint64_t n;

	if (!unit || parse_digits(text, len - 1, 0, AGO_MAX / seconds[unit - units], &n) < 0)
		return -EINVAL;
	n *= seconds[unit - units];
	if (now < 0 || n >= (uint64_t)now)
		return -EINVAL;
	*ret_since = (uint64_t)now - n;
	return 0;
}

/* Two digits and the character behind them. */
static int read_two(const char *text, char behind, uint64_t max, int *ret)
{
	uint64_t value;
	size_t from = text[0] == '0'; /* parse_digits() takes no leading zero */

	if (text[2] != behind || parse_digits(text + from, 2 - from, 0, max, &value) < 0)
		return -EINVAL;
	*ret = (int)value;
	return 0;
}

static int read_moment(const char *text, uint64_t *ret_since)
{
	size_t len = strlen(text);
	char day[DAY_LEN + 1] = "";
	struct reg_date date;
	struct tm tm = { 0 };
	time_t when;

	if (len != DAY_LEN && len != MOMENT_LEN)
		return -EINVAL;
	memcpy(day, text, DAY_LEN);
	if (reg_date_parse(day, &date) < 0)
		return -EINVAL;
	if (len == MOMENT_LEN &&
	    (text[DAY_LEN] != 'T' || read_two(text + 11, ':', 23, &tm.tm_hour) < 0 ||
	     read_two(text + 14, ':', 59, &tm.tm_min) < 0 ||
	     read_two(text + 17, 'Z', 60, &tm.tm_sec) < 0))
		return -EINVAL;
	tm.tm_year = date.year - 1900;
	tm.tm_mon = date.month - 1;
	tm.tm_mday = date.day;
	when = timegm(&tm);
	if (when < 1)
		return -EINVAL;
	*ret_since = (uint64_t)when;
	return 0;
}

int since_parse(const char *text, time_t now, uint64_t *ret_since)
{
	uint64_t since;

	if (read_ago(text, now, &since) < 0 && read_moment(text, &since) < 0)
		return -EINVAL;
	if (now < 0 || since > (uint64_t)now)
		return -EINVAL;
	*ret_since = since;
	return 0;
}
