// SPDX-License-Identifier: MIT
#include "listeners_openreports.h"

#include <inttypes.h>
#include <string.h>

#include "../identity/workload_json.h"
#include "../policy/policy.h"
#include "../registry/words.h"
#include "openreports.h"

#define TOOL "hostportctl listeners"

/* The rule of the Host Port Registry that a class breaks. */
static const char *const requirements[] = {
	[HP_CLASS_UNREGISTERED] = "R1", [HP_CLASS_RETIRED] = "R1", [HP_CLASS_INACTIVE] = "R1",
	[HP_CLASS_SCOPE] = "R4",	[HP_CLASS_OWNER] = "R1",   [HP_CLASS_UNDECLARED] = "R3",
	[HP_CLASS_EPHEMERAL] = "R1",
};
_Static_assert(ARRAY_LEN(requirements) == HP_CLASS_MAX, "one for each class");

/* ---- one listener --------------------------------------------------------------------------- */
static bool is_verdict(const struct json *l, unsigned int verdict)
{
	return strcmp(json_member_text(l, "verdict", ""), word_verdict(verdict)) == 0;
}

static enum openreports_outcome outcome_of(const struct json *l)
{
	if (is_verdict(l, HP_VERDICT_ALLOWED))
		return OPENREPORTS_PASS;
	if (is_verdict(l, HP_VERDICT_EXCEPTED))
		return OPENREPORTS_SKIP;
	if (is_verdict(l, HP_VERDICT_AUDITED) || is_verdict(l, HP_VERDICT_DENIED))
		return OPENREPORTS_FAIL;
	return OPENREPORTS_ERROR; /* of a later agent */
}

/* "tcp 0.0.0.0:80, nginx[4711], unit web.service" */
static void put_socket(const struct json *l, struct buf *out)
{
	const char *comm = json_member_text(l, "comm", "");
	bool v6 = strcmp(json_member_text(l, "family", ""), "ipv6") == 0;

	buf_printf(out, v6 ? "%s [%s]:%" PRIu64 : "%s %s:%" PRIu64,
		   json_member_text(l, "protocol", "?"), json_member_text(l, "address", "*"),
		   json_member_u64(l, "port", 0));
	if (*comm)
		buf_printf(out, ", %s[%" PRIu64 "]", comm, json_member_u64(l, "pid", 0));
	buf_puts(out, ", ");
	workload_json_text(l, out);
}

/* A result without resources is about the report's node. */
static void put_pod(struct openreports *report, const struct json *workload)
{
	const char *pod = json_member_text(workload, "pod", "");

	if (!*pod)
		return;
	jsonw_array(&report->w, "resources");
	jsonw_object(&report->w, NULL);
	jsonw_plain(&report->w, "apiVersion", "v1");
	jsonw_plain(&report->w, "kind", "Pod");
	jsonw_string_opt(&report->w, "namespace", json_member_text(workload, "namespace", ""));
	jsonw_string(&report->w, "name", pod);
	jsonw_string_opt(&report->w, "uid", json_member_text(workload, "uid", ""));
	jsonw_object_end(&report->w);
	jsonw_array_end(&report->w);
}

static void put_texts(struct openreports *report, const struct json *from, const char *const *keys,
		      size_t len)
{
	for (size_t i = 0; i < len; i++)
		openreports_property(report, keys[i], json_member_text(from, keys[i], NULL));
}

static void put_properties(struct openreports *report, const struct json *l)
{
	static const char *const texts[] = { "protocol", "family", "address", "comm",
					     "exe",	 "cgroup", "verdict" };
	static const char *const of_workload[] = { "unit", "container" };
	static const char *const of_entry[] = { "layer", "process", "team" };

	jsonw_object(&report->w, "properties");
	openreports_property_u64(report, "port", json_member_u64(l, "port", 0));
	if (json_member_u64(l, "pid", 0))
		openreports_property_u64(report, "pid", json_member_u64(l, "pid", 0));
	put_texts(report, l, texts, ARRAY_LEN(texts));
	put_texts(report, json_member(l, "workload"), of_workload, ARRAY_LEN(of_workload));
	put_texts(report, json_member(l, "entry"), of_entry, ARRAY_LEN(of_entry));
	jsonw_object_end(&report->w);
}

static void put_result(struct openreports *report, const struct json *l,
		       struct openreports_result result, const char *what)
{
	_cleanup_buf_ struct buf message = { 0 };

	put_socket(l, &message);
	buf_printf(&message, ": %s", what);
	report->w.out->failed |= message.failed;
	result.message = message.failed ? what : message.data;
	openreports_begin_result(report, &result);
	put_pod(report, json_member(l, "workload"));
	put_properties(report, l);
	openreports_end_result(report);
}

/* What the agent says of a class is its rule's name. */
static void put_verdict(struct openreports *report, const struct json *l)
{
	const char *word = json_member_text(l, "class", "none");
	int cls = word_to_class(word);
	struct openreports_result result = {
		.outcome = outcome_of(l),
		.severity = OPENREPORTS_INFO,
		.rule = strcmp(word, word_class(HP_CLASS_NONE)) == 0 ? "registered" : word,
		.category = cls < 0 ? NULL : requirements[cls],
	};
	bool is_default = cls >= 0 && POLICY_DENIES_DEFAULT & 1U << cls;

	if (result.outcome != OPENREPORTS_PASS)
		result.severity = is_default ? OPENREPORTS_HIGH : OPENREPORTS_MEDIUM;
	put_result(report, l, result, result.rule);
}

static void put_undocumented(struct openreports *report, const struct json *l)
{
	static const struct openreports_result result = {
		.outcome = OPENREPORTS_FAIL,
		.severity = OPENREPORTS_MEDIUM,
		.rule = "outside-documented-range",
		.category = "R2",
	};

	if (json_member_bool(l, "documented", true)) /* null: the rule does not apply */
		return;
	put_result(report, l, result, "it can be reached, and is in no documented range");
}

void listeners_openreports(const struct json *document, const char *node, struct buf *out)
{
	const struct json *listeners = json_member(document, "listeners");
	struct openreports report;

	openreports_begin(&report, TOOL, node, out);
	for (size_t i = 0; i < json_len(listeners); i++) {
		put_verdict(&report, json_at(listeners, i));
		put_undocumented(&report, json_at(listeners, i));
	}
	openreports_left_out(&report, json_member_u64(document, "left_out", 0));
	openreports_end(&report);
}
