// SPDX-License-Identifier: MIT
/* The words of --output and --severity, and what becomes of others. */
#include "test.h"

#include <errno.h>

#include "../../user/ctl/report_options.h"

struct asked {
	enum report_format format;
	enum severity severity;
};

static const struct option_spec specs[] = { REPORT_OPTIONS(struct asked, format, severity) };

static const struct options options = {
	.program = "prog", .usage = "", .specs = specs, .len = ARRAY_LEN(specs)
};

static int parse(const char *option, const char *word, struct asked *asked, struct buf *err)
{
	char *argv[] = { (char[]) { "prog" }, (char *)option, (char *)word, NULL };
	int operands;

	return options_parse(&options, asked, 3, argv, &operands, err);
}

static void test_formats(void **state)
{
	static const char *const words[] = { "text", "json", "sarif", "junit", "openreports" };
	static const char *const none[] = { "", "xml", "SARIF", "JSON", "sarif,junit", "unknown" };
	struct asked asked = { .format = REPORT_FORMAT_MAX, .severity = SEVERITY_WARNING };

	(void)state;
	check_int("words", ARRAY_LEN(words), REPORT_FORMAT_MAX);
	for (int f = 0; f < REPORT_FORMAT_MAX; f++) {
		_cleanup_buf_ struct buf err = { 0 };

		check_int(words[f], parse("--output", words[f], &asked, &err), OPTIONS_OK);
		check_int(words[f], asked.format, f);
		check_text("nothing said", err.data, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		_cleanup_buf_ struct buf err = { 0 }, want = { 0 };

		check_int(none[i], parse("--output", none[i], &asked, &err), -EINVAL);
		check_int("stays", asked.format, REPORT_OPENREPORTS);
		buf_printf(
			&want,
			"prog: bad value: --output=%s: not text, json, sarif, junit or openreports",
			none[i]);
		check_text("said", err.data, want.data);
	}
	check_int("the other one stays", asked.severity, SEVERITY_WARNING);
}

static void test_severities(void **state)
{
	static const struct {
		const char *word, *hint;
	} none[] = {
		{ "", "" },
		{ "errors", "; did you mean error?" },
		{ "Error", "; did you mean error?" },
		{ "unknown", "" },
		{ "0", "" },
	};
	struct asked asked = { .format = REPORT_SARIF, .severity = SEVERITY_MAX };

	(void)state;
	for (int s = 0; s < SEVERITY_MAX; s++) {
		const char *word = severity_word((enum severity)s);
		_cleanup_buf_ struct buf err = { 0 };

		check_int(word, parse("--severity", word, &asked, &err), OPTIONS_OK);
		check_int(word, asked.severity, s);
	}
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		_cleanup_buf_ struct buf err = { 0 }, want = { 0 };

		check_int(none[i].word, parse("--severity", none[i].word, &asked, &err), -EINVAL);
		check_int("stays", asked.severity, SEVERITY_MAX - 1);
		buf_printf(&want, "prog: bad value: --severity=%s: not note, warning or error%s",
			   none[i].word, none[i].hint);
		check_text("said", err.data, want.data);
	}
	check_int("the other one stays", asked.format, REPORT_SARIF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_severities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
