// SPDX-License-Identifier: MIT
#include "request.h"

#include <errno.h>
#include <string.h>

#include "../base/json.h"
#include "../registry/words.h"

static const char *const verbs[] = {
	[REQUEST_STATUS] = "status",	   [REQUEST_TAIL] = "tail",
	[REQUEST_LISTENERS] = "listeners", [REQUEST_SELFTEST] = "selftest",
	[REQUEST_DETACH] = "detach",	   [REQUEST_RELOAD] = "reload",
	[REQUEST_MODE] = "mode",	   [REQUEST_LEARN] = "learn",
	[REQUEST_PODS] = "pods",	   [REQUEST_IMPACT] = "impact",
};

static const char *const forms[] = {
	[FORM_JSON] = "json",
	[FORM_TEXT] = "text",
	[FORM_COLOUR] = "colour",
};

static int index_of(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -EINVAL;
}

static int parse_classes(const struct json *list, uint32_t *ret_classes, struct buf *err)
{
	uint32_t classes = 0;
	const char *word;
	int cls;

	if (list && !json_is_list(list)) {
		buf_puts(err, "classes: not a list");
		return -EINVAL;
	}
	for (size_t i = 0; i < json_len(list); i++) {
		word = json_text(json_at(list, i), "");
		cls = word_to_class(word);
		if (cls < 0) {
			buf_printf(err, "classes: %s: no such class", word);
			return cls;
		}
		classes |= 1U << cls;
	}
	*ret_classes = classes;
	return 0;
}

/* A member of a wrong type is an error: its default would do what nobody asked for. */
static int parse_form(const struct json *request, enum form *ret_form, struct buf *err)
{
	const struct json *member = json_member(request, "form");
	const char *text = member ? json_text(member, "") : forms[FORM_JSON];
	int form = index_of(forms, ARRAY_LEN(forms), text);

	if (form < 0) {
		buf_printf(err, "form: %s: not known to this agent", text);
		return form;
	}
	*ret_form = (enum form)form;
	return 0;
}

static int parse_replay(const struct json *request, size_t *ret_replay, struct buf *err)
{
	const struct json *member = json_member(request, "replay");
	uint64_t replay = member ? json_u64(member, UINT64_MAX) : 0;

	if (replay == UINT64_MAX) {
		buf_puts(err, "replay: not a number of events");
		return -EINVAL;
	}
	*ret_replay = replay < REPLAY_MAX ? replay : REPLAY_MAX;
	return 0;
}

static int parse_pod(const struct json *member, char ret_pod[POD_PATTERN_MAX + 1], struct buf *err)
{
	const char *pattern = json_text(member, "");
	int r;

	if (!member)
		return 0;
	buf_puts(err, "pod: ");
	r = pod_pattern_check(pattern, err);
	if (r < 0)
		return r;
	buf_reset(err);
	(void)strcpy(ret_pod, pattern);
	return 0;
}

static int parse_unit(const struct json *member, char *ret_unit, size_t size, struct buf *err)
{
	const char *unit = json_text(member, "");

	if (!member)
		return 0;
	if (!*unit || strlen(unit) >= size) {
		buf_printf(err, "unit: not a text of 1 to %zu bytes", size - 1);
		return -EINVAL;
	}
	(void)strcpy(ret_unit, unit);
	return 0;
}

static int verdict_of(const char *word)
{
	for (unsigned int v = HP_VERDICT_ALLOWED; v < HP_VERDICT_MAX; v++)
		if (strcmp(word_verdict(v), word) == 0)
			return (int)v;
	return -EINVAL;
}

static int parse_verdicts(const struct json *list, uint32_t *ret_verdicts, struct buf *err)
{
	uint32_t verdicts = 0;

	if (list && !json_is_list(list)) {
		buf_puts(err, "verdicts: not a list");
		return -EINVAL;
	}
	for (size_t i = 0; i < json_len(list); i++) {
		const char *word = json_text(json_at(list, i), "");
		int verdict = verdict_of(word);

		if (verdict < 0) {
			buf_printf(err, "verdicts: %s: no such verdict", word);
			return verdict;
		}
		verdicts |= 1U << verdict;
	}
	*ret_verdicts = verdicts;
	return 0;
}

/* [FIRST,LAST], and the protocol. */
static int parse_ports(const struct json *json, struct request *request, struct buf *err)
{
	const struct json *ports = json_member(json, "ports");
	const struct json *protocol = json_member(json, "protocol");
	uint64_t first = json_u64(json_at(ports, 0), 0), last = json_u64(json_at(ports, 1), 0);
	int proto = word_to_proto(json_text(protocol, ""));

	if (ports && (json_len(ports) != 2 || !first || first > last || last > UINT16_MAX)) {
		buf_puts(err, "ports: not [FIRST,LAST]");
		return -EINVAL;
	}
	if (protocol && proto < 0) {
		buf_printf(err, "protocol: %s: no such protocol", json_text(protocol, ""));
		return -EINVAL;
	}
	request->first = (uint16_t)first;
	request->last = (uint16_t)last;
	request->has_proto = protocol != NULL;
	request->proto = protocol ? (uint8_t)proto : 0;
	return 0;
}

static int parse_since(const struct json *member, uint64_t *ret_since, struct buf *err)
{
	uint64_t since = member ? json_u64(member, UINT64_MAX) : 0;

	if (since == UINT64_MAX) {
		buf_puts(err, "since: not a number of seconds");
		return -EINVAL;
	}
	*ret_since = since;
	return 0;
}

/* Which lines a reader wants. */
static int parse_wanted(const struct json *json, struct request *request, struct buf *err)
{
	int r = parse_classes(json_member(json, "classes"), &request->classes, err);

	if (r == 0)
		r = parse_pod(json_member(json, "pod"), request->pod, err);
	if (r == 0)
		r = parse_unit(json_member(json, "unit"), request->unit, sizeof(request->unit),
			       err);
	if (r == 0)
		r = parse_verdicts(json_member(json, "verdicts"), &request->verdicts, err);
	if (r == 0)
		r = parse_ports(json, request, err);
	if (r == 0)
		r = parse_since(json_member(json, "since"), &request->since, err);
	return r;
}

static int parse_flag(const struct json *request, const char *key, bool *ret_flag, struct buf *err)
{
	const struct json *member = json_member(request, key);

	*ret_flag = json_bool(member, false);
	if (!member || json_bool(member, true) == *ret_flag)
		return 0;
	buf_printf(err, "%s: not true or false", key);
	return -EINVAL;
}

/* What the verb mode needs. */
static int parse_mode(const struct json *request, uint32_t *ret_mode, struct buf *err)
{
	const char *word = json_member_text(request, "mode", "");
	int mode = word_to_mode(word);

	if (mode < 0) {
		buf_printf(err, "mode: %s: not audit or enforce", word);
		return mode;
	}
	*ret_mode = (uint32_t)mode;
	return 0;
}

int request_parse(const char *text, size_t len, struct request *ret_request, struct buf *err)
{
	_cleanup_(json_freep) struct json *json = NULL;
	struct request request = { 0 };
	const char *word;
	int r = json_parse(text, len, err, &json), verb;

	if (r < 0)
		return r;
	word = json_member_text(json, "verb", "");
	verb = index_of(verbs, ARRAY_LEN(verbs), word);
	if (verb < 0) {
		buf_printf(err, "verb: %s: not known to this agent", word);
		return verb;
	}
	request.verb = (enum request_verb)verb;
	r = parse_form(json, &request.form, err);
	if (r == 0)
		r = parse_replay(json, &request.replay, err);
	if (r == 0)
		r = parse_wanted(json, &request, err);
	if (r == 0 && request.verb == REQUEST_MODE)
		r = parse_mode(json, &request.mode, err);
	if (r == 0)
		r = parse_flag(json, "shrink", &request.shrink, err);
	if (r == 0)
		r = parse_flag(json, "yes", &request.yes, err);
	if (r == 0)
		*ret_request = request;
	return r;
}
