// SPDX-License-Identifier: MIT
/*
 * The agent's answer to `listeners`, as a table and as a report: whatever document comes, the
 * table has a line for each listener and a header, the report is JSON with a result for each
 * at least, and both are safe for a terminal.
 */
#include "fuzz.h"

#include <locale.h>

#include "../../user/ctl/listeners.c"

static void check_table(struct table *table, size_t rows)
{
	_cleanup_free_ char *bytes = NULL;
	struct buf text = { 0 };
	size_t lines = 0;
	FILE *out = open_memstream(&bytes, &text.len);

	CHECK(out);
	CHECK(table_print(table, out) == 0);
	CHECK(fclose(out) == 0);
	text.data = bytes;
	check_safe(&text, true);
	for (size_t i = 0; i < text.len; i++)
		lines += bytes[i] == '\n';
	CHECK(lines == (rows ? rows + 1 : 0));
}

static void check_report(const struct json *document, size_t listeners)
{
	_cleanup_(json_freep) struct json *report = NULL;
	_cleanup_buf_ struct buf out = { 0 };

	listeners_openreports(document, "n1", &out);
	check_safe(&out, true);
	CHECK(out.len > 0 && out.data[--out.len] == '\n');
	report = check_json(&out);
	CHECK(json_len(json_member(report, "results")) >= listeners);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	const struct json *list;

	if (json_parse(bytes, size, &err, &document) < 0)
		return 0;
	(void)setlocale(LC_CTYPE, size % 2 ? "C.UTF-8" : "C");
	CHECK(table_new(columns, ARRAY_LEN(columns), &table) == 0);
	list = json_member(document, "listeners");
	for (size_t i = 0; i < json_len(list); i++)
		CHECK(add(table, json_at(list, i)) == 0);
	check_table(table, json_len(list));
	check_report(document, json_len(list));
	return 0;
}
