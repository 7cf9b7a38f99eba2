// SPDX-License-Identifier: MIT
#include "report.h"

#include <string.h>

#include "../base/escape.h"
#include "../registry/words.h"

/* Findings by file, so that a file's own are found without looking at all. */
struct by_file {
	const struct finding **items;
	size_t len;
};

struct counts {
	size_t tests, failures, skipped;
};

static bool fails(const struct finding *finding)
{
	return !finding->accepted && finding->rule->severity > SEVERITY_NOTE;
}

/* One file's findings stand together in memory, in their order. */
static int compare(const void *a, const void *b)
{
	const struct finding *const *fa = a, *const *fb = b;
	int order = strcmp((*fa)->file, (*fb)->file);

	if (order)
		return order;
	return *fa < *fb ? -1 : *fa > *fb;
}

static bool sort_by_file(const struct findings *findings, struct by_file *ret)
{
	ret->items = calloc(findings->len + 1, sizeof(*ret->items));
	if (!ret->items)
		return false;
	for (size_t i = 0; i < findings->len; i++)
		ret->items[i] = &findings->items[i];
	ret->len = findings->len;
	qsort(ret->items, ret->len, sizeof(*ret->items), compare);
	return true;
}

/* The first finding of a file, or where it would be. */
static size_t first_of(const struct by_file *by_file, const char *file)
{
	size_t low = 0, high = by_file->len, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(by_file->items[middle]->file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t run_of(const struct by_file *by_file, size_t at, const char *file)
{
	size_t end = at;

	while (end < by_file->len && strcmp(by_file->items[end]->file, file) == 0)
		end++;
	return end - at;
}

static void put_attribute(const char *name, const char *value, struct buf *out)
{
	buf_printf(out, " %s=\"", name);
	escape_put(ESCAPE_XML, value, out);
	buf_putc(out, '"');
}

/* Without a line, unless nothing else tells it apart: what follows a test by its name goes on. */
static void put_name(const struct finding *finding, struct buf *out)
{
	buf_printf(out, " name=\"%s", finding->rule->id);
	if (finding->port)
		buf_printf(out, " %s %u", word_proto(finding->proto), finding->port);
	if (finding->path) {
		buf_putc(out, ' ');
		escape_put(ESCAPE_XML, finding->path, out);
	}
	if (!finding->port && !finding->path && finding->line)
		buf_printf(out, " %u:%u", finding->line, finding->column);
	buf_putc(out, '"');
}

static void put_text(const struct finding *finding, struct buf *out)
{
	escape_put(ESCAPE_XML, finding->file, out);
	if (finding->line)
		buf_printf(out, ":%u:%u", finding->line, finding->column);
	buf_printf(out, ": %s: ", severity_word(finding->rule->severity));
	escape_put(ESCAPE_XML, finding->message, out);
	if (!finding->suggestion)
		return;
	buf_putc(out, '\n');
	escape_put(ESCAPE_XML, finding->suggestion, out);
}

static void put_outcome(const struct finding *finding, struct buf *out)
{
	if (finding->accepted) {
		buf_puts(out, "<skipped>");
		escape_put(ESCAPE_XML, finding->accepted, out);
		buf_puts(out, "</skipped><system-out>");
		put_text(finding, out);
		buf_puts(out, "</system-out>");
	} else if (fails(finding)) {
		buf_puts(out, "<failure");
		put_attribute("type", finding->rule->id, out);
		put_attribute("message", finding->message, out);
		buf_putc(out, '>');
		put_text(finding, out);
		buf_puts(out, "</failure>");
	} else {
		buf_puts(out, "<system-out>");
		put_text(finding, out);
		buf_puts(out, "</system-out>");
	}
}

static void put_case(const struct finding *finding, struct buf *out)
{
	buf_puts(out, "    <testcase");
	put_name(finding, out);
	put_attribute("classname", finding->file, out);
	buf_putc(out, '>');
	put_outcome(finding, out);
	buf_puts(out, "</testcase>\n");
}

static struct counts count(const struct finding *const *items, size_t n)
{
	struct counts counts = { .tests = n };

	for (size_t i = 0; i < n; i++) {
		counts.failures += fails(items[i]);
		counts.skipped += items[i]->accepted != NULL;
	}
	return counts;
}

static void put_suite(const char *file, const struct finding *const *items, size_t n,
		      struct counts *total, struct buf *out)
{
	struct counts counts = count(items, n);

	counts.tests += n == 0;
	buf_puts(out, "  <testsuite");
	put_attribute("name", file, out);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		   counts.tests, counts.failures, counts.skipped);
	for (size_t i = 0; i < n; i++)
		put_case(items[i], out);
	if (n == 0) {
		buf_puts(out, "    <testcase name=\"no findings\"");
		put_attribute("classname", file, out);
		buf_puts(out, "/>\n");
	}
	buf_puts(out, "  </testsuite>\n");
	total->tests += counts.tests;
	total->failures += counts.failures;
}

static void put_left_out(size_t n, struct counts *total, struct buf *out)
{
	buf_printf(out,
		   "  <testsuite name=\"left out\" tests=\"1\" failures=\"1\" errors=\"0\""
		   " skipped=\"0\">\n    <testcase name=\"left out\"><failure type=\"left-out\""
		   " message=\"%zu more findings are left out\"/></testcase>\n  </testsuite>\n",
		   n);
	total->tests++;
	total->failures++;
}

/* The suites of the files that were looked at, then of findings in others. */
static void put_suites(const struct report *report, const struct by_file *by_file, bool *done,
		       struct counts *total, struct buf *out)
{
	size_t at, n;

	for (size_t i = 0; i < report->files_len; i++) {
		at = first_of(by_file, report->files[i]);
		n = run_of(by_file, at, report->files[i]);
		if (n && done[at])
			continue;
		done[at] = done[at] || n; /* none: it is another file's place */
		put_suite(report->files[i], by_file->items + at, n, total, out);
	}
	for (at = 0; at < by_file->len; at += n) {
		n = run_of(by_file, at, by_file->items[at]->file);
		if (!done[at])
			put_suite(by_file->items[at]->file, by_file->items + at, n, total, out);
	}
	if (report->findings->left_out)
		put_left_out(report->findings->left_out, total, out);
}

void report_junit(const struct report *report, struct buf *out)
{
	_cleanup_free_ bool *done = calloc(report->findings->len + 1, sizeof(*done));
	struct by_file by_file = { 0 };
	_cleanup_free_ const struct finding **items = NULL;
	_cleanup_buf_ struct buf suites = { 0 };
	struct counts total = { 0 };

	if (!done || !sort_by_file(report->findings, &by_file)) {
		out->failed = true;
		return;
	}
	items = by_file.items;
	put_suites(report, &by_file, done, &total, &suites);
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_attribute("name", report->tool, out);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", total.tests,
		   total.failures);
	buf_add(out, suites.data ? suites.data : "", suites.len);
	buf_puts(out, "</testsuites>\n");
	out->failed = out->failed || suites.failed;
}
