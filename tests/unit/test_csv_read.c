// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/formats/csv_read.h"

struct csv_case {
	const char *name, *text;
	const char *records; /* "line: column[text] ..." a record */
	const char *faults;
};

static const struct csv_case cases[] = {
	{ "empty", "", "", "" },
	{ "empty lines", "\n\r\n\n", "", "" },
	{ "one", "a,b,c", "1: 1:1[a] 1:3[b] 1:5[c]\n", "" },
	{ "a line end at the end", "a\n", "1: 1:1[a]\n", "" },
	{ "CRLF, a mark",
	  "\xef\xbb\xbf"
	  "a,b\r\nc,d\r\n",
	  "1: 1:1[a] 1:3[b]\n2: 2:1[c] 2:3[d]\n", "" },
	{ "empty fields", ",\n,,\n", "1: 1:1[] 1:2[]\n2: 2:1[] 2:2[] 2:3[]\n", "" },
	{ "quotes", "\"a\",\"b \"\"c\"\"\",\"\"\n", "1: 1:1[a] 1:5[b \"c\"] 1:15[]\n", "" },
	{ "commas and lines within", "\"a,b\r\nc\",d\ne\n", "1: 1:1[a,b\r\nc] 2:4[d]\n3: 3:1[e]\n",
	  "" },
	{ "blanks belong to a field", " a , b\n", "1: 1:1[ a ] 1:5[ b]\n", "" },
	{ "columns are characters", "\xc3\xa4,b\n", "1: 1:1[\xc3\xa4] 1:3[b]\n", "" },
	{ "a quote within", "a\"b,c\nd\n", "2: 2:1[d]\n",
	  "f:1:2: a quote within a field that does not start with one\n" },
	{ "text behind a quote", "\"a\"b,c\r\nd\n", "2: 2:1[d]\n",
	  "f:1:4: text after the end of a quote\n" },
	{ "a blank before a quote", "a, \"b\"\nc\n", "2: 2:1[c]\n",
	  "f:1:4: a quote within a field that does not start with one\n" },
	{ "no end", "a\n\"b,c\nd\n", "1: 1:1[a]\n", "f:2:1: a quote that does not end\n" },
};

static void put(struct buf *out, const struct csv_record *record)
{
	buf_printf(out, "%u:", record->line);
	for (size_t i = 0; i < record->len; i++)
		buf_printf(out, " %u:%u[%s]", record->fields[i].line, record->fields[i].column,
			   record->fields[i].text);
	buf_putc(out, '\n');
}

static void test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct csv_case *c = &cases[i];
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 }, faults = { 0 };
		_cleanup_csv_ struct csv csv = csv_of("f", c->text, strlen(c->text), &diags);
		struct csv_record record;
		int r;

		while ((r = csv_next(&csv, &record)) != 0) {
			if (r == 1)
				put(&out, &record);
			else
				check_int(c->name, r, -EINVAL);
		}
		check_text(c->name, out.data ? out.data : "", c->records);
		diags_text(&diags, &faults);
		check_text(c->name, faults.data ? faults.data : "", c->faults);
	}
}

static void test_many_fields(void **state)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_csv_ struct csv csv = { 0 };
	struct csv_record record;

	(void)state;
	for (int i = 1; i < CSV_FIELDS_MAX; i++)
		buf_putc(&text, ',');
	buf_puts(&text, "\n");
	for (int i = 0; i < CSV_FIELDS_MAX; i++)
		buf_putc(&text, ',');
	csv = csv_of("f", text.data, text.len, &diags);
	check_int("as many as there may be", csv_next(&csv, &record), 1);
	check_u64("as many as there may be", record.len, CSV_FIELDS_MAX);
	check_int("one more", csv_next(&csv, &record), -EINVAL);
	check_int("the end", csv_next(&csv, &record), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
