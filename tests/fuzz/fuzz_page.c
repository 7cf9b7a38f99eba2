// SPDX-License-Identifier: MIT
/*
 * The page of a registry file and of an agent's answer, with a zero byte between the
 * two. Whatever they hold: its tables have a line for each row and each listener, no
 * element but their own, and nothing that steers the text around it; its data are
 * one JSON document without markup, with as many rows and listeners; and it has as
 * many scripts as its frame.
 */
#include "fuzz.h"

#include "../../user/base/escape.h"
#include "../../user/formats/html/document.h"
#include "../../user/formats/html/tables.h"

#define ROW_CELLS      10
#define LISTENER_CELLS 8
#define EVENT_CELLS    10

static size_t count(const struct buf *text, const char *what)
{
	const char *at = text->data;
	size_t n = 0;

	while (at && (at = strstr(at, what))) {
		n++;
		at += strlen(what);
	}
	return n;
}

static void check_table(const struct buf *table, size_t lines, size_t cells)
{
	static const char *const own[] = { "<tr>", "</tr>", "<td class=\"", "</td>", "<br>" };
	size_t elements = 0;

	check_safe(table, true);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		elements += count(table, own[i]);
	CHECK(count(table, "<") == elements);
	CHECK(count(table, "<tr>") == lines && count(table, "</tr>\n") == lines);
	CHECK(count(table, "<td class=\"") == lines * cells);
}

static void check_tables(const struct page *page, size_t rows, size_t listeners)
{
	_cleanup_buf_ struct buf table = { 0 }, other = { 0 }, events = { 0 };

	html_tables_rows(page, &table);
	check_table(&table, rows < PAGE_STATIC_ROWS ? rows : PAGE_STATIC_ROWS, ROW_CELLS);
	html_tables_listeners(page, &other);
	check_table(&other, listeners < PAGE_STATIC_ROWS ? listeners : PAGE_STATIC_ROWS,
		    LISTENER_CELLS);
	html_tables_violations(page, &events);
	check_table(&events, listeners < PAGE_STATIC_ROWS ? listeners : PAGE_STATIC_ROWS,
		    EVENT_CELLS);
}

static void check_data(const struct page *page, size_t rows, size_t listeners)
{
	_cleanup_buf_ struct buf json = { 0 }, data = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;

	html_document_put(page, &json);
	escape_put(ESCAPE_SCRIPT, json.data, &data);
	CHECK(count(&data, "<") == 0 && count(&data, ">") == 0 && count(&data, "&") == 0);
	document = check_json(&data);
	CHECK(json_len(json_member(document, "rows")) == rows);
	CHECK(json_len(json_member(document, "listeners")) == listeners);
	CHECK(json_is_list(json_member(document, "listeners")) ==
	      (json_member(page->listeners, "listeners") != NULL));
}

static void check_page(const struct page *page)
{
	_cleanup_buf_ struct buf out = { 0 };

	html_page_put(page, &out);
	CHECK(!out.failed);
	CHECK(count(&out, "<script") == 2 && count(&out, "</script") == 2);
	CHECK(count(&out, "<style") == 1 && count(&out, "</style") == 1);
	CHECK(count(&out, "<!--") == 0 && count(&out, "<td class=\"state\">") > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *yaml = feed_text(&feed, 0), *answer = feed_text(&feed, 0);
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_(json_freep) struct json *listeners = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf err = { 0 };
	struct reg_layer *layer = NULL;
	struct page page = { .registry = reg, .title = answer, .generated = yaml };
	size_t n;

	CHECK(reg);
	if (layer_parse("file", yaml, strlen(yaml), &diags, &layer) < 0 ||
	    registry_add(reg, layer, &diags) < 0)
		return 0;
	if (json_parse(answer, strlen(answer), &err, &listeners) == 0)
		page.listeners = listeners;
	page.violations = json_member(listeners, "listeners");
	n = json_len(page.violations);
	check_tables(&page, html_tables_rows_count(reg), n);
	check_data(&page, html_tables_rows_count(reg), n);
	if (html_tables_rows_count(reg))
		check_page(&page);
	return 0;
}
