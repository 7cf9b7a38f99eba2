/* SPDX-License-Identifier: MIT */
/* Findings of each kind, with hostile names, for the tests of the forms of a report. */
#pragma once

#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/formats/report.h"

#define HOSTILE	 "a\"<&>\x1b[31m\xff\xe2\x80\xae"
#define REPLACED "\xef\xbf\xbd"

static const struct rule items[] = {
	{ "a-note", SEVERITY_NOTE, NULL, "Notes", "Look at it." },
	{ "a-warning", SEVERITY_WARNING, "R2", "Warns", "Mend it." },
	{ "an-error", SEVERITY_ERROR, "R4", "Errs", "Mend it now." },
};
static const struct rules rules = { items, ARRAY_LEN(items) };
static const char *const files[] = { "a.yaml", "a b.yaml", "builtin:openshift" };

/* One of each severity, an accepted one, and a file that is not in the list. `shift` moves lines.
 */
static inline void fill(struct findings *findings, unsigned int shift)
{
	struct finding *f = findings_add(findings, &items[1], "a b.yaml", 3 + shift, 5, "port 80");

	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_suggest(f, "move it");
	f = findings_add(findings, &items[1], "a b.yaml", 4 + shift, 5, "port 80 again");
	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_accept(f, "known <since> May");
	f = findings_add(findings, &items[0], "builtin:openshift", 9 + shift, 1, "no since");
	finding_set_port(f, HP_PROTO_UDP, 53);
	f = findings_add(findings, &items[2], "/tmp/" HOSTILE, 0, 0, "%s", HOSTILE);
	finding_set_path(f, "$.x[\"" HOSTILE "\"]");
}

static inline void put(enum report_format format, const struct findings *findings, struct buf *out)
{
	const struct report report = {
		.tool = "hostportctl check",
		.rules = &rules,
		.findings = findings,
		.files = files,
		.files_len = ARRAY_LEN(files),
	};

	report_put(&report, format, out);
	assert_false(out->failed);
}

static inline void put_filled(enum report_format format, unsigned int shift, struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };

	fill(&findings, shift);
	put(format, &findings, out);
}
