// SPDX-License-Identifier: MIT
#include "cursor.h"

#include <arpa/inet.h>
#include <string.h>

#include "../../base/parse.h"
#include "placeholder.h"
#include "template.h"

#define NOT_A_NUMBER "not a number from 1 to 65535"

/* ---- where we are -------------------------------------------------------------------------- */
size_t cursor_key(struct cursor *cursor, const char *key)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_";
	size_t mark = cursor->path.len;

	if (*key && !key[strspn(key, plain)])
		buf_printf(&cursor->path, ".%.*s", CURSOR_TEXT_MAX, key);
	else
		buf_printf(&cursor->path, "['%.*s']", CURSOR_TEXT_MAX, key);
	return mark;
}

size_t cursor_path(struct cursor *cursor, const char *path)
{
	size_t mark = cursor->path.len;

	if (*path)
		buf_printf(&cursor->path, ".%s", path);
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

static const struct yaml_node *go_to_item(struct cursor *cursor, struct cursor_list *list,
					  const struct yaml_node *item)
{
	list->item = item;
	if (item)
		list->inner = cursor_index(cursor, list->next++);
	else
		cursor_leave(cursor, list->outer);
	return item;
}

/* How many items of a list are in earlier parts of the document. */
static unsigned int items_before(const struct cursor *cursor, const struct yaml_node *mapping,
				 const char *path)
{
	const struct yaml_tree *tree = cursor->doc.tree;

	return mapping == tree->nodes && strcmp(path, "items") == 0 ? (unsigned int)tree->before :
								      0;
}

const struct yaml_node *cursor_first(struct cursor *cursor, const struct yaml_node *mapping,
				     const char *path, struct cursor_list *list)
{
	*list = (struct cursor_list) {
		.outer = cursor_path(cursor, path),
		.next = items_before(cursor, mapping, path),
	};
	return go_to_item(cursor, list, yaml_query_first(&cursor->doc, mapping, path));
}

const struct yaml_node *cursor_next(struct cursor *cursor, struct cursor_list *list)
{
	cursor_leave(cursor, list->inner);
	return go_to_item(cursor, list, yaml_query_next(&cursor->doc, list->item));
}

struct place cursor_place(struct cursor *cursor, const struct yaml_node *node, const char *key)
{
	size_t mark = key ? cursor_key(cursor, key) : cursor->path.len;
	struct place place = {
		.file = cursor->file,
		.line = node->line,
		.column = node->column,
		.path = arena_text_max(&cursor->model->arena, cursor->path.data, CURSOR_PATH_MAX),
	};

	if (cursor->around.line) {
		place.line = cursor->around.line + (cursor->around.lines ? node->line : 0);
		place.column = cursor->around.lines ? 1 : cursor->around.column;
	}
	cursor->model->arena.failed |= cursor->path.failed;
	cursor_leave(cursor, mark);
	return place;
}

/* ---- findings ------------------------------------------------------------------------------ */
struct finding *cursor_add_finding(struct cursor *cursor, enum manifest_rule rule,
				   const struct yaml_node *node, const char *key, const char *fmt,
				   ...)
{
	struct place place = cursor_place(cursor, node, key);
	_cleanup_buf_ struct buf message = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	if (message.failed) {
		cursor->findings->failed = true;
		return NULL;
	}
	return manifest_add_finding(cursor->findings, rule, &place, cursor->ignores, NULL, 0, 0,
				    "%s", message.data);
}

bool cursor_count(struct cursor *cursor, const struct yaml_node *node, uint32_t *count,
		  uint32_t max, const char *what)
{
	if (*count > max)
		return false;
	if ((*count)++ < max)
		return true;
	(void)cursor_add_finding(cursor, RULE_BROKEN, node, NULL,
				 "%s has more than %u %s: the others were not looked at",
				 cursor->full_name, max, what);
	return false;
}

static void add_invalid(struct cursor *cursor, const struct yaml_node *value, const char *key,
			const char *text, const char *why)
{
	(void)cursor_add_finding(cursor, RULE_INVALID_PORT, value, key, "%s of %s: %.64s: %s", key,
				 cursor->full_name, text, why);
}

void cursor_add_template(struct cursor *cursor, const struct yaml_node *value, const char *key,
			 const char *what, const char *text)
{
	struct finding *f;

	if (cursor->templated)
		return;
	cursor->templated = true;
	if (!template_is_new(cursor->model))
		return;
	f = cursor_add_finding(cursor, RULE_TEMPLATE, value, key,
			       "%s is a placeholder, %.64s: render the template first", what, text);
	template_suggest(cursor->model, f);
}

/* ---- values -------------------------------------------------------------------------------- */
const char *cursor_text(struct cursor *cursor, const struct yaml_node *mapping, const char *key)
{
	return arena_text_max(&cursor->model->arena, yaml_query_text(&cursor->doc, mapping, key),
			      CURSOR_TEXT_MAX);
}

struct label_reader {
	struct cursor *cursor;
	struct label *labels;
};

static void add_label(void *data, const struct yaml_node *key, const struct yaml_node *value)
{
	struct label_reader *reader = data;
	const struct yaml_tree *tree = reader->cursor->doc.tree;
	struct arena *arena = &reader->cursor->model->arena;
	struct label *label;

	if (value->kind != YAML_KIND_SCALAR)
		return;
	label = arena_take(arena, sizeof(*label));
	if (!label)
		return;
	label->key = arena_text_max(arena, yaml_tree_text(tree, key), CURSOR_TEXT_MAX);
	label->value = arena_text_max(arena, yaml_tree_text(tree, value), CURSOR_TEXT_MAX);
	label->next = reader->labels;
	if (label->key && label->value)
		reader->labels = label;
}

struct label *cursor_labels(struct cursor *cursor, const struct yaml_node *mapping,
			    const char *path)
{
	struct label_reader reader = { .cursor = cursor };

	yaml_query_pairs(&cursor->doc, mapping, path, add_label, &reader);
	return reader.labels;
}

static void add_template(struct cursor *cursor, const struct yaml_node *value, const char *key,
			 const char *text)
{
	_cleanup_buf_ struct buf what = { 0 };

	buf_printf(&what, "%s of %s", key, cursor->full_name);
	cursor->findings->failed |= what.failed;
	if (!what.failed)
		cursor_add_template(cursor, value, key, what.data, text);
}

/*
 * The text of a key's scalar. NULL: there is none (*ret_value is NULL), or it is a finding, or a
 * placeholder.
 */
static const char *read_scalar(struct cursor *cursor, const struct yaml_node *mapping,
			       const char *key, const char *why, const struct yaml_node **ret_value)
{
	const struct yaml_node *value = yaml_query(&cursor->doc, mapping, key);
	const char *text;

	*ret_value = value;
	if (!value)
		return NULL;
	if (value->kind != YAML_KIND_SCALAR) {
		add_invalid(cursor, value, key, "a list or a mapping", why);
		return NULL;
	}
	text = yaml_tree_text(cursor->doc.tree, value);
	if (!placeholder_in(text))
		return text;
	if (cursor->of_node)
		add_template(cursor, value, key, text);
	return NULL;
}

static bool parse_number(struct cursor *cursor, const struct yaml_node *value, const char *key,
			 const char *text, uint16_t *ret)
{
	if (parse_port(text, ret) == 0)
		return true;
	add_invalid(cursor, value, key, text, NOT_A_NUMBER);
	return false;
}

bool cursor_port(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
		 uint16_t *ret)
{
	const struct yaml_node *value;
	const char *text = read_scalar(cursor, mapping, key, NOT_A_NUMBER, &value);

	if (!text)
		return false;
	if (value->plain)
		return parse_number(cursor, value, key, text, ret);
	add_invalid(cursor, value, key, text, "a text: a port is a number, without quotes");
	return false;
}

bool cursor_port_or_name(struct cursor *cursor, const struct yaml_node *mapping, const char *key,
			 uint16_t *ret, const char **ret_name)
{
	const struct yaml_node *value;
	const char *text = read_scalar(cursor, mapping, key, "not a port", &value);

	if (!text)
		return false;
	*ret_name = NULL;
	if (text[strspn(text, "-0123456789")] == '\0')
		return parse_number(cursor, value, key, text, ret);
	*ret = 0;
	*ret_name = arena_text_max(&cursor->model->arena, text, CURSOR_TEXT_MAX);
	return true;
}

bool cursor_protocol(struct cursor *cursor, const struct yaml_node *mapping, uint8_t *ret)
{
	static const char not_one[] = "not TCP, UDP or SCTP";
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "TCP", HP_PROTO_TCP },
		{ "UDP", HP_PROTO_UDP },
		{ "SCTP", HP_PROTO_SCTP },
	};
	const struct yaml_node *value;
	const char *text = read_scalar(cursor, mapping, "protocol", not_one, &value);

	*ret = HP_PROTO_TCP;
	if (!value || (text && !*text))
		return true;
	for (size_t i = 0; text && i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		*ret = words[i].proto;
		return true;
	}
	if (text)
		add_invalid(cursor, value, "protocol", text, not_one);
	return false;
}

const char *cursor_address(struct cursor *cursor, const struct yaml_node *mapping, const char *key)
{
	static const char not_one[] = "not an IP address";
	const struct yaml_node *value;
	const char *text = read_scalar(cursor, mapping, key, not_one, &value);
	struct in6_addr address;

	if (!text || !*text)
		return NULL;
	if (inet_pton(AF_INET, text, &address) != 1 && inet_pton(AF_INET6, text, &address) != 1)
		add_invalid(cursor, value, key, text, not_one);
	return arena_text_max(&cursor->model->arena, text, CURSOR_TEXT_MAX);
}
