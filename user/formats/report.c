// SPDX-License-Identifier: MIT
#include "report.h"

static void (*const writers[])(const struct report *report, struct buf *out) = {
	[REPORT_TEXT] = report_text,
	[REPORT_JSON] = report_json,
	[REPORT_SARIF] = report_sarif,
	[REPORT_JUNIT] = report_junit,
	[REPORT_OPENREPORTS] = report_openreports,
};
_Static_assert(ARRAY_LEN(writers) == REPORT_FORMAT_MAX, "a writer for each form");

void report_put(const struct report *report, enum report_format format, struct buf *out)
{
	writers[format](report, out);
}
