// SPDX-License-Identifier: MIT
/* A report for programs. */
#include "report_cases.h"

static void test_json(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 7 };
	_cleanup_buf_ struct buf out = { 0 };
	struct finding *f = findings_add(&findings, &items[1], "f", 3, 5, "m");

	(void)state;
	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_set_path(f, "$");
	finding_suggest(f, "s");
	finding_accept(findings_add(&findings, &items[0], "f", 0, 0, "n"), "r");
	put(REPORT_JSON, &findings, &out);
	check_text("json", out.data,
		   "{\"findings\":[{\"rule\":\"a-warning\",\"severity\":\"warning\",\"message\":"
		   "\"m\",\"file\":\"f\",\"line\":3,\"column\":5,\"path\":\"$\",\"protocol\":"
		   "\"tcp\",\"port\":80,\"suggestion\":\"s\"}],\"accepted\":[{\"rule\":\"a-note\","
		   "\"severity\":\"note\",\"message\":\"n\",\"file\":\"f\",\"line\":null,"
		   "\"column\":null,\"path\":null,\"protocol\":null,\"port\":null,"
		   "\"suggestion\":null,\"reason\":\"r\"}],\"files\":3,\"left_out\":7}\n");
}

static void test_empty(void **state)
{
	const struct findings none = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	put(REPORT_JSON, &none, &out);
	check_text("json", out.data,
		   "{\"findings\":[],\"accepted\":[],\"files\":3,\"left_out\":0}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
