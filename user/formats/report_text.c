// SPDX-License-Identifier: MIT
#include "report.h"

static void put_place(const struct finding *finding, struct buf *out)
{
	buf_put_safe(out, finding->file);
	if (finding->line)
		buf_printf(out, ":%u:%u", finding->line, finding->column);
	buf_puts(out, ": ");
}

static void put_finding(const struct finding *finding, struct buf *out)
{
	put_place(finding, out);
	buf_printf(out, "%s: ", severity_word(finding->rule->severity));
	buf_put_safe(out, finding->message);
	buf_printf(out, " [%s]\n", finding->rule->id);
	if (!finding->suggestion)
		return;
	buf_puts(out, "    ");
	buf_put_safe(out, finding->suggestion);
	buf_putc(out, '\n');
}

static void put_count(size_t n, const char *what, struct buf *out)
{
	buf_printf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

void report_text(const struct report *report, struct buf *out)
{
	const struct findings *findings = report->findings;

	for (size_t i = 0; i < findings->len; i++)
		if (!findings->items[i].accepted)
			put_finding(&findings->items[i], out);
	for (int s = SEVERITY_MAX - 1; s >= 0; s--) {
		put_count(findings_count(findings, (enum severity)s),
			  severity_word((enum severity)s), out);
		buf_puts(out, ", ");
	}
	buf_printf(out, "%zu accepted, in ", findings_accepted(findings));
	put_count(report->files_len, "file", out);
	if (findings->left_out)
		buf_printf(out, "; %zu more findings are left out", findings->left_out);
	buf_putc(out, '\n');
}
