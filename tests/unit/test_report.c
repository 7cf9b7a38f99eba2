// SPDX-License-Identifier: MIT
/* Each form is what its writer makes. */
#include "report_cases.h"

static void test_forms(void **state)
{
	static const struct {
		enum report_format format;
		void (*write)(const struct report *report, struct buf *out);
		const char *start;
	} forms[] = {
		{ REPORT_TEXT, report_text, "a b.yaml:3:5: warning: " },
		{ REPORT_JSON, report_json, "{\"findings\":[" },
		{ REPORT_SARIF, report_sarif, "{\"$schema\":" },
		{ REPORT_JUNIT, report_junit, "<?xml " },
		{ REPORT_OPENREPORTS, report_openreports,
		  "{\"apiVersion\":\"openreports.io/v1alpha1\"," },
	};

	(void)state;
	check_u64("forms", ARRAY_LEN(forms), REPORT_FORMAT_MAX);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		const struct report report = {
			.tool = "hostportctl check",
			.rules = &rules,
			.findings = &findings,
			.files = files,
			.files_len = ARRAY_LEN(files),
		};
		_cleanup_buf_ struct buf out = { 0 }, want = { 0 };

		fill(&findings, 0);
		report_put(&report, forms[i].format, &out);
		forms[i].write(&report, &want);
		check_text(forms[i].start, out.data, want.data);
		check_int(forms[i].start, strncmp(out.data, forms[i].start, strlen(forms[i].start)),
			  0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
