// SPDX-License-Identifier: MIT
#include "tables.h"

#include <inttypes.h>

#include "../../base/escape.h"
#include "../../identity/workload_json.h"
#include "../../registry/words.h"

struct line {
	const struct reg_layer *layer;
	const struct reg_row *row;
};

static int by_port(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	if (a->row->first != b->row->first)
		return a->row->first < b->row->first ? -1 : 1;
	if (a->row->proto != b->row->proto)
		return a->row->proto < b->row->proto ? -1 : 1;
	if (a->layer != b->layer)
		return a->layer < b->layer ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static void put_cell(struct buf *out, const char *class_, const char *text)
{
	buf_printf(out, "<td class=\"%s\">", class_);
	escape_put(ESCAPE_HTML, text, out);
	buf_puts(out, "</td>");
}

/* The state of a row, in the words of the script. */
static void put_state(struct buf *out, const struct reg_row *row)
{
	buf_puts(out, "<td class=\"state\">");
	if (row->dropped)
		buf_puts(out, "dropped");
	else if (row->kind == REG_RANGE)
		buf_puts(out, "documented range");
	else if (row->kind == REG_DROP)
		buf_puts(out, "drop");
	else if (row->kind == REG_EXCEPTION)
		buf_printf(out, "exception until %s", row->until_text);
	else if (row->kind == REG_CLIENT)
		buf_puts(out, "source ports");
	else if (row->kind == REG_RETIRED)
		buf_puts(out, "retired");
	else
		buf_puts(out, row->scope == HP_SCOPE_LOCALHOST ? "localhost only" : "external");
	buf_puts(out, "</td>");
}

static void put_part(struct buf *out, const char *before, const char *text)
{
	if (!text)
		return;
	buf_puts(out, before);
	escape_put(ESCAPE_HTML, text, out);
}

static void put_owners(struct buf *out, const struct reg_row *row)
{
	buf_puts(out, "<td class=\"owners\">");
	for (size_t i = 0; i < row->owners_len; i++) {
		const struct reg_owner *o = &row->owners[i];
		const char *parts[] = { o->namespace_, o->pod, o->container };

		buf_puts(out, i ? "<br>" : "");
		put_part(out, "unit ", o->unit);
		put_part(out, "", o->exe);
		for (size_t p = 0; !o->unit && !o->exe && p < ARRAY_LEN(parts); p++)
			put_part(out, p ? "/" : "", parts[p] ? parts[p] : "*");
	}
	buf_puts(out, "</td>");
}

static void put_row(struct buf *out, const struct line *line)
{
	const struct reg_row *row = line->row;
	bool placed = row->role != REG_ROLE_ANY;

	buf_puts(out, "<tr>");
	buf_puts(out, "<td class=\"port\">");
	reg_ports_put(row->first, row->last, out);
	buf_puts(out, "</td>");
	put_cell(out, "protocol", word_proto(row->proto));
	put_state(out, row);
	put_cell(out, "process", row->process);
	put_cell(out, "team", row->team);
	put_cell(out, "since", row->since_text);
	put_cell(out, "role", placed ? word_role(row->role) : NULL);
	put_cell(out, "layer", line->layer->name);
	put_owners(out, row);
	put_cell(out, "notes", row->notes ? row->notes : row->reason);
	buf_puts(out, "</tr>\n");
}

size_t html_tables_rows_count(const struct registry *reg)
{
	size_t n = 0;

	for (size_t i = 0; i < reg->len; i++)
		n += layer_rows(&reg->layers[i]);
	return n;
}

void html_tables_rows(const struct page *page, struct buf *out)
{
	const struct registry *reg = page->registry;
	size_t n = html_tables_rows_count(reg), at = 0;
	_cleanup_free_ struct line *lines = calloc(n ? n : 1, sizeof(*lines));

	if (!lines) {
		out->failed = true;
		return;
	}
	for (size_t l = 0; l < reg->len; l++)
		for (size_t i = 0; i < layer_rows(&reg->layers[l]); i++)
			lines[at++] = (struct line) { &reg->layers[l], &reg->layers[l].rows[i] };
	qsort(lines, n, sizeof(*lines), by_port);
	for (size_t i = 0; i < n && i < PAGE_STATIC_ROWS; i++)
		put_row(out, &lines[i]);
}

static void put_number(struct buf *out, const struct json *from, const char *key)
{
	uint64_t value = json_member_u64(from, key, UINT64_MAX);

	if (value != UINT64_MAX)
		buf_put_u64(out, value);
}

/* A port, or, of violations of many, "855 of 1024-65535". */
static void put_port(struct buf *out, const struct json *from)
{
	if (json_member_u64(from, "ports", 0)) {
		put_number(out, from, "ports");
		buf_puts(out, " of ");
		put_number(out, from, "port");
		buf_puts(out, "-");
		put_number(out, from, "port_last");
	} else {
		put_number(out, from, "port");
	}
}

static void put_process(struct buf *out, const struct json *from)
{
	escape_put(ESCAPE_HTML, json_member_text(from, "comm", ""), out);
	if (json_member_u64(from, "pid", 0))
		buf_printf(out, " [%" PRIu64 "]", json_member_u64(from, "pid", 0));
}

/* A socket, or, with two cells more, an event. */
static void put_socket(struct buf *out, const struct json *from, bool event)
{
	_cleanup_buf_ struct buf workload = { 0 };
	const struct json *entry = json_member(from, "entry");
	const struct json *others = json_member(from, "others");

	workload_json_text(from, &workload);
	out->failed |= workload.failed;
	buf_puts(out, "<tr><td class=\"port\">");
	put_port(out, from);
	buf_puts(out, "</td>");
	put_cell(out, "protocol", json_member_text(from, "protocol", ""));
	put_cell(out, "verdict", json_member_text(from, "verdict", ""));
	put_cell(out, "class", json_member_text(from, "class", ""));
	put_cell(out, "address", json_member_text(from, "address", ""));
	buf_puts(out, "<td class=\"process\">");
	put_process(out, from);
	for (size_t i = 0; i < json_len(others); i++) {
		buf_puts(out, ", ");
		put_process(out, json_at(others, i));
	}
	buf_puts(out, "</td>");
	put_cell(out, "workload", workload.data);
	buf_puts(out, "<td class=\"entry\">");
	escape_put(ESCAPE_HTML, json_member_text(entry, "layer", "no row"), out);
	put_part(out, ": ", json_member_text(entry, "process", NULL));
	buf_puts(out, "</td>");
	if (event) {
		buf_puts(out, "<td class=\"times\">");
		put_number(out, from, "count");
		buf_puts(out, "</td>");
		put_cell(out, "last",
			 json_member_text(from, "time", json_member_text(from, "last", "")));
	}
	buf_puts(out, "</tr>\n");
}

static void put_sockets(struct buf *out, const struct json *list, bool events)
{
	for (size_t i = 0; i < json_len(list) && i < PAGE_STATIC_ROWS; i++)
		put_socket(out, json_at(list, i), events);
}

void html_tables_listeners(const struct page *page, struct buf *out)
{
	put_sockets(out, json_member(page->listeners, "listeners"), false);
}

void html_tables_violations(const struct page *page, struct buf *out)
{
	put_sockets(out, page->violations, true);
}

static void put_finding(struct buf *out, const struct finding *finding)
{
	const char *word = finding->accepted ? "accepted" : severity_word(finding->rule->severity);

	buf_printf(out, "<li class=\"%s\"><b>%s</b> ", word, word);
	escape_put(ESCAPE_HTML, finding->message, out);
	buf_puts(out, " <code>");
	escape_put(ESCAPE_HTML, finding->rule->id, out);
	buf_puts(out, "</code>");
	put_part(out, "<br>", finding->accepted ? finding->accepted : finding->suggestion);
	buf_puts(out, " <span class=\"place\">");
	escape_put(ESCAPE_HTML, finding->file, out);
	if (finding->line)
		buf_printf(out, ":%u:%u", finding->line, finding->column);
	buf_puts(out, "</span></li>\n");
}

static void put_findings(struct buf *out, const struct findings *findings, bool accepted)
{
	size_t n = 0;

	buf_puts(out, "<ul>\n");
	for (size_t i = 0; i < findings->len; i++) {
		if ((findings->items[i].accepted != NULL) != accepted)
			continue;
		if (n++ < PAGE_STATIC_ROWS)
			put_finding(out, &findings->items[i]);
	}
	buf_puts(out, "</ul>\n");
	if (n > PAGE_STATIC_ROWS)
		buf_printf(out, "<p>The first %d of %zu.</p>\n", PAGE_STATIC_ROWS, n);
}

/* Accepted findings are folded away: they are most of the list, and the others matter. */
void html_tables_findings(const struct page *page, struct buf *out)
{
	const struct findings *findings = page->findings;
	size_t accepted = 0;

	for (size_t i = 0; findings && i < findings->len; i++)
		accepted += findings->items[i].accepted != NULL;
	if (findings && findings->len > accepted)
		put_findings(out, findings, false);
	if (!accepted)
		return;
	buf_printf(out, "<details>\n<summary>%zu accepted</summary>\n", accepted);
	put_findings(out, findings, true);
	buf_puts(out, "</details>\n");
}
