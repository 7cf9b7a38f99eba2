// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/placeholder.h"

static void test_in(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{ "{{ x }}", true }, { "a${X}", true },	 { "$(X)b", true },  { "{% x %}", true },
		{ "<% x %>", true }, { "@NAME@", true }, { "a@A-1@", true }, { "{ x }", false },
		{ "$X", false },     { "%x%", false },	 { "", false },	     { "<x>", false },
		{ "a@b.c", false },  { "@a@", false },	 { "@@", false },    { "@NAME", false },
		{ "@ A@", false },   { "@A @B@", true }, { "@A@B@", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_int(texts[i].text, placeholder_in(texts[i].text), texts[i].is);
}

static void check_place(const char *text, struct placeholder_place place, unsigned int line,
			unsigned int column)
{
	check_int(text, place.line, line);
	check_int(text, place.column, column);
}

static void test_first(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column;
	} texts[] = {
		{ "{{ x }}: [\n", 1, 1 },
		{ "a: b\nc:  {{ x }}\n", 2, 5 },
		{ "a: {% {{ x }} %}\n", 1, 7 },
		{ "a: <% x %>", 1, 4 },
		{ "# {{ x }}\n \t# ${Y}\na: {{ x }}", 3, 4 },
		{ "a: @NAME@\n", 1, 4 },
		{ "a:\n  ${X}\n", 2, 3 },
		{ "a:\n$(X)\r\n", 2, 1 },
		{ "a: ${X}\n", 0, 0 },
		{ "${X} b\n", 0, 0 },
		{ "$(a b)\n", 0, 0 },
		{ "${X\n}\n", 0, 0 },
		{ "$\n${\n$(\n", 0, 0 },
		{ "a: b\n", 0, 0 },
		{ "", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_place(texts[i].text, placeholder_first(texts[i].text, strlen(texts[i].text)),
			    texts[i].line, texts[i].column);
}

static void test_near(void **state)
{
	static const char text[] = "a: ${X}\nb: 1\nc: 2\n# ${Y}\nd: $(Z)";
	static const struct {
		unsigned int line, found, column;
	} lines[] = {
		{ 0, 0, 0 }, { 1, 1, 4 }, { 2, 1, 4 }, { 3, 0, 0 },
		{ 4, 0, 0 }, { 5, 5, 4 }, { 6, 5, 4 }, { 7, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		check_place(text, placeholder_near(text, strlen(text), lines[i].line),
			    lines[i].found, lines[i].column);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
