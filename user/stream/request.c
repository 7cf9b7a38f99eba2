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
		r = parse_classes(json_member(json, "classes"), &request.classes, err);
	if (r == 0)
		r = parse_pod(json_member(json, "pod"), request.pod, err);
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
