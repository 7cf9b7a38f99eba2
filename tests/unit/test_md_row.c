// SPDX-License-Identifier: MIT
/* Lines of Markdown tables, taken apart into cells; and texts written as cells. */
#include "test.h"

#include <errno.h>

#include "../../user/base/cleanup.h"
#include "../../user/formats/md_row.h"

static void test_many_cells(void **state)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct text_line line = { .number = 1 };
	struct md_row row;

	(void)state;
	for (int i = 0; i < MD_CELLS_MAX; i++)
		buf_puts(&text, "|x");
	line.text = text.data;
	line.len = text.len;
	check_int("as many as there may be", md_row_parse("f", &line, &diags, &row), 0);
	check_u64("as many as there may be", row.len, MD_CELLS_MAX);
	md_row_free(&row);
	buf_puts(&text, "|x");
	line.text = text.data;
	line.len = text.len;
	check_int("one more", md_row_parse("f", &line, &diags, &row), -EINVAL);
	check_u64("one more", diags.total, 1);
}

struct put_case {
	const char *text, *want;
	bool whole;
};

static const struct put_case put_cases[] = {
	{ "", "", true },
	{ "a `b` \\ c", "a `b` \\ c", true },
	{ "a|b||", "a\\|b\\|\\|", true },
	{ "a\tb", "a\tb", true },
	{ "a\\|b", "a\\&#124;b", false },
	{ "a\nb", "a b", false },
	{ "a\r\n| 1 | 2 |", "a  \\| 1 \\| 2 \\|", false },
	{ " a", " a", false },
	{ "a ", "a ", false },
	{ "\x1b[1m", " [1m", false },
	{ "\xff", " ", false },
};

static void test_put(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(put_cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		buf_puts(&out, "");
		check_int(put_cases[i].text, md_cell_put(put_cases[i].text, &out),
			  put_cases[i].whole);
		check_text(put_cases[i].text, out.data, put_cases[i].want);
	}
}

/* ---- taking apart -------------------------------------------------------------------------- */
static const struct {
	const char *text, *want; /* "COLUMN[CELL] ..." */
} row_cases[] = {
	{ "", "1[] " },
	{ "|", "2[] " },
	{ "||", "2[] " },
	{ "|a|", "2[a] " },
	{ "a", "1[a] " },
	{ "a|b", "1[a] 3[b] " },
	{ "|a|b", "2[a] 4[b] " },
	{ "a|b|", "1[a] 3[b] " },
	{ " \t| a | b |\t ", "5[a] 9[b] " },
	{ "| a  b |", "3[a  b] " },
	{ "|  |\t|", "4[] 6[] " },
	{ "a||b", "1[a] 3[] 4[b] " },
	{ "a\\|b", "1[a|b] " },
	{ "|a\\|", "2[a|] " },
	{ "\\|a\\||b", "1[|a|] 7[b] " },
	{ "a\\b|c\\", "1[a\\b] 5[c\\] " },
	{ "\\\\a|b", "1[\\\\a] 5[b] " },
	{ "| \xc3\xa4 | b", "3[\xc3\xa4] 7[b] " },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		const struct text_line line = {
			.text = row_cases[i].text,
			.len = strlen(row_cases[i].text),
			.number = 7,
		};
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_md_row_ struct md_row row = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(line.text, md_row_parse("f", &line, &diags, &row), 0);
		check_u64(line.text, row.line, 7);
		for (size_t c = 0; c < row.len; c++)
			buf_printf(&out, "%u[%s] ", row.cells[c].column, row.cells[c].text);
		check_text(line.text, out.data, row_cases[i].want);
	}
}

/* Two or more backslashes before a pipe: where it stands is said. */
static void test_ambiguous(void **state)
{
	static const struct {
		const char *text, *fault;
	} faults[] = {
		{ "a\\\\|b",
		  "f:7:4: backslashes before a pipe: readers of Markdown differ on it\n" },
		{ "| x | \xc3\xa4\\\\\\| |",
		  "f:7:11: backslashes before a pipe: readers of Markdown differ on it\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct text_line line = {
			.text = faults[i].text,
			.len = strlen(faults[i].text),
			.number = 7,
		};
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		struct md_row row;

		check_int(line.text, md_row_parse("f", &line, &diags, &row), -EINVAL);
		diags_text(&diags, &out);
		check_text(line.text, out.data, faults[i].fault);
	}
}

/* What is written whole as a cell is read as it was. */
static void test_round_trip(void **state)
{
	static const char *const texts[] = { "",    "a",    "a|b", "||",	"a\\b", "`a | b`",
					     "a\\", "|a|b", "\\",  "\xc3\xa4|", "a  b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_buf_ struct buf text = { 0 };
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_md_row_ struct md_row row = { 0 };
		struct text_line line = { .number = 1 };

		buf_puts(&text, "| ");
		check_int(texts[i], md_cell_put(texts[i], &text), true);
		buf_puts(&text, " | x |");
		line.text = text.data;
		line.len = text.len;
		check_int(texts[i], md_row_parse("f", &line, &diags, &row), 0);
		check_u64(texts[i], row.len, 2);
		check_text(texts[i], row.cells[0].text, texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_cells), cmocka_unit_test(test_put),
		cmocka_unit_test(test_parse),	   cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
