// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/formats/xml_text.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "plain", "a b/c.yaml", "a b/c.yaml" },
	{ "nothing", "", "" },
	{ "markup", "<a b=\"c\">&'", "&lt;a b=&quot;c&quot;&gt;&amp;'" },
	{ "the end of CDATA", "]]>", "]]&gt;" },
	{ "an entity stays text", "&lt;", "&amp;lt;" },
	{ "white space of an attribute", "a\tb\nc\rd", "a&#x9;b&#xa;c&#xd;d" },
	{ "forbidden controls", "a\x01\x08\x0b\x1b[31m\x1f", "a" FFFD FFFD FFFD FFFD "[31m" FFFD },
	{ "C1 and DEL", "\x7f\xc2\x9b", "&#x7f;&#x9b;" },
	{ "right-to-left override", "\xe2\x80\xae", "&#x202e;" },
	{ "noncharacters", "\xef\xbf\xbe\xef\xbf\xbf", FFFD FFFD },
	{ "a lone surrogate", "\xed\xa0\x80", FFFD FFFD FFFD },
	{ "bytes that are not UTF-8",
	  "\xff"
	  "a\xc3",
	  FFFD "a" FFFD },
	{ "an overlong slash", "\xc0\xaf", FFFD FFFD },
	{ "four bytes", "\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3" },
	{ "beyond Unicode", "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		xml_text(cases[i].text, &out);
		check_text(cases[i].name, out.data ? out.data : "", cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
