// SPDX-License-Identifier: MIT
/* The page: its frame with the slots filled. */
#include "page.h"

#include <string.h>

#include "../../base/escape.h"
#include "document.h"
#include "page_assets.h"
#include "tables.h"

static void put_part(struct buf *out, enum page_asset_kind part)
{
	buf_add(out, page_assets[part].text, page_assets[part].len);
}

static void put_style(const struct page *page, struct buf *out)
{
	put_part(out, PAGE_STYLE);
}

static void put_script(const struct page *page, struct buf *out)
{
	put_part(out, PAGE_SCRIPT);
}

static void put_style_hash(const struct page *page, struct buf *out)
{
	put_part(out, PAGE_STYLE_HASH);
}

static void put_script_hash(const struct page *page, struct buf *out)
{
	put_part(out, PAGE_SCRIPT_HASH);
}

static void put_title(const struct page *page, struct buf *out)
{
	escape_put(ESCAPE_HTML, page->title ? page->title : "Host port registry", out);
}

static void put_generated(const struct page *page, struct buf *out)
{
	escape_put(ESCAPE_HTML, page->generated, out);
}

static void put_layers(const struct page *page, struct buf *out)
{
	for (size_t i = 0; i < page->registry->len; i++) {
		const struct reg_layer *layer = &page->registry->layers[i];
		size_t n = layer_rows(layer);

		buf_puts(out, "<li><b>");
		escape_put(ESCAPE_HTML, layer->name, out);
		buf_printf(out, "</b> %zu %s</li>", n, n == 1 ? "row" : "rows");
	}
}

static void put_count(struct buf *out, size_t n, const char *what)
{
	if (n > PAGE_STATIC_ROWS)
		buf_printf(out, "The first %d of %zu %s.", PAGE_STATIC_ROWS, n, what);
	else
		buf_printf(out, "%zu %s.", n, what);
}

static void put_rows_count(const struct page *page, struct buf *out)
{
	put_count(out, html_tables_rows_count(page->registry), "rows");
}

static void put_listeners_count(const struct page *page, struct buf *out)
{
	put_count(out, json_len(json_member(page->listeners, "listeners")), "listeners");
}

static void put_violations_count(const struct page *page, struct buf *out)
{
	put_count(out, json_len(page->violations), "violations");
}

/* Sections without content are hidden. */
static void hide_listeners(const struct page *page, struct buf *out)
{
	buf_puts(out, page->listeners ? "" : " hidden");
}

static void hide_violations(const struct page *page, struct buf *out)
{
	buf_puts(out, page->violations ? "" : " hidden");
}

static void hide_findings(const struct page *page, struct buf *out)
{
	buf_puts(out, page->findings ? "" : " hidden");
}

static void put_data(const struct page *page, struct buf *out)
{
	_cleanup_buf_ struct buf json = { 0 };

	html_document_put(page, &json);
	out->failed |= json.failed;
	escape_put(ESCAPE_SCRIPT, json.data, out);
}

static const struct {
	const char *name;
	void (*put)(const struct page *page, struct buf *out);
} slots[] = {
	{ "style-hash", put_style_hash },
	{ "script-hash", put_script_hash },
	{ "style", put_style },
	{ "script", put_script },
	{ "title", put_title },
	{ "generated", put_generated },
	{ "layers", put_layers },
	{ "rows", html_tables_rows },
	{ "rows-count", put_rows_count },
	{ "listeners", html_tables_listeners },
	{ "listeners-count", put_listeners_count },
	{ "listeners-hidden", hide_listeners },
	{ "violations", html_tables_violations },
	{ "violations-count", put_violations_count },
	{ "violations-hidden", hide_violations },
	{ "findings", html_tables_findings },
	{ "findings-hidden", hide_findings },
	{ "data", put_data },
};

static void put_slot(const struct page *page, const char *name, size_t len, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(slots); i++)
		if (strlen(slots[i].name) == len && memcmp(slots[i].name, name, len) == 0)
			slots[i].put(page, out);
}

void html_page_put(const struct page *page, struct buf *out)
{
	const char *at = page_assets[PAGE_HTML].text;
	const char *end = at + page_assets[PAGE_HTML].len;

	while (at < end) {
		const char *slot = memchr(at, '@', (size_t)(end - at));
		const char *close = slot ? memchr(slot + 1, '@', (size_t)(end - slot - 1)) : NULL;

		buf_add(out, at, (size_t)((close ? slot : end) - at));
		if (!close)
			return;
		put_slot(page, slot + 1, (size_t)(close - slot - 1), out);
		at = close + 1;
	}
}
