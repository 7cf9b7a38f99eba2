// SPDX-License-Identifier: MIT
/* SARIF 2.1.0; the numbers in comments are the standard's sections. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/hash.h"
#include "../base/jsonw.h"
#include "../base/uri.h"
#include "report.h"

#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"

#define BUILTIN "builtin:" /* a scheme of its own: there is no such file */

/* The identity of a finding, within a report and from one report to the next. */
struct print {
	uint64_t digest;
	size_t at;	  /* among the findings */
	unsigned int nth; /* of those with the digest, from 1 */
};

/* Neither the place nor the message counts: lines shift, and the message may name other lines. */
static uint64_t digest_of(const struct finding *finding)
{
	uint64_t digest = hash_text(HASH_START, finding->rule->id);
	char port[32];

	(void)snprintf(port, sizeof(port), "%u/%u", finding->proto, finding->port);
	digest = hash_text(digest, finding->file);
	digest = hash_text(digest, finding->path ? finding->path : "");
	return hash_text(digest, port);
}

static int compare(const void *a, const void *b)
{
	const struct print *pa = a, *pb = b;

	if (pa->digest != pb->digest)
		return pa->digest < pb->digest ? -1 : 1;
	return pa->at < pb->at ? -1 : pa->at > pb->at;
}

/* One for each finding, in their order; NULL when memory ran out. */
static struct print *prints_of(const struct findings *findings)
{
	_cleanup_free_ struct print *sorted = calloc(findings->len + 1, sizeof(*sorted));
	struct print *prints = calloc(findings->len + 1, sizeof(*prints));

	if (!sorted || !prints) {
		free(prints);
		return NULL;
	}
	for (size_t i = 0; i < findings->len; i++)
		sorted[i] = (struct print) { .digest = digest_of(&findings->items[i]), .at = i };
	qsort(sorted, findings->len, sizeof(*sorted), compare);
	for (size_t i = 0; i < findings->len; i++) {
		bool again = i && sorted[i - 1].digest == sorted[i].digest;

		sorted[i].nth = again ? sorted[i - 1].nth + 1 : 1;
		prints[sorted[i].at] = sorted[i];
	}
	return prints;
}

/* An object with one text in it. */
static void put_one(struct jsonw *w, const char *key, const char *member, const char *text)
{
	jsonw_object(w, key);
	jsonw_string(w, member, text);
	jsonw_object_end(w);
}

/* 3.4.3: a URI of its own kind, an absolute one, or a reference relative to where the tool ran. */
static void put_artifact(struct jsonw *w, const char *key, const char *file)
{
	_cleanup_buf_ struct buf uri = { 0 };
	bool builtin = strncmp(file, BUILTIN, strlen(BUILTIN)) == 0;

	if (builtin)
		buf_puts(&uri, BUILTIN);
	else if (file[0] == '/')
		buf_puts(&uri, "file://");
	uri_put(builtin ? file + strlen(BUILTIN) : file, "/", &uri);
	put_one(w, key, "uri", uri.data ? uri.data : "");
	w->out->failed |= uri.failed;
}

/* 3.11.3 wants sentences; ours have no full stop. */
static void put_sentence(struct jsonw *w, const char *key, const char *text, const char *more)
{
	_cleanup_buf_ struct buf sentence = { 0 };

	buf_printf(&sentence, "%s.", text);
	if (more)
		buf_printf(&sentence, "\n%s", more);
	put_one(w, key, "text", sentence.data ? sentence.data : text);
	w->out->failed |= sentence.failed;
}

static void put_rule(struct jsonw *w, const struct rule *rule)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "id", rule->id);
	put_sentence(w, "shortDescription", rule->summary, NULL);
	put_one(w, "fullDescription", "text", rule->help);
	put_one(w, "help", "text", rule->help);
	put_one(w, "defaultConfiguration", "level", severity_word(rule->severity));
	if (rule->requirement) {
		jsonw_object(w, "properties");
		jsonw_array(w, "tags");
		jsonw_string(w, NULL, rule->requirement);
		jsonw_array_end(w);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void put_tool(struct jsonw *w, const struct rules *rules)
{
	jsonw_object(w, "tool");
	jsonw_object(w, "driver");
	jsonw_string(w, "name", "hostportctl");
	jsonw_string(w, "version", HOSTPORTD_VERSION);
	jsonw_array(w, "rules");
	for (size_t i = 0; i < rules->len; i++)
		put_rule(w, &rules->items[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void put_location(struct jsonw *w, const struct finding *finding)
{
	jsonw_array(w, "locations");
	jsonw_object(w, NULL);
	jsonw_object(w, "physicalLocation");
	put_artifact(w, "artifactLocation", finding->file);
	if (finding->line) {
		jsonw_object(w, "region");
		jsonw_u64(w, "startLine", finding->line);
		if (finding->column)
			jsonw_u64(w, "startColumn", finding->column);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
	if (finding->path) {
		jsonw_array(w, "logicalLocations");
		put_one(w, NULL, "fullyQualifiedName", finding->path);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	jsonw_array_end(w);
}

/* 3.27.23: an empty list means not suppressed, an absent one not known. */
static void put_suppressions(struct jsonw *w, const struct finding *finding)
{
	jsonw_array(w, "suppressions");
	if (finding->accepted) {
		jsonw_object(w, NULL);
		jsonw_string(w, "kind", "inSource");
		jsonw_string(w, "justification", finding->accepted);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_result(struct jsonw *w, const struct rules *rules, const struct finding *finding,
		       const struct print *print)
{
	const struct rule *known = rules_find(rules, finding->rule->id);
	char text[40];

	(void)snprintf(text, sizeof(text), "%016" PRIx64 ":%u", print->digest, print->nth);
	jsonw_object(w, NULL);
	jsonw_string(w, "ruleId", finding->rule->id);
	if (known)
		jsonw_u64(w, "ruleIndex", (uint64_t)(known - rules->items));
	jsonw_string(w, "level", severity_word(finding->rule->severity));
	put_sentence(w, "message", finding->message, finding->suggestion);
	put_location(w, finding);
	put_one(w, "partialFingerprints", "hostportd/v1", text);
	put_suppressions(w, finding);
	jsonw_object_end(w);
}

static void put_invocation(struct jsonw *w, const struct findings *findings)
{
	char text[64];

	jsonw_array(w, "invocations");
	jsonw_object(w, NULL);
	jsonw_bool(w, "executionSuccessful", true);
	if (findings->left_out) {
		(void)snprintf(text, sizeof(text), "%zu more findings are left out.",
			       findings->left_out);
		jsonw_array(w, "toolExecutionNotifications");
		jsonw_object(w, NULL);
		jsonw_string(w, "level", "warning");
		put_one(w, "message", "text", text);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	jsonw_array_end(w);
}

static void put_run(struct jsonw *w, const struct report *report, const struct print *prints)
{
	_cleanup_buf_ struct buf id = { 0 };

	jsonw_object(w, NULL);
	put_tool(w, report->rules);
	buf_printf(&id, "%s/", report->tool); /* 3.17.3: no name of a single run after the slash */
	put_one(w, "automationDetails", "id", id.data ? id.data : "");
	w->out->failed |= id.failed;
	put_invocation(w, report->findings);
	jsonw_string(w, "columnKind", "unicodeCodePoints");
	jsonw_array(w, "artifacts");
	for (size_t i = 0; i < report->files_len; i++) {
		jsonw_object(w, NULL);
		put_artifact(w, "location", report->files[i]);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_array(w, "results");
	for (size_t i = 0; i < report->findings->len; i++)
		put_result(w, report->rules, &report->findings->items[i], &prints[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void report_sarif(const struct report *report, struct buf *out)
{
	_cleanup_free_ struct print *prints = prints_of(report->findings);
	struct jsonw w = { .out = out };

	if (!prints) {
		out->failed = true;
		return;
	}
	jsonw_object(&w, NULL);
	jsonw_string(&w, "$schema", SCHEMA);
	jsonw_string(&w, "version", "2.1.0");
	jsonw_array(&w, "runs");
	put_run(&w, report, prints);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	buf_putc(out, '\n');
}
