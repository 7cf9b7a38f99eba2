// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/registry/row_filter.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint16_t first, last; /* 0: refused */
		int proto;	      /* -1: none */
	} cases[] = {
		{ "9100", 9100, 9100, -1 },
		{ "9000-9100", 9000, 9100, -1 },
		{ "53/udp", 53, 53, HP_PROTO_UDP },
		{ "1-65535/sctp", 1, 65535, HP_PROTO_SCTP },
		{ "TCP/22", 22, 22, HP_PROTO_TCP },
		{ "[::]:10248", 10248, 10248, -1 },
		{ "0", 0, 0, -1 },
		{ "65536", 0, 0, -1 },
		{ "9100-9000", 0, 0, -1 },
		{ "", 0, 0, -1 },
		{ "/tcp", 0, 0, -1 },
		{ "53/", 0, 0, -1 },
		{ "53/dccp", 0, 0, -1 },
		{ "tcp", 0, 0, -1 },
		{ "10000000000000000000000", 0, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct row_filter filter = { 0 };
		_cleanup_buf_ struct buf err = { 0 };

		check_int(cases[i].text, row_filter_parse(cases[i].text, &filter, &err),
			  cases[i].first ? 0 : -EINVAL);
		check_int(cases[i].text, err.len > 0, !cases[i].first);
		if (!cases[i].first)
			continue;
		check_int(cases[i].text, filter.first, cases[i].first);
		check_int(cases[i].text, filter.last, cases[i].last);
		check_int(cases[i].text, filter.by_proto ? filter.proto : -1, cases[i].proto);
	}
}

static void test_has(void **state)
{
	static char team[] = "Net Edge";
	static const struct reg_row row = {
		.first = 9000,
		.last = 9010,
		.proto = HP_PROTO_UDP,
		.role = REG_ROLE_WORKER,
		.team = team,
	};
	static const struct reg_row plain = { .first = 9000, .last = 9000, .proto = HP_PROTO_TCP };
	static const struct reg_row no_ports = { .any_proto = true };
	static const struct {
		struct row_filter filter;
		bool has_row, has_plain, has_no_ports;
	} cases[] = {
		{ { 0 }, true, true, true },
		{ { .first = 9000, .last = 9000 }, true, true, false },
		{ { .first = 9010, .last = 9020 }, true, false, false },
		{ { .first = 9011, .last = 9020 }, false, false, false },
		{ { .first = 1, .last = 8999 }, false, false, false },
		{ { .by_proto = true, .proto = HP_PROTO_UDP }, true, false, true },
		{ { .by_proto = true, .proto = HP_PROTO_TCP }, false, true, true },
		{ { .by_role = true, .role = REG_ROLE_WORKER }, true, true, true },
		{ { .by_role = true, .role = REG_ROLE_CONTROL_PLANE }, false, true, true },
		{ { .by_role = true, .role = REG_ROLE_ANY }, true, true, true },
		{ { .team = "net edge" }, true, false, false },
		{ { .team = "net" }, false, false, false },
		{ { .first = 9000, .last = 9000, .team = "NET EDGE" }, true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int("row", row_filter_has(&cases[i].filter, &row), cases[i].has_row);
		check_int("plain", row_filter_has(&cases[i].filter, &plain), cases[i].has_plain);
		check_int("no ports", row_filter_has(&cases[i].filter, &no_ports),
			  cases[i].has_no_ports);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
