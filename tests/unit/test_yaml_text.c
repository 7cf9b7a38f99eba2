// SPDX-License-Identifier: MIT
#include "yaml_trees.h"

#include "../../user/registry/registry.h"
#include "../../user/registry/yaml_text.h"

#define CONTROL "a control character; in quotes it can be written as an escape\n"

/* Of exactly this size, so that a read beyond it is seen. */
static char *exact_copy(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

/* What is said of a text; NULL: nothing. */
static void check_said_in_place(const char *name, const char *text, size_t len, size_t directives,
				const char *want)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	check_int(name, yaml_text_check("f", text, len, directives, &diags), !want);
	check_u64(name, diags.total, want != NULL);
	diags_text(&diags, &out);
	check_text(name, out.data, want);
}

/* The same in two pieces, wherever they may be cut. */
static void check_said_in_pieces(const char *name, const char *text, size_t len, size_t directives,
				 const char *want)
{
	for (size_t cut = 0; cut <= len; cut++) {
		struct yaml_text_at at = { .directives = directives };
		_cleanup_buf_ struct buf out = { 0 };
		const char *why;

		if (cut && cut < len &&
		    (((unsigned char)text[cut] & 0xc0) == 0x80 ||
		     (text[cut - 1] == '\r' && text[cut] == '\n')))
			continue;
		why = yaml_text_fault(&at, text, cut);
		if (!why)
			why = yaml_text_fault(&at, text + cut, len - cut);
		if (why)
			buf_printf(&out, "f:%u:%u: %s\n", at.line + 1, at.column + 1, why);
		check_text(name, out.data, want);
	}
}

static void check_said(const char *name, const char *text, size_t len, size_t directives,
		       const char *want)
{
	_cleanup_free_ char *copy = exact_copy(text, len);

	check_said_in_place(name, copy, len, directives, want);
	if (len < 1000)
		check_said_in_pieces(name, copy, len, directives, want);
}

struct check_case {
	const char *name;
	const char *text;
	size_t len;
	size_t directives;
	const char *want;
};

static const struct check_case check_cases[] = {
	{ "nothing", T(""), 0, NULL },
	{ "tabs and line ends", T("\ta\tb\n\r\n\rc"), 0, NULL },
	{ "characters of two, three and four bytes", T("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 0,
	  NULL },
	{ "other line ends", T("a\xc2\x85\xe2\x80\xa8\xe2\x80\xa9"), 0, NULL },
	{ "zero byte", T("a: 1\nb: \0\n"), 0, "f:2:4: a zero byte is not text\n" },
	{ "zero byte first", T("\0"), 0, "f:1:1: a zero byte is not text\n" },
	{ "not UTF-8", T("a: \xc3\xa9\xff\n"), 0, "f:1:5: not valid UTF-8\n" },
	{ "cut UTF-8", T("a: \xe2\x82"), 0, "f:1:4: not valid UTF-8\n" },
	{ "overlong UTF-8", T("a: \xc0\xaf"), 0, "f:1:4: not valid UTF-8\n" },
	{ "UTF-16", T("\xff\xfe\x61\0"), 0, "f:1:1: not valid UTF-8\n" },
	{ "escape character", T("a: \x1b[2J\n"), 0, "f:1:4: " CONTROL },
	{ "only the first fault", T("\x01\x01\n\x01"), 0, "f:1:1: " CONTROL },

	/* Lines and columns. */
	{ "after a line", T("ab\n\x01"), 0, "f:2:1: " CONTROL },
	{ "after CR LF", T("ab\r\n\x01"), 0, "f:2:1: " CONTROL },
	{ "after CR", T("ab\r\x01"), 0, "f:2:1: " CONTROL },
	{ "after CR CR", T("ab\r\r\x01"), 0, "f:3:1: " CONTROL },
	{ "after NEL", T("ab\xc2\x85\x01"), 0, "f:2:1: " CONTROL },
	{ "after LS and PS", T("\xe2\x80\xa8\xe2\x80\xa9\x01"), 0, "f:3:1: " CONTROL },
	{ "after their neighbours", T("\xe2\x80\xa7\xe2\x80\xaa\x01"), 0, "f:1:3: " CONTROL },
	{ "after others like them", T("\xc3\x85\xe2\x81\xa8\x01"), 0, "f:1:3: " CONTROL },
	{ "columns are characters", T("a\xc3\xa9 b\xe2\x82\xac c\x01"), 0, "f:1:8: " CONTROL },
	{ "the second line has its own", T("abc\ndef\x01"), 0, "f:2:4: " CONTROL },
	{ "a tab is one column", T("a\t\tb\x01"), 0, "f:1:5: " CONTROL },

	/* Directives. */
	{ "directive", T("%TAG ! x:\n---\n"), 0, "f:1:1: a directive has no place here\n" },
	{ "directive after another line end", T("#\xc2\x85%TAG\n"), 0,
	  "f:2:1: a directive has no place here\n" },
	{ "inside a line it is text", T("a: 100%\n %x\n"), 0, NULL },
	{ "as many as there may be", T("%a\n%b\n"), 2, NULL },
	{ "one more", T("%a\n%b\n# %\n%c\n"), 2, "f:4:1: too many directives\n" },
};

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(check_cases); i++) {
		const struct check_case *c = &check_cases[i];

		check_said(c->name, c->text, c->len, c->directives, c->want);
	}
}

/* Each control character is refused, inside a line and at its start, and none of the others. */
static void test_controls(void **state)
{
	(void)state;
	for (int c = 1; c <= 0xa0; c++) {
		bool one = c < 0x80;
		const char text[] = { 'a', one ? (char)c : '\xc2', (char)c };
		bool allowed = c == '\t' || c == '\n' || c == '\r' || c == 0x85 || c == 0xa0 ||
			       (c >= ' ' && c < 0x7f);
		size_t len = one ? 2 : 3;
		char name[16];

		(void)snprintf(name, sizeof(name), "U+%04X", (unsigned int)c);
		check_said(name, text, len, 0, allowed ? NULL : "f:1:2: " CONTROL);
		if (c != '%')
			check_said(name, text + 1, len - 1, 0, allowed ? NULL : "f:1:1: " CONTROL);
	}
}

/* A text of zero bytes: what is too long is not looked at. */
static void test_size(void **state)
{
	_cleanup_free_ char *text = calloc(1, REGISTRY_FILE_MAX + 1);

	(void)state;
	assert_non_null(text);
	check_said_in_place("largest", text, REGISTRY_FILE_MAX, 0,
			    "f:1:1: a zero byte is not text\n");
	check_said_in_place("larger", text, REGISTRY_FILE_MAX + 1, 0,
			    "f: larger than 33554432 bytes\n");
}

struct pass_case {
	const char *text;
	size_t len;
	unsigned int line, column; /* from 5:7 */
};

static const struct pass_case pass_cases[] = {
	{ T(""), 5, 7 },
	{ T("ab"), 5, 9 },
	{ T("\xc3\xa9\xe2\x82\xac"), 5, 9 },
	{ T("ab\n"), 6, 0 },
	{ T("ab\nc"), 6, 1 },
	{ T("\r\nc"), 6, 1 },
	{ T("\r"), 6, 0 },
	{ T("\rc"), 6, 1 },
	{ T("\n\r"), 7, 0 },
	{ T("a\xc2\x85xyz"), 6, 3 },
	{ T("\xe2\x80\xa8\xe2\x80\xa9x"), 7, 1 },
	{ T("\xe2\x80\xa7\xe2\x80\xaa"), 5, 9 },
	{ T("a\xe2\x80\xa8"), 6, 0 },
	{ T("a\xc2\x85"), 6, 0 },
	{ T("\xe2\x80"), 5, 8 }, /* cut */
	{ T("\xc2"), 5, 8 },
};

static void test_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pass_cases); i++) {
		const struct pass_case *c = &pass_cases[i];
		_cleanup_free_ char *copy = exact_copy(c->text, c->len);
		unsigned int line = 5, column = 7;

		yaml_text_pass(copy, c->len, &line, &column);
		check_int(c->text, line, c->line);
		check_int(c->text, column, c->column);
	}
}

struct document_case {
	const char *name;
	const char *text;
	size_t len;
	size_t line, column;
	size_t want; /* NONE: the text's length */
};

#define NONE SIZE_MAX

static const struct document_case document_cases[] = {
	{ "none", T("a\nb\n"), 0, 0, NONE },
	{ "nothing", T(""), 0, 0, NONE },
	{ "not the first line", T("---\na\n"), 0, 0, NONE },
	{ "the second line", T("a\n---\nb"), 0, 0, 2 },
	{ "at the end", T("a\n---"), 0, 0, 2 },
	{ "an empty first line", T("\n---\n"), 0, 0, 1 },
	{ "two and another", T("a\n--x\n"), 0, 0, NONE },
	{ "before NEL at the end", T("a\n---\xc2\x85"), 0, 0, 2 },
	{ "before PS at the end", T("a\n---\xe2\x80\xa9"), 0, 0, 2 },
	{ "not cut", T("a\n--"), 0, 0, NONE },
	{ "before a space", T("a\n--- x"), 0, 0, 2 },
	{ "before a tab", T("a\n---\tx"), 0, 0, 2 },
	{ "before CR", T("a\n---\r\nx"), 0, 0, 2 },
	{ "before NEL", T("a\n---\xc2\x85x"), 0, 0, 2 },
	{ "before anything else", T("a\n---x\n"), 0, 0, NONE },
	{ "four", T("a\n----\n"), 0, 0, NONE },
	{ "with a blank before it", T("a\n ---\n"), 0, 0, NONE },
	{ "after CR LF", T("a\r\n---\r\n"), 0, 0, 3 },
	{ "after CR", T("a\r---\r"), 0, 0, 2 },
	{ "after LS", T("a\xe2\x80\xa8---\n"), 0, 0, 4 },
	{ "the first of two", T("a\n---\n---\n"), 0, 0, 2 },
	{ "not before the line", T("a\n---\n---\n"), 2, 0, 6 },
	{ "the line itself", T("a\n---\n---\n"), 1, 0, 2 },
	{ "not the line, past its start", T("a\n---\n---\n"), 1, 1, 6 },
	{ "CR LF is one line", T("a\r\n---\r\n---\r\n"), 2, 0, 8 },
	{ "after all lines", T("a\n---\n"), 9, 0, NONE },
};

static void test_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(document_cases); i++) {
		const struct document_case *c = &document_cases[i];
		_cleanup_free_ char *copy = exact_copy(c->text, c->len);

		check_u64(c->name, yaml_text_document(copy, c->len, c->line, c->column),
			  c->want == NONE ? c->len : c->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),	 cmocka_unit_test(test_controls),
		cmocka_unit_test(test_size),	 cmocka_unit_test(test_pass),
		cmocka_unit_test(test_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
