// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "../registry/words.h"
#include "openreports.h"
#include "report.h"

static enum openreports_outcome outcome_of(const struct finding *finding)
{
	if (finding->accepted)
		return OPENREPORTS_SKIP;
	return finding->rule->severity > SEVERITY_NOTE ? OPENREPORTS_FAIL : OPENREPORTS_WARN;
}

static enum openreports_severity severity_of(const struct finding *finding)
{
	static const enum openreports_severity severities[] = {
		[SEVERITY_NOTE] = OPENREPORTS_INFO,
		[SEVERITY_WARNING] = OPENREPORTS_MEDIUM,
		[SEVERITY_ERROR] = OPENREPORTS_HIGH,
	};

	_Static_assert(ARRAY_LEN(severities) == SEVERITY_MAX, "one for each severity");
	return severities[finding->rule->severity];
}

static void put_finding(struct openreports *report, const struct finding *finding)
{
	openreports_begin_result(report, &(struct openreports_result) {
						 .outcome = outcome_of(finding),
						 .severity = severity_of(finding),
						 .rule = finding->rule->id,
						 .category = finding->rule->requirement,
						 .message = finding->message,
					 });
	jsonw_object(&report->w, "properties");
	openreports_property(report, "file", finding->file);
	if (finding->line)
		openreports_property_u64(report, "line", finding->line);
	if (finding->column)
		openreports_property_u64(report, "column", finding->column);
	openreports_property(report, "path", finding->path);
	if (finding->port) {
		openreports_property(report, "protocol", word_proto(finding->proto));
		openreports_property_u64(report, "port", finding->port);
	}
	openreports_property(report, "suggestion", finding->suggestion);
	openreports_property(report, "reason", finding->accepted);
	jsonw_object_end(&report->w);
	openreports_end_result(report);
}

static int by_file(const void *key, const void *finding)
{
	return strcmp(key, ((const struct finding *)finding)->file);
}

/* A file without findings passes. They are sorted by file. */
static void put_file(struct openreports *report, const struct findings *findings, const char *file)
{
	if (findings->len &&
	    bsearch(file, findings->items, findings->len, sizeof(*findings->items), by_file))
		return;
	openreports_begin_result(report, &(struct openreports_result) {
						 .outcome = OPENREPORTS_PASS,
						 .severity = OPENREPORTS_INFO,
						 .rule = "no-findings",
						 .message = "no findings",
					 });
	jsonw_object(&report->w, "properties");
	openreports_property(report, "file", file);
	jsonw_object_end(&report->w);
	openreports_end_result(report);
}

void report_openreports(const struct report *report, struct buf *out)
{
	const struct findings *findings = report->findings;
	struct openreports reports;

	openreports_begin(&reports, report->tool, NULL, out);
	for (size_t i = 0; i < findings->len; i++)
		put_finding(&reports, &findings->items[i]);
	for (size_t i = 0; i < report->files_len; i++)
		put_file(&reports, findings, report->files[i]);
	openreports_left_out(&reports, findings->left_out);
	openreports_end(&reports);
}
