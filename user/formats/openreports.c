// SPDX-License-Identifier: MIT
#include "openreports.h"

#include <inttypes.h>
#include <stdio.h>

#include "../base/cleanup.h"

#define POLICY "host-port-registry"

static const char *const outcomes[] = {
	[OPENREPORTS_PASS] = "pass",   [OPENREPORTS_FAIL] = "fail", [OPENREPORTS_WARN] = "warn",
	[OPENREPORTS_ERROR] = "error", [OPENREPORTS_SKIP] = "skip",
};
_Static_assert(ARRAY_LEN(outcomes) == OPENREPORTS_OUTCOME_MAX, "a word for each outcome");

static const char *const severities[] = {
	[OPENREPORTS_INFO] = "info",
	[OPENREPORTS_MEDIUM] = "medium",
	[OPENREPORTS_HIGH] = "high",
};
_Static_assert(ARRAY_LEN(severities) == OPENREPORTS_SEVERITY_MAX, "a word for each severity");

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || is_upper(c);
}

/* A part of an object's name. A dot stays between letters and digits only. */
static void put_name(const char *text, struct buf *out)
{
	for (const char *at = text; *at; at++) {
		bool inside = at > text && (is_letter(at[-1]) || is_digit(at[-1])) &&
			      (is_letter(at[1]) || is_digit(at[1]));

		if (is_upper(*at))
			buf_putc(out, (char)(*at - 'A' + 'a'));
		else if (is_letter(*at) || is_digit(*at) || (*at == '.' && inside))
			buf_putc(out, *at);
		else
			buf_putc(out, '-');
	}
}

static void put_metadata(struct openreports *report, const char *tool, const char *node)
{
	_cleanup_buf_ struct buf name = { 0 };

	/* the tool is last, because a name may not end in a - */
	if (node) {
		buf_puts(&name, "node-");
		put_name(node, &name);
		buf_putc(&name, '-');
	}
	put_name(tool, &name);
	jsonw_object(&report->w, "metadata");
	jsonw_string(&report->w, "name", name.data ? name.data : "");
	jsonw_object_end(&report->w);
	report->w.out->failed |= name.failed;
}

void openreports_begin(struct openreports *report, const char *tool, const char *node,
		       struct buf *out)
{
	*report = (struct openreports) { .w = { .out = out } };
	jsonw_object(&report->w, NULL);
	jsonw_plain(&report->w, "apiVersion", "openreports.io/v1alpha1");
	jsonw_plain(&report->w, "kind", "ClusterReport");
	put_metadata(report, tool, node);
	jsonw_plain(&report->w, "source", "hostportd");
	if (node) {
		jsonw_object(&report->w, "scope");
		jsonw_plain(&report->w, "apiVersion", "v1");
		jsonw_plain(&report->w, "kind", "Node");
		jsonw_string(&report->w, "name", node);
		jsonw_object_end(&report->w);
	}
	jsonw_array(&report->w, "results");
}

void openreports_begin_result(struct openreports *report, const struct openreports_result *result)
{
	report->counts[result->outcome]++;
	jsonw_object(&report->w, NULL);
	jsonw_plain(&report->w, "policy", POLICY);
	jsonw_string(&report->w, "rule", result->rule);
	jsonw_string_opt(&report->w, "category", result->category);
	jsonw_plain(&report->w, "severity", severities[result->severity]);
	jsonw_plain(&report->w, "result", outcomes[result->outcome]);
	jsonw_bool(&report->w, "scored", result->outcome != OPENREPORTS_WARN);
	jsonw_string(&report->w, "message", result->message);
}

void openreports_end_result(struct openreports *report)
{
	jsonw_object_end(&report->w);
}

void openreports_property(struct openreports *report, const char *name, const char *value)
{
	jsonw_string_opt(&report->w, name, value);
}

void openreports_property_u64(struct openreports *report, const char *name, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	jsonw_plain(&report->w, name, text);
}

void openreports_left_out(struct openreports *report, uint64_t n)
{
	char text[64];

	if (!n)
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 " more results are left out", n);
	openreports_begin_result(report, &(struct openreports_result) {
						 .outcome = OPENREPORTS_ERROR,
						 .severity = OPENREPORTS_HIGH,
						 .rule = "left-out",
						 .message = text,
					 });
	openreports_end_result(report);
}

void openreports_end(struct openreports *report)
{
	jsonw_array_end(&report->w);
	jsonw_object(&report->w, "summary");
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		jsonw_u64(&report->w, outcomes[i], report->counts[i]);
	jsonw_object_end(&report->w);
	jsonw_object_end(&report->w);
	buf_putc(report->w.out, '\n');
}
