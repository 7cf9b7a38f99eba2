// SPDX-License-Identifier: MIT
/*
 * Two lists of ports with a "|" between them: what is read is compared with a
 * reader that has an array of ports, what is written is read as the same set,
 * and the sets' arithmetic holds for each port.
 */
#include "fuzz.h"

#include "../../user/base/portset.h"

struct ports {
	bool has[PORTSET_PORTS];
};

/* A number at *at, without a leading zero; -1: none. */
static long number(const char **at)
{
	const char *start = *at;
	long n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		n = n > UINT16_MAX ? n : n * 10 + **at - '0';
	if (*at == start || (*start == '0' && *at - start > 1) || n > UINT16_MAX)
		return -1;
	return n;
}

static bool reference(const char *text, struct ports *ret)
{
	long first, last;

	if (!*text || strcmp(text, "\n") == 0)
		return true;
	for (;; text++) {
		first = last = number(&text);
		if (*text == '-') {
			text++;
			last = number(&text);
		}
		if (first < 0 || last < first)
			return false;
		memset(ret->has + first, 1, (size_t)(last - first + 1));
		if (!*text || strcmp(text, "\n") == 0)
			return true;
		if (*text != ',')
			return false;
	}
}

static bool read_set(char *text, struct portset *ret)
{
	static struct ports want;
	size_t len = strlen(text), n = 0;
	bool ok = portset_parse(text, len, ret) == 0;

	memset(&want, 0, sizeof(want));
	CHECK(ok == reference(text, &want));
	for (uint32_t port = 0; ok && port < PORTSET_PORTS; port++) {
		n += want.has[port];
		CHECK(portset_has(ret, (uint16_t)port) == want.has[port]);
	}
	CHECK(!ok || portset_count(ret) == n);
	return ok;
}

static void check_text(const struct portset *set, size_t max)
{
	_cleanup_buf_ struct buf whole = { 0 }, some = { 0 };
	struct portset again = { 0 };

	portset_put(set, SIZE_MAX, &whole);
	CHECK(whole.len <= PORTSET_TEXT_MAX);
	CHECK(portset_parse(whole.data ? whole.data : "", whole.len, &again) == 0);
	CHECK(memcmp(&again, set, sizeof(again)) == 0);
	portset_put(set, max, &some);
	if (whole.len <= max)
		CHECK(some.len == whole.len);
	else
		CHECK(some.len <= max + sizeof("… and 65536 more"));
}

static void check_arithmetic(const struct portset *a, const struct portset *b)
{
	struct portset unite = *a, subtract = *a, intersect = *a;

	portset_unite(&unite, b);
	portset_subtract(&subtract, b);
	portset_intersect(&intersect, b);
	for (uint32_t i = 0; i < PORTSET_PORTS; i++) {
		bool in_a = portset_has(a, (uint16_t)i), in_b = portset_has(b, (uint16_t)i);

		CHECK(portset_has(&unite, (uint16_t)i) == (in_a || in_b));
		CHECK(portset_has(&subtract, (uint16_t)i) == (in_a && !in_b));
		CHECK(portset_has(&intersect, (uint16_t)i) == (in_a && in_b));
	}
	CHECK(portset_contains(a, &intersect) && portset_contains(&unite, b));
	CHECK(portset_contains(a, b) == (portset_count(&intersect) == portset_count(b)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *text = feed_text(&feed, '|'), *other = feed_text(&feed, '\0');
	struct portset a = { 0 }, b = { 0 };

	if (strlen(text) + (other ? strlen(other) : 0) + 1 < size)
		return 0; /* a zero byte, which ends the reference's texts */
	if (!read_set(text, &a))
		return 0;
	check_text(&a, size);
	if (read_set(other, &b) && size < 256)
		check_arithmetic(&a, &b);
	return 0;
}
