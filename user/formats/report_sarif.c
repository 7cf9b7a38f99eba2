// SPDX-License-Identifier: MIT
/* SARIF 2.1.0; the numbers in comments are the standard's sections. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/jsonw.h"
#include "report.h"

#define SCHEMA                                                                                     \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                      \
	"sarif-schema-2.1.0.json"

#define BUILTIN "builtin:" /* a scheme of its own: there is no such file */

/* What tells a finding from the others of a report, and the same one again in the next. */
struct print {
	uint64_t digest;
	size_t at;	  /* among the findings */
	unsigned int nth; /* of those with the digest, from 1 */
};

static uint64_t digest_add(uint64_t digest, const char *text)
{
	const char *s = text ? text : "";

	do /* the zero byte, too: it parts one text from the next */
		digest = (digest ^ (unsigned char)*s) * 0x100000001b3ULL;
	while (*s++);
	return digest;
}

/*
 * FNV-1a. Neither the place nor the message counts: lines shift, and the
 * message may name other lines.
 */
static uint64_t digest_of(const struct finding *finding)
{
	uint64_t digest = 0xcbf29ce484222325ULL;
	char port[32];

	(void)snprintf(port, sizeof(port), "%u/%u", finding->proto, finding->port);
	digest = digest_add(digest, finding->rule->id);
	digest = digest_add(digest, finding->file);
	digest = digest_add(digest, finding->path);
	return digest_add(digest, port);
}

static int compare_digests(const void *a, const void *b)
{
	const struct print *pa = a, *pb = b;

	if (pa->digest != pb->digest)
		return pa->digest < pb->digest ? -1 : 1;
	return pa->at < pb->at ? -1 : pa->at > pb->at;
}

static int compare_places(const void *a, const void *b)
{
	const struct print *pa = a, *pb = b;

	return pa->at < pb->at ? -1 : pa->at > pb->at;
}

/* One for each finding, in their order; NULL when memory ran out. */
static struct print *prints_of(const struct findings *findings)
{
	struct print *prints = calloc(findings->len + 1, sizeof(*prints));

	if (!prints)
		return NULL;
	for (size_t i = 0; i < findings->len; i++)
		prints[i] = (struct print) { .digest = digest_of(&findings->items[i]), .at = i };
	qsort(prints, findings->len, sizeof(*prints), compare_digests);
	for (size_t i = 0; i < findings->len; i++) {
		bool again = i && prints[i - 1].digest == prints[i].digest;

		prints[i].nth = again ? prints[i - 1].nth + 1 : 1;
	}
	qsort(prints, findings->len, sizeof(*prints), compare_places);
	return prints;
}

static void put_uri_path(const char *path, struct buf *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";

	for (; *path; path++) {
		if (strchr(plain, *path))
			buf_putc(out, *path);
		else
			buf_printf(out, "%%%02X", (unsigned char)*path);
	}
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
	put_uri_path(builtin ? file + strlen(BUILTIN) : file, &uri);
	jsonw_object(w, key);
	jsonw_string(w, "uri", uri.data ? uri.data : "");
	jsonw_object_end(w);
	w->out->failed = w->out->failed || uri.failed;
}

static void put_message(struct jsonw *w, const char *key, const char *text)
{
	jsonw_object(w, key);
	jsonw_string(w, "text", text);
	jsonw_object_end(w);
}

/* 3.11.3 wants sentences; ours have no full stop. */
static void put_sentence(struct jsonw *w, const char *key, const char *text, const char *more)
{
	_cleanup_buf_ struct buf sentence = { 0 };

	buf_printf(&sentence, "%s.", text);
	if (more)
		buf_printf(&sentence, "\n%s", more);
	put_message(w, key, sentence.data ? sentence.data : text);
	w->out->failed = w->out->failed || sentence.failed;
}

static void put_rule(struct jsonw *w, const struct rule *rule)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "id", rule->id);
	put_sentence(w, "shortDescription", rule->summary, NULL);
	put_message(w, "fullDescription", rule->help);
	put_message(w, "help", rule->help);
	jsonw_object(w, "defaultConfiguration");
	jsonw_string(w, "level", severity_word(rule->severity));
	jsonw_object_end(w);
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
		jsonw_object(w, NULL);
		jsonw_string(w, "fullyQualifiedName", finding->path);
		jsonw_object_end(w);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
	jsonw_array_end(w);
}

/* 3.27.23: an empty list says that it is not suppressed, an absent one nothing. */
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
	jsonw_object(w, "partialFingerprints");
	jsonw_string(w, "hostportd/v1", text);
	jsonw_object_end(w);
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
		put_message(w, "message", text);
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
	jsonw_object(w, "automationDetails");
	jsonw_string(w, "id", id.data ? id.data : "");
	jsonw_object_end(w);
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
