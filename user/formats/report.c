// SPDX-License-Identifier: MIT
#include "report.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *word;
	void (*put)(const struct report *report, struct buf *out);
} formats[] = {
	[REPORT_TEXT] = { "text", report_text },
	[REPORT_JSON] = { "json", report_json },
	[REPORT_SARIF] = { "sarif", report_sarif },
	[REPORT_JUNIT] = { "junit", report_junit },
};
_Static_assert(ARRAY_LEN(formats) == REPORT_FORMAT_MAX, "a writer for each form");

int report_format_read(const char *word, struct buf *err, enum report_format *ret_format)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(word, formats[i].word) != 0)
			continue;
		*ret_format = (enum report_format)i;
		return 0;
	}
	buf_puts(err, "not one of");
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		buf_printf(err, "%s %s", i ? "," : "", formats[i].word);
	return -EINVAL;
}

void report_put(const struct report *report, enum report_format format, struct buf *out)
{
	formats[format].put(report, out);
}
