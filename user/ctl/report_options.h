/* SPDX-License-Identifier: MIT */
/* The options of the verbs that print a report: its form, and the least severity in it. */
#pragma once

#include "../base/options.h"
#include "../formats/report.h"

#define REPORT_OPTION_OUTPUT(struct_, format_field)                                                \
	{                                                                                          \
		"output", "text|json|sarif|junit|openreports", "the form of the report (text)",    \
			OPTION_WORD(struct_, format_field, REPORT_TEXT, REPORT_JSON, REPORT_SARIF, \
				    REPORT_JUNIT, REPORT_OPENREPORTS),                             \
			.letter = 'o'                                                              \
	}

#define REPORT_OPTIONS(struct_, format_field, severity_field)                                      \
	REPORT_OPTION_OUTPUT(struct_, format_field),                                               \
	{                                                                                          \
		"severity", "note|warning|error", "the least severity that is reported (note)",    \
			OPTION_WORD(struct_, severity_field, SEVERITY_NOTE, SEVERITY_WARNING,      \
				    SEVERITY_ERROR)                                                \
	}
