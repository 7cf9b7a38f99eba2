/* SPDX-License-Identifier: MIT */
/* Findings, written for people and for other programs. Pure. */
#pragma once

#include "../checks/finding.h"

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_SARIF,
	REPORT_JUNIT,
	REPORT_OPENREPORTS,
	REPORT_FORMAT_MAX,
};

/* What a report is of, besides the findings. */
struct report {
	const char *tool; /* "hostportctl check" */
	const struct rules *rules;
	const struct findings *findings; /* sorted: findings_sort() */
	const char *const *files;	 /* all that were looked at, also without findings */
	size_t files_len;
};

/* Append a report in a form. What comes from the files is made safe for it. */
void report_put(const struct report *report, enum report_format format, struct buf *out);

/*
 * The forms. Text: a line `file:line:col: severity: message [rule]` each, the
 * suggestion below it, and a last line with counts. JSON: {"findings":[{"rule",
 * "severity","message","file","line","column","path","protocol","port",
 * "suggestion"}],"accepted":[the same and "reason"],"left_out"}; members that a
 * finding does not have are null.
 *
 * SARIF 2.1.0: one run; what was accepted is suppressed, with its reason. A
 * finding's identity is its rule, file, path and port, so that it stays the same
 * when lines shift.
 *
 * JUnit, the form that Jenkins reads: a suite for each file, and in it a test for
 * each finding, which fails, is skipped when it was accepted, and passes when it is
 * only a note; a file without findings has one test that passes.
 *
 * OpenReports: a ClusterReport with a result for each finding: it fails, is skipped when it
 * was accepted, and warns when it is only a note; and one that passes for each file without
 * findings.
 */
void report_text(const struct report *report, struct buf *out);
void report_json(const struct report *report, struct buf *out);
void report_sarif(const struct report *report, struct buf *out);
void report_junit(const struct report *report, struct buf *out);
void report_openreports(const struct report *report, struct buf *out);
