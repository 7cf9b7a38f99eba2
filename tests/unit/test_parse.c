// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/base/parse.h"

struct port_case {
	const char *text;
	int r;
	uint16_t port;
};

static const struct port_case port_cases[] = {
	{ "1", 0, 1 },
	{ "80", 0, 80 },
	{ "65535", 0, 65535 },
	{ "0", -ERANGE, 0 },
	{ "65536", -ERANGE, 0 },
	{ "99999999999999999999999", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "80x", -EINVAL, 0 },
	{ "x80", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ "010", -EINVAL, 0 },
	{ "00", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "1\n", -EINVAL, 0 },
	{ "0x50", -EINVAL, 0 },
	{ "8.0", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	/* Digits of another script are not digits here. */
	{ "\xd9\xa1", -EINVAL, 0 },
};

static void test_port(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(port_cases) / sizeof(port_cases[0]); i++) {
		const struct port_case *c = &port_cases[i];
		uint16_t port = 4711;

		check_int(c->text, parse_port(c->text, &port), c->r);
		check_int(c->text, port, c->r ? 4711 : c->port);
	}
}

struct u64_case {
	const char *text;
	uint64_t min, max;
	int r;
	uint64_t value;
};

static const struct u64_case u64_cases[] = {
	{ "0", 0, UINT64_MAX, 0, 0 },
	{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
	{ "18446744073709551620", 0, UINT64_MAX, -ERANGE, 0 },
	{ "28446744073709551615", 0, UINT64_MAX, -ERANGE, 0 },
	{ "5", 5, 5, 0, 5 },
	{ "4", 5, 5, -ERANGE, 0 },
	{ "6", 5, 5, -ERANGE, 0 },
	{ "99999999999999999999x", 0, UINT64_MAX, -EINVAL, 0 },
};

static void test_u64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(u64_cases) / sizeof(u64_cases[0]); i++) {
		const struct u64_case *c = &u64_cases[i];
		uint64_t value = 4711;

		check_int(c->text, parse_u64(c->text, c->min, c->max, &value), c->r);
		check_u64(c->text, value, c->r ? 4711 : c->value);
	}
}

static const struct u64_case seconds_cases[] = {
	{ "0", 0, 3600, 0, 0 },
	{ "0.0", 0, 3600, 0, 0 },
	{ "1", 0, 3600, 0, 1000000000 },
	{ "0.5", 0, 3600, 0, 500000000 },
	{ "0.05", 0, 3600, 0, 50000000 },
	{ "12.000000001", 0, 3600, 0, 12000000001 },
	{ "3600", 0, 3600, 0, 3600000000000 },
	{ "3600.000000001", 0, 3600, -ERANGE, 0 },
	{ "3601", 0, 3600, -ERANGE, 0 },
	{ "99999999999999999999", 0, 3600, -ERANGE, 0 },
	{ "0.0000000001", 0, 3600, -EINVAL, 0 },
	{ "", 0, 3600, -EINVAL, 0 },
	{ ".", 0, 3600, -EINVAL, 0 },
	{ ".5", 0, 3600, -EINVAL, 0 },
	{ "1.", 0, 3600, -EINVAL, 0 },
	{ "01", 0, 3600, -EINVAL, 0 },
	{ "-1", 0, 3600, -EINVAL, 0 },
	{ "1.-5", 0, 3600, -EINVAL, 0 },
	{ "1.5.5", 0, 3600, -EINVAL, 0 },
	{ "1s", 0, 3600, -EINVAL, 0 },
	{ "1,5", 0, 3600, -EINVAL, 0 },
};

static void test_seconds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seconds_cases) / sizeof(seconds_cases[0]); i++) {
		const struct u64_case *c = &seconds_cases[i];
		uint64_t ns = 4711;

		check_int(c->text, parse_seconds(c->text, c->max, &ns), c->r);
		check_u64(c->text, ns, c->r ? 4711 : c->value);
	}
}

static const struct u64_case bytes_cases[] = {
	{ "0", 0, UINT64_MAX, 0, 0 },
	{ "65536", 65536, 1 << 20, 0, 65536 },
	{ "64K", 65536, 1 << 20, 0, 65536 },
	{ "1M", 65536, 1 << 20, 0, 1 << 20 },
	{ "1025K", 65536, 1 << 20, -ERANGE, 0 },
	{ "2M", 65536, 1 << 20, -ERANGE, 0 },
	{ "63K", 65536, 1 << 20, -ERANGE, 0 },
	{ "17592186044415M", 0, UINT64_MAX, 0, 17592186044415ULL << 20 },
	{ "17592186044416M", 0, UINT64_MAX, -ERANGE, 0 },
	{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
	{ "", 0, UINT64_MAX, -EINVAL, 0 },
	{ "K", 0, UINT64_MAX, -EINVAL, 0 },
	{ "64k", 0, UINT64_MAX, -EINVAL, 0 },
	{ "64KB", 0, UINT64_MAX, -EINVAL, 0 },
	{ "64 K", 0, UINT64_MAX, -EINVAL, 0 },
	{ "1G", 0, UINT64_MAX, -EINVAL, 0 },
	{ "0x10K", 0, UINT64_MAX, -EINVAL, 0 },
	{ "-1K", 0, UINT64_MAX, -EINVAL, 0 },
};

static void test_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bytes_cases) / sizeof(bytes_cases[0]); i++) {
		const struct u64_case *c = &bytes_cases[i];
		uint64_t bytes = 4711;

		check_int(c->text, parse_bytes(c->text, c->min, c->max, &bytes), c->r);
		check_u64(c->text, bytes, c->r ? 4711 : c->value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
