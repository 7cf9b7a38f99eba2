// SPDX-License-Identifier: MIT
#include "report.h"

#include <string.h>

#include "../base/escape.h"
#include "../registry/words.h"

struct counts {
	size_t tests, failures, skipped;
};

static bool fails(const struct finding *finding)
{
	return !finding->accepted && finding->rule->severity > SEVERITY_NOTE;
}

/* The first finding of a file, or where it would be: they are sorted. */
static size_t first_of(const struct findings *findings, const char *file)
{
	size_t low = 0, high = findings->len, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(findings->items[middle].file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many of a file's findings there are from a place on. */
static size_t run_of(const struct findings *findings, size_t at, const char *file)
{
	size_t end = at;

	while (end < findings->len && strcmp(findings->items[end].file, file) == 0)
		end++;
	return end - at;
}

static void put_attribute(const char *name, const char *value, struct buf *out)
{
	buf_printf(out, " %s=\"", name);
	escape_put(ESCAPE_XML, value, out);
	buf_putc(out, '"');
}

/* Tests are followed by their names, so a line is part of one only if nothing else is. */
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

/* The suite of a file: its n findings from a place on. */
static void put_suite(const char *file, const struct findings *findings, size_t at, size_t n,
		      struct counts *total, struct buf *out)
{
	struct counts counts = { .tests = n ? n : 1 };

	for (size_t i = at; i < at + n; i++) {
		counts.failures += fails(&findings->items[i]);
		counts.skipped += findings->items[i].accepted != NULL;
	}
	buf_puts(out, "  <testsuite");
	put_attribute("name", file, out);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		   counts.tests, counts.failures, counts.skipped);
	for (size_t i = at; i < at + n; i++)
		put_case(&findings->items[i], out);
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
static void put_suites(const struct report *report, bool *done, struct counts *total,
		       struct buf *out)
{
	const struct findings *findings = report->findings;
	size_t at, n;

	for (size_t i = 0; i < report->files_len; i++) {
		const char *file = report->files[i];

		at = first_of(findings, file);
		n = run_of(findings, at, file);
		if (n && done[at])
			continue;
		done[at] = done[at] || n; /* none: it is another file's place */
		put_suite(file, findings, at, n, total, out);
	}
	for (at = 0; at < findings->len; at += n) {
		const char *file = findings->items[at].file;

		n = run_of(findings, at, file);
		if (!done[at])
			put_suite(file, findings, at, n, total, out);
	}
	if (findings->left_out)
		put_left_out(findings->left_out, total, out);
}

void report_junit(const struct report *report, struct buf *out)
{
	_cleanup_free_ bool *done = calloc(report->findings->len + 1, sizeof(*done));
	_cleanup_buf_ struct buf suites = { 0 };
	struct counts total = { 0 };

	if (!done) {
		out->failed = true;
		return;
	}
	put_suites(report, done, &total, &suites);
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_attribute("name", report->tool, out);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", total.tests,
		   total.failures);
	buf_add(out, suites.data ? suites.data : "", suites.len);
	buf_puts(out, "</testsuites>\n");
	out->failed |= suites.failed;
}
