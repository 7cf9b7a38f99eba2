// SPDX-License-Identifier: MIT
#include "cursor.h"

#include <string.h>

#include "../../base/parse.h"

size_t cursor_key(struct cursor *cursor, const char *key)
{
	size_t mark = cursor->path.len;
	bool plain = *key;

	for (const char *c = key; *c; c++)
		plain &= (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			 (*c >= '0' && *c <= '9') || *c == '_';
	if (plain)
		buf_printf(&cursor->path, ".%.*s", CURSOR_TEXT_MAX, key);
	else
		buf_printf(&cursor->path, "['%.*s']", CURSOR_TEXT_MAX, key);
	return mark;
}

size_t cursor_index(struct cursor *cursor, unsigned int index)
{
	size_t mark = cursor->path.len;

	buf_printf(&cursor->path, "[%u]", index);
	return mark;
}

void cursor_leave(struct cursor *cursor, size_t mark)
{
	if (cursor->path.failed)
		return;
	cursor->path.len = mark;
	cursor->path.data[mark] = '\0';
}

struct place cursor_place(struct cursor *cursor, const struct yaml_node *node, const char *key)
{
	size_t mark = key ? cursor_key(cursor, key) : cursor->path.len;
	struct place place = {
		.file = cursor->file,
		.line = node->line,
		.column = node->column,
		.path = arena_text_max(&cursor->check->arena, cursor->path.data, CURSOR_PATH_MAX),
	};

	cursor->check->arena.failed |= cursor->path.failed;
	cursor_leave(cursor, mark);
	return place;
}

const char *cursor_text(struct cursor *cursor, const struct yaml_node *mapping, const char *key)
{
	return arena_text_max(&cursor->check->arena, yaml_query_text(&cursor->doc, mapping, key),
			      CURSOR_TEXT_MAX);
}

bool cursor_count(struct cursor *cursor, const struct yaml_node *node, uint32_t *count,
		  uint32_t max, const char *what)
{
	struct place place;

	if (*count < max) {
		(*count)++;
		return true;
	}
	if (*count == max) {
		(*count)++;
		place = cursor_place(cursor, node, NULL);
		(void)check_add_finding(cursor->check, RULE_BROKEN, &place, cursor->ignores, NULL,
					0, 0,
					"%s has more than %u %s: the others were not looked at",
					cursor->who, max, what);
	}
	return false;
}

bool cursor_is_placeholder(const char *text)
{
	static const char *const marks[] = { "{{", "${", "$(", "{%", "<%" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (strstr(text, marks[i]))
			return true;
	return false;
}

static void say(struct cursor *cursor, const struct yaml_node *value, const char *key,
		const char *text, const char *why)
{
	struct place place = cursor_place(cursor, value, key);

	(void)check_add_finding(cursor->check, RULE_INVALID_PORT, &place, cursor->ignores, NULL, 0,
				0, "%s of %s: %.64s: %s", key, cursor->who, text, why);
}

/* A placeholder is one finding for the document, for there are rarely few. */
static bool is_placeholder(struct cursor *cursor, const struct yaml_node *value, const char *key,
			   const char *text)
{
	struct place place;

	if (!cursor_is_placeholder(text))
		return false;
	if (cursor->templated)
		return true;
	cursor->templated = true;
	place = cursor_place(cursor, value, key);
	(void)check_add_finding(cursor->check, RULE_TEMPLATE, &place, cursor->ignores, NULL, 0, 0,
				"%s of %s is a placeholder, %.64s: render the template first (helm "
				"template, oc process, envsubst)",
				key, cursor->who, text);
	return true;
}

static int number(struct cursor *cursor, const struct yaml_node *value, const char *key,
		  const char *text, uint16_t *ret)
{
	if (parse_port(text, ret) == 0)
		return 1;
	say(cursor, value, key, text, "not a number from 1 to 65535");
	return 0;
}

int cursor_port(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
		uint16_t *ret)
{
	const struct yaml_node *value = yaml_query(&cursor->doc, mapping, key);
	const char *text;

	if (!value)
		return 0;
	if (value->kind != YAML_KIND_SCALAR) {
		say(cursor, value, key, "a list or a mapping", "not a number from 1 to 65535");
		return 0;
	}
	text = yaml_tree_text(cursor->doc.tree, value);
	if (is_placeholder(cursor, value, key, text))
		return 0;
	if (value->plain)
		return number(cursor, value, key, text, ret);
	say(cursor, value, key, text, "a text: a port is a number, without quotes");
	return 0;
}

int cursor_port_or_name(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
			uint16_t *ret, const char **ret_name)
{
	const struct yaml_node *value = yaml_query(&cursor->doc, mapping, key);
	const char *text;

	if (!value)
		return 0;
	if (value->kind != YAML_KIND_SCALAR) {
		say(cursor, value, key, "a list or a mapping", "not a port");
		return 0;
	}
	text = yaml_tree_text(cursor->doc.tree, value);
	if (is_placeholder(cursor, value, key, text))
		return 0;
	*ret_name = NULL;
	if (text[strspn(text, "-0123456789")] == '\0')
		return number(cursor, value, key, text, ret);
	*ret = 0;
	*ret_name = arena_text_max(&cursor->check->arena, text, CURSOR_TEXT_MAX);
	return 1;
}

bool cursor_protocol(struct cursor *cursor, const struct yaml_node *mapping, uint8_t *ret)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "TCP", HP_PROTO_TCP },
		{ "UDP", HP_PROTO_UDP },
		{ "SCTP", HP_PROTO_SCTP },
	};
	const struct yaml_node *value = yaml_query(&cursor->doc, mapping, "protocol");
	const char *text = "a list or a mapping";

	*ret = HP_PROTO_TCP;
	if (!value)
		return true;
	if (value->kind == YAML_KIND_SCALAR)
		text = yaml_tree_text(cursor->doc.tree, value);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		*ret = words[i].proto;
		return true;
	}
	if (!is_placeholder(cursor, value, "protocol", text))
		say(cursor, value, "protocol", text, "not TCP, UDP or SCTP");
	return false;
}
