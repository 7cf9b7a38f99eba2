// SPDX-License-Identifier: MIT
/*
 * Numbers, ports, versions, dates and lists of classes: read by the product, and
 * compared with what the C library reads of the same text where that, written
 * again, is the text. The input's first eight bytes are a moment for stamp_utc().
 */
#include "fuzz.h"

#include <errno.h>
#include <strings.h>
#include <time.h>

#include "../../user/base/parse.h"
#include "../../user/base/stamp.h"
#include "../../user/registry/port_argument.h"
#include "../../user/registry/words.h"
#include "../../user/policy/policy.h"

static void check_u64(const char *text)
{
	char again[32];
	uint64_t got = 0, want;
	int r = parse_u64(text, 0, UINT64_MAX, &got);

	errno = 0;
	want = strtoull(text, NULL, 10);
	(void)snprintf(again, sizeof(again), "%llu", (unsigned long long)want);
	CHECK((r == 0) == (errno == 0 && strcmp(again, text) == 0));
	CHECK(r < 0 || got == want);
	CHECK(r == 0 || r == -EINVAL || r == -ERANGE);
	r = parse_u64(text, 10, 20, &got);
	CHECK((r == 0) == (strcmp(again, text) == 0 && want >= 10 && want <= 20));
}

static void check_units(const char *text)
{
	uint64_t ns = 0, bytes = 0, plain = 0;
	char *end;
	double seconds = strtod(text, &end);

	if (parse_seconds(text, 3600, &ns) == 0)
		CHECK(!*end && ns <= 3600000000000 && seconds * 1e9 - (double)ns < 1 &&
		      (double)ns - seconds * 1e9 < 1);
	if (parse_bytes(text, 1, UINT64_MAX / 2, &bytes) == 0)
		CHECK(bytes && bytes <= UINT64_MAX / 2);
	if (parse_u64(text, 1, UINT64_MAX / 2, &plain) == 0)
		CHECK(bytes == plain);
}

static void check_port(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct port_argument argument = { 0 };
	uint16_t again = 0;
	char written[8];
	int r = port_argument_parse(text, &argument, &err);

	if (parse_port(text, &again) == 0) {
		(void)snprintf(written, sizeof(written), "%u", again);
		CHECK(again && strcmp(written, text) == 0);
		CHECK(r == 0 && argument.first == again && argument.last == again);
		CHECK(!argument.has_proto && !argument.family);
	}
	CHECK((r == 0) == (err.len == 0));
	if (r < 0)
		return;
	CHECK(argument.first >= 1 && argument.first <= argument.last);
	CHECK(argument.has_proto == (strchr(text, '/') != NULL));
	CHECK((argument.family != 0) == (argument.address[0] != '\0'));
	CHECK(!argument.address[0] || strstr(text, argument.address));
}

static void check_ports(const char *text)
{
	uint16_t first = 0, last = 0;
	char one[8], two[16];

	if (reg_ports_parse(text, &first, &last) < 0)
		return;
	CHECK(first >= 1 && first <= last);
	(void)snprintf(one, sizeof(one), "%u", first);
	(void)snprintf(two, sizeof(two), "%u-%u", first, last);
	CHECK((first == last && strcmp(one, text) == 0) || strcmp(two, text) == 0);
}

static void check_version(const char *text)
{
	struct reg_version v = { 0 };
	char again[16];

	if (reg_version_parse(text, &v) < 0)
		return;
	(void)snprintf(again, sizeof(again), "%u.%u", v.major, v.minor);
	CHECK(strcmp(again, text) == 0);
	CHECK(reg_version_compare(v, v) == 0);
}

/* A day is one if the C library has it back after a journey through seconds. */
static void check_date(const char *text)
{
	struct reg_date d = { 0 };
	struct tm tm = { 0 }, again;
	int r = reg_date_parse(text, &d), end = 0;
	time_t t;

	if (strlen(text) == 10 &&
	    sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &end) == 3 &&
	    end == 10 && strspn(text, "0123456789-") == 10 && tm.tm_year > 0) {
		tm.tm_year -= 1900;
		tm.tm_mon--;
		again = tm;
		t = timegm(&again);
		(void)gmtime_r(&t, &again);
		CHECK((r == 0) == (again.tm_year == tm.tm_year && again.tm_mon == tm.tm_mon &&
				   again.tm_mday == tm.tm_mday));
	}
	if (r == 0)
		CHECK(d.year == tm.tm_year + 1900 && d.month == tm.tm_mon + 1 &&
		      d.day == tm.tm_mday && reg_date_compare(d, d) == 0);
}

static void check_words(const char *text)
{
	const char *bad = NULL;
	uint32_t denies = 0;
	size_t len = 0;
	int n = word_to_class(text);

	CHECK(n < 0 || strcmp(word_class((unsigned int)n), text) == 0);
	n = word_to_proto(text);
	CHECK(n < 0 || strcasecmp(word_proto((unsigned int)n), text) == 0);
	n = word_to_role(text);
	CHECK(n < 0 || strcmp(word_role((enum reg_role)n), text) == 0);
	if (policy_denies_parse(text, &denies, &bad, &len) == 0)
		CHECK(denies && !(denies & 1U) && denies < 1U << HP_CLASS_MAX);
	else
		CHECK(bad >= text && bad + len <= text + strlen(text));
}

static void check_stamp(uint64_t when)
{
	struct timespec t = { .tv_sec = (time_t)when, .tv_nsec = (long)(when % 1000000000) };
	char got[STAMP_LEN + 1], want[64];
	struct tm tm;

	stamp_utc(&t, got);
	CHECK(strlen(got) == STAMP_LEN);
	if (t.tv_sec < 0 || t.tv_sec > 253402300799)
		return;
	(void)gmtime_r(&t.tv_sec, &tm);
	(void)strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm);
	CHECK(strncmp(got, want, STAMP_FRACTION) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	uint64_t when = feed_u64(&feed);
	_cleanup_free_ char *text = NULL;

	check_stamp(when);
	check_stamp(when % 253402300800);
	text = feed_text(&feed, '\0');
	check_u64(text);
	check_units(text);
	check_port(text);
	check_ports(text);
	check_version(text);
	check_date(text);
	check_words(text);
	return 0;
}
