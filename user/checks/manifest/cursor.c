// SPDX-License-Identifier: MIT
#include "cursor.h"

#include <string.h>

#include "../../base/parse.h"

size_t reading_key(struct reading *r, const char *key)
{
	size_t mark = r->path.len;
	bool plain = *key;

	for (const char *c = key; *c; c++)
		plain &= (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			 (*c >= '0' && *c <= '9') || *c == '_';
	if (plain)
		buf_printf(&r->path, ".%.*s", READING_TEXT_MAX, key);
	else
		buf_printf(&r->path, "['%.*s']", READING_TEXT_MAX, key);
	return mark;
}

size_t reading_index(struct reading *r, unsigned int index)
{
	size_t mark = r->path.len;

	buf_printf(&r->path, "[%u]", index);
	return mark;
}

void reading_leave(struct reading *r, size_t mark)
{
	if (r->path.failed)
		return;
	r->path.len = mark;
	r->path.data[mark] = '\0';
}

struct place reading_place(struct reading *r, const struct yaml_node *node, const char *key)
{
	size_t mark = key ? reading_key(r, key) : r->path.len;
	struct place place = {
		.file = r->file,
		.line = node->line,
		.column = node->column,
		.path = arena_text_max(&r->check->arena, r->path.data, READING_PATH_MAX),
	};

	r->check->arena.failed |= r->path.failed;
	reading_leave(r, mark);
	return place;
}

const char *reading_text(struct reading *r, const struct yaml_node *mapping, const char *key)
{
	return arena_text_max(&r->check->arena, lookup_text(&r->doc, mapping, key),
			      READING_TEXT_MAX);
}

bool reading_count(struct reading *r, const struct yaml_node *node, uint32_t *count, uint32_t max,
		   const char *what)
{
	struct place place;

	if (*count < max) {
		(*count)++;
		return true;
	}
	if (*count == max) {
		(*count)++;
		place = reading_place(r, node, NULL);
		(void)check_say(r->check, RULE_BROKEN, &place, r->ignores, NULL, 0, 0,
				"%s has more than %u %s: the others were not looked at", r->who,
				max, what);
	}
	return false;
}

bool reading_is_placeholder(const char *text)
{
	static const char *const marks[] = { "{{", "${", "$(", "{%", "<%" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strstr(text, marks[i]))
			return true;
	return false;
}

static void say(struct reading *r, const struct yaml_node *value, const char *key, const char *text,
		const char *why)
{
	struct place place = reading_place(r, value, key);

	(void)check_say(r->check, RULE_INVALID_PORT, &place, r->ignores, NULL, 0, 0,
			"%s of %s: %.64s: %s", key, r->who, text, why);
}

/* A placeholder is one finding for the document, for there are rarely few. */
static bool is_placeholder(struct reading *r, const struct yaml_node *value, const char *key,
			   const char *text)
{
	struct place place;

	if (!reading_is_placeholder(text))
		return false;
	if (r->templated)
		return true;
	r->templated = true;
	place = reading_place(r, value, key);
	(void)check_say(r->check, RULE_TEMPLATE, &place, r->ignores, NULL, 0, 0,
			"%s of %s is a placeholder, %.64s: render the template first (helm "
			"template, oc process, envsubst)",
			key, r->who, text);
	return true;
}

static int number(struct reading *r, const struct yaml_node *value, const char *key,
		  const char *text, uint16_t *ret)
{
	if (parse_port(text, ret) == 0)
		return 1;
	say(r, value, key, text, "not a number from 1 to 65535");
	return 0;
}

int reading_port(struct reading *r, const struct yaml_node *mapping, const char *key, uint16_t *ret)
{
	const struct yaml_node *value = lookup(&r->doc, mapping, key);
	const char *text;

	if (!value)
		return 0;
	if (value->kind != YAML_KIND_SCALAR) {
		say(r, value, key, "a list or a mapping", "not a number from 1 to 65535");
		return 0;
	}
	text = yaml_tree_text(r->doc.tree, value);
	if (is_placeholder(r, value, key, text))
		return 0;
	if (value->plain)
		return number(r, value, key, text, ret);
	say(r, value, key, text, "a text: a port is a number, without quotes");
	return 0;
}

int reading_port_or_name(struct reading *r, const struct yaml_node *mapping, const char *key,
			 uint16_t *ret, const char **ret_name)
{
	const struct yaml_node *value = lookup(&r->doc, mapping, key);
	const char *text;

	if (!value)
		return 0;
	if (value->kind != YAML_KIND_SCALAR) {
		say(r, value, key, "a list or a mapping", "not a port");
		return 0;
	}
	text = yaml_tree_text(r->doc.tree, value);
	if (is_placeholder(r, value, key, text))
		return 0;
	*ret_name = NULL;
	if (text[strspn(text, "-0123456789")] == '\0')
		return number(r, value, key, text, ret);
	*ret = 0;
	*ret_name = arena_text_max(&r->check->arena, text, READING_TEXT_MAX);
	return 1;
}

bool reading_protocol(struct reading *r, const struct yaml_node *mapping, uint8_t *ret)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "TCP", HP_PROTO_TCP },
		{ "UDP", HP_PROTO_UDP },
		{ "SCTP", HP_PROTO_SCTP },
	};
	const struct yaml_node *value = lookup(&r->doc, mapping, "protocol");
	const char *text = "a list or a mapping";

	*ret = HP_PROTO_TCP;
	if (!value)
		return true;
	if (value->kind == YAML_KIND_SCALAR)
		text = yaml_tree_text(r->doc.tree, value);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		*ret = words[i].proto;
		return true;
	}
	if (!is_placeholder(r, value, "protocol", text))
		say(r, value, "protocol", text, "not TCP, UDP or SCTP");
	return false;
}
