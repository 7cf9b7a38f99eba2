// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/base/json.h"
#include "../../user/base/jsonw.h"

static void test_nesting(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };
	struct jsonw w = { .out = &b };

	(void)state;
	jsonw_object(&w, NULL);
	jsonw_array(&w, "empty");
	jsonw_array_end(&w);
	jsonw_object(&w, "o");
	jsonw_object_end(&w);
	jsonw_array(&w, "a");
	jsonw_u64(&w, NULL, 0);
	jsonw_u64(&w, NULL, UINT64_MAX);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "t", true);
	jsonw_bool(&w, "f", false);
	jsonw_object_end(&w);
	jsonw_array(&w, NULL);
	jsonw_null(&w, NULL);
	jsonw_string(&w, NULL, "");
	jsonw_array_end(&w);
	jsonw_array_end(&w);
	jsonw_string_opt(&w, "no", NULL);
	jsonw_string_opt(&w, "nor", "");
	jsonw_string_opt(&w, "yes", "y");
	jsonw_plain(&w, "plain", "ipv4");
	jsonw_null(&w, "n");
	jsonw_object_end(&w);
	check_text("nesting", b.data,
		   "{\"empty\":[],\"o\":{},\"a\":[0,18446744073709551615,"
		   "{\"t\":true,\"f\":false},[null,\"\"]],\"yes\":\"y\",\"plain\":\"ipv4\",\"n\":"
		   "null}");
}

#define REPLACED "\xef\xbf\xbd"

struct string_case {
	const char *in, *out;
};

static const struct string_case string_cases[] = {
	{ "", "\"\"" },
	{ "plain", "\"plain\"" },
	{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
	{ "\n\t\x01\x1f", "\"\\u000a\\u0009\\u0001\\u001f\"" },
	{ "\x7f\xc2\x80\xc2\x9f\xc2\xa0", "\"\\u007f\\u0080\\u009f\xc2\xa0\"" },
	{ "\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf", "\"\\u202e\\u2066\\ufeff\"" },
	{ "\x9b[31m", "\"" REPLACED "[31m\"" },
	{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac\"" },
	{ "a\xff"
	  "b",
	  "\"a" REPLACED "b\"" },
	{ "\xe2\x82", "\"" REPLACED REPLACED "\"" },
	{ "\xed\xa0\x80", "\"" REPLACED REPLACED REPLACED "\"" },
	{ "\"", "\"\\\"\"" },
};

static void test_strings(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(string_cases) / sizeof(string_cases[0]); i++) {
		struct jsonw w = { .out = &b };

		buf_reset(&b);
		jsonw_string(&w, NULL, string_cases[i].in);
		check_text(string_cases[i].out, b.data, string_cases[i].out);
	}
}

/* Any pair of bytes makes a document that a reader takes, on one line. */
static void test_always_valid(void **state)
{
	_cleanup_buf_ struct buf b = { 0 }, err = { 0 };
	char name[32];

	(void)state;
	for (unsigned int c = 0x101; c < 0x10000; c++) {
		_cleanup_(json_freep) struct json *json = NULL;
		struct jsonw w = { .out = &b };
		char text[] = { (char)(c >> 8), (char)c, '\0' };

		buf_reset(&b);
		jsonw_array(&w, NULL);
		jsonw_string(&w, NULL, text);
		jsonw_array_end(&w);
		(void)snprintf(name, sizeof(name), "bytes %04x", c);
		check_int(name, json_parse(b.data, b.len, &err, &json), 0);
		if (strchr(b.data, '\n'))
			fail_msg("%s: a line end", name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_always_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
