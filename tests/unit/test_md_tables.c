// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/formats/md_tables.h"

/* What was read, as text: "T <headings> | cells", "R line:column cell, ...". */
struct seen {
	struct buf out;
	int table_says;
};

static int on_table(void *ctx, const struct md_headings *headings, const struct md_row *header)
{
	struct seen *seen = ctx;

	buf_puts(&seen->out, "T");
	for (size_t i = 0; i < MD_LEVELS; i++)
		if (headings->text[i][0])
			buf_printf(&seen->out, " %zu %s", i + 1, headings->text[i]);
	for (size_t i = 0; i < header->len; i++)
		buf_printf(&seen->out, " [%s]", header->cells[i].text);
	buf_putc(&seen->out, '\n');
	return seen->table_says;
}

static int on_row(void *ctx, const struct md_row *row)
{
	struct seen *seen = ctx;

	buf_printf(&seen->out, "R%u", row->line);
	for (size_t i = 0; i < row->len; i++)
		buf_printf(&seen->out, " %u[%s]", row->cells[i].column, row->cells[i].text);
	buf_putc(&seen->out, '\n');
	return 0;
}

struct tables_case {
	const char *name, *text;
	const char *tables; /* what was read */
	const char *faults;
};

#define HEAD "| a | b |\n|---|---|\n"

static const struct tables_case cases[] = {
	{ "empty", "", "", "" },
	{ "prose", "# A\nsome prose | with a pipe\n\n---\n", "", "" },
	{ "a table", "# A *b*  `C` #\n\n## D\n" HEAD "| 1 | 2 |\n",
	  "T 1 a b c 2 d [a] [b]\nR6 3[1] 7[2]\n", "" },
	{ "a heading ends those below it", "# A\n## B\n### C\n## D\n" HEAD, "T 1 a 2 d [a] [b]\n",
	  "" },
	{ "underlined headings", "A\n===\n\nB\n---\n" HEAD, "T 1 a 2 b [a] [b]\n", "" },
	{ "underlines of one mark", "A\n=\n\nB\n  -  \n" HEAD, "T 1 a 2 b [a] [b]\n", "" },
	{ "an underline with three blanks", "A\n   ===\n" HEAD, "T 1 a [a] [b]\n", "" },
	{ "no underlines", "A\n== x\n\nB\n--- -\n\nC\n    ---\n\nD\n+++\n" HEAD, "T [a] [b]\n",
	  "" },
	{ "an underline of nothing", "\n===\n# A\n---\n" HEAD, "T 1 a [a] [b]\n", "" },
	{ "no heading", "####### A\n#B\n    # C\n" HEAD, "T [a] [b]\n", "" },
	{ "CRLF, blanks, a mark",
	  "\xef\xbb\xbf# A\r\n"
	  "| a | b |  \r\n| --- | :-: |\t\r\n|1|  |\r\n",
	  "T 1 a [a] [b]\nR4 2[1] 6[]\n", "" },
	{ "no pipes around", "a | b\n--|--\n1 | 2\n", "T [a] [b]\nR3 1[1] 5[2]\n", "" },
	{ "pipes in cells", HEAD "| `a \\| b` | \\| |\n", "T [a] [b]\nR3 3[`a | b`] 14[|]\n", "" },
	{ "columns are characters", HEAD "| \xc3\xa4 | b |\n", "T [a] [b]\nR3 3[\xc3\xa4] 7[b]\n",
	  "" },
	{ "front matter", "---\n| a | b |\n|---|---|\n---\n" HEAD, "T [a] [b]\n", "" },
	{ "code", "```md\n" HEAD "~~~\n```\n~~~~\n" HEAD "~~~\n~~~~\n" HEAD, "T [a] [b]\n", "" },
	{ "code within a line is no block", "```a```\n\n" HEAD, "T [a] [b]\n", "" },
	{ "comments", "<!-- a -->\n<!--\n" HEAD "-->\n" HEAD, "T [a] [b]\n", "" },
	{ "two tables", HEAD "| 1 | 2 |\n\n" HEAD "| 3 | 4 |\n",
	  "T [a] [b]\nR3 3[1] 7[2]\nT [a] [b]\nR7 3[3] 7[4]\n", "" },
	/* what is not to be passed over in silence */
	{ "too few cells", HEAD "| 1 |\n| 3 | 4 |\n", "T [a] [b]\nR4 3[3] 7[4]\n",
	  "f:3:1: a row of 1 cells in a table of 2 columns\n" },
	{ "too many cells", HEAD "| 1 | 2 | 3 |\n", "T [a] [b]\n",
	  "f:3:1: a row of 3 cells in a table of 2 columns\n" },
	{ "text in a table", HEAD "text\n", "T [a] [b]\n",
	  "f:3:1: a row of 1 cells in a table of 2 columns\n" },
	{ "a blank line in a table", HEAD "\n| 1 | 2 |\n", "T [a] [b]\n",
	  "f:4:1: a row in no table: no line of dashes stands below its header\n" },
	{ "a header of other columns", "| a |\n|---|---|\n| 1 |\n", "",
	  "f:1:1: a header of 1 cells over a line of 2\n" },
	{ "backslashes", HEAD "| 1 \\\\| 2 |\n", "T [a] [b]\n",
	  "f:3:7: backslashes before a pipe: readers of Markdown differ on it\n" },
	{ "front matter without an end", "---\n" HEAD, "",
	  "f:1:1: front matter that does not end\n" },
	{ "code without an end", "\n```\n" HEAD, "", "f:2:1: a code block that does not end\n" },
	{ "a comment without an end", "<!--\n" HEAD, "", "f:1:1: a comment that does not end\n" },
};

static void test_tables(void **state)
{
	static const struct md_reader reader = { .table = on_table, .row = on_row };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct tables_case *c = &cases[i];
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf faults = { 0 };
		struct seen seen = { 0 };
		int r = md_tables_read("f", c->text, strlen(c->text), &reader, &seen, &diags);

		check_int(c->name, r, 0);
		check_text(c->name, seen.out.data ? seen.out.data : "", c->tables);
		diags_text(&diags, &faults);
		check_text(c->name, faults.data ? faults.data : "", c->faults);
		buf_free(&seen.out);
	}
}

/* A table that nobody wants: its rows are passed over, whatever they are. */
static void test_unwanted(void **state)
{
	static const struct md_reader reader = { .table = on_table, .row = on_row };
	static const char text[] = HEAD "| 1 |\n| 1 | 2 |\n";
	_cleanup_diags_ struct diags diags = { 0 };
	struct seen seen = { .table_says = 1 };

	(void)state;
	check_int("unwanted", md_tables_read("f", text, strlen(text), &reader, &seen, &diags), 0);
	check_text("unwanted", seen.out.data, "T [a] [b]\n");
	check_u64("faults", diags.total, 0);
	buf_reset(&seen.out);
	seen.table_says = -ENOMEM;
	check_int("ended", md_tables_read("f", text, strlen(text), &reader, &seen, &diags),
		  -ENOMEM);
	buf_free(&seen.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_unwanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
