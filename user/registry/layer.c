// SPDX-License-Identifier: MIT
/* The keys of a registry file, and how a file of them becomes a layer. */
#include "registry.h"

#include <errno.h>
#include <string.h>

#include "reader.h"
#include "yaml.h"

#define TEXT_SHORT 128
#define TEXT_LONG  1024
#define LIST_MAX   64
#define RANGES_MAX 1024

/* What is read of a file before its rows are. */
struct head {
	char *name, *source;
	const struct yaml_node *lists[REG_KIND_MAX];
};

static void head_done(struct head *head)
{
	free(head->name);
	free(head->source);
}

#define ROW(member) offsetof(struct reg_row, member)

#define TEXT(key, member, chars)                                                                   \
	{                                                                                          \
		.name = key, .read = read_text, .offset = ROW(member), .max = chars                \
	}
#define MUST_TEXT(key, member, chars)                                                              \
	{                                                                                          \
		.name = key, .read = read_text, .offset = ROW(member), .max = chars,               \
		.required = true                                                                   \
	}
#define WORD(key, member, set)                                                                     \
	{                                                                                          \
		.name = key, .read = read_word, .offset = ROW(member), .words = set                \
	}

/* What every row has. */
#define PORT_FIELDS                                                                                \
	{ .name = "ports", .read = read_ports, .required = true },                                 \
	{                                                                                          \
		.name = "protocol", .read = read_word, .offset = ROW(proto),                       \
		.words = &words_protos, .required = true                                           \
	}

#define OWNERS_FIELD                                                                               \
	{                                                                                          \
		.name = "owners", .read = read_owners, .max = LIST_MAX                             \
	}

/* What entries and retired rows have. */
#define ALLOCATION_FIELDS                                                                          \
	PORT_FIELDS, WORD("scope", scope, &words_scopes),                                          \
		MUST_TEXT("process", process, TEXT_SHORT),                                         \
		TEXT("application", application, TEXT_SHORT),                                      \
		{ .name = "role", .read = read_role, .words = &words_roles },                      \
		{ .name = "control_plane",                                                         \
		  .read = read_word_text,                                                          \
		  .offset = ROW(control_plane),                                                    \
		  .words = &words_answers },                                                       \
		TEXT("team", team, TEXT_SHORT), { .name = "since", .read = read_since },           \
		{ .name = "platforms", .read = read_platforms, .max = LIST_MAX },                  \
		TEXT("notes", notes, TEXT_LONG), OWNERS_FIELD, TEXT("source", source, TEXT_LONG)

static const struct field entry_fields[] = {
	ALLOCATION_FIELDS,
	{ .name = "table", .read = read_word_text, .offset = ROW(table), .words = &words_scopes },
};

static const struct field retired_fields[] = {
	ALLOCATION_FIELDS,
	{ .name = "removed", .read = read_removed, .required = true },
};

static const struct field range_fields[] = {
	PORT_FIELDS,
	TEXT("note", notes, TEXT_LONG),
};

static const struct field drop_fields[] = {
	PORT_FIELDS,
	{ .name = "layer", .read = read_name, .offset = ROW(layer) },
	MUST_TEXT("reason", reason, TEXT_LONG),
};

static const struct field exception_fields[] = {
	PORT_FIELDS,
	{ .name = "class",
	  .read = read_word,
	  .offset = ROW(cls),
	  .words = &words_classes,
	  .required = true },
	OWNERS_FIELD,
	{ .name = "until", .read = read_until, .required = true },
	MUST_TEXT("reason", reason, TEXT_LONG),
};

/* Without the key: of every protocol. */
static int read_one_proto(const struct reader *r, const struct field *field,
			  const struct yaml_node *value, void *object)
{
	((struct reg_row *)object)->any_proto = false;
	return read_word(r, field, value, object);
}

static const struct field accept_fields[] = {
	{ .name = "rule", .read = read_name, .offset = ROW(rule), .required = true },
	MUST_TEXT("reason", reason, TEXT_LONG),
	{ .name = "ports", .read = read_ports },
	{ .name = "protocol",
	  .read = read_one_proto,
	  .offset = ROW(proto),
	  .words = &words_protos },
	{ .name = "layer", .read = read_name, .offset = ROW(layer) },
};

static const struct fields row_kinds[] = {
	[REG_ENTRY] = { "an entry", entry_fields, ARRAY_LEN(entry_fields) },
	[REG_RETIRED] = { "a retired row", retired_fields, ARRAY_LEN(retired_fields) },
	[REG_RANGE] = { "a range", range_fields, ARRAY_LEN(range_fields) },
	[REG_DROP] = { "a drop", drop_fields, ARRAY_LEN(drop_fields) },
	[REG_EXCEPTION] = { "an exception", exception_fields, ARRAY_LEN(exception_fields) },
	[REG_ACCEPT] = { "an accept", accept_fields, ARRAY_LEN(accept_fields) },
};

_Static_assert(ARRAY_LEN(row_kinds) == REG_KIND_MAX, "the keys of each kind of row");

static int read_format(const struct reader *r, const struct field *field,
		       const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	(void)object;
	if (text && strcmp(text, "1") != 0)
		reader_bad(r, field, value, "not a version of the format that is known (1)");
	else if (text && !value->plain)
		reader_bad(r, field, value, "a number, to be written without quotes");
	return 0;
}

static int read_rows(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	if (reader_is_list(r, field, value))
		*(const struct yaml_node **)((char *)object + field->offset) = value;
	return 0;
}

#define HEAD(member) offsetof(struct head, member)
#define ROWS(key, kind, items)                                                                     \
	{                                                                                          \
		.name = key, .read = read_rows, .offset = HEAD(lists[kind]), .max = items          \
	}

static const struct field file_fields[] = {
	{ .name = "version", .read = read_format, .required = true },
	{ .name = "name", .read = read_name, .offset = HEAD(name), .required = true },
	{ .name = "source", .read = read_text, .offset = HEAD(source), .max = TEXT_LONG },
	ROWS("ranges", REG_RANGE, RANGES_MAX),
	ROWS("entries", REG_ENTRY, REGISTRY_ROWS_MAX),
	ROWS("retired", REG_RETIRED, REGISTRY_ROWS_MAX),
	ROWS("drop", REG_DROP, REGISTRY_ROWS_MAX),
	ROWS("exceptions", REG_EXCEPTION, REGISTRY_ROWS_MAX),
	ROWS("accept", REG_ACCEPT, REGISTRY_ROWS_MAX),
};

static const struct fields file_kind = { "a registry file", file_fields, ARRAY_LEN(file_fields) };

static int read_kind(const struct reader *r, const struct yaml_node *list, enum reg_kind kind,
		     struct reg_layer *layer)
{
	const struct yaml_node *item = list ? yaml_tree_first(r->tree, list) : NULL;
	struct reg_row *row;
	int err = 0;

	for (; item && err == 0; item = yaml_tree_next(r->tree, item)) {
		row = &layer->rows[layer->len++];
		*row = (struct reg_row) {
			.kind = kind,
			.line = item->line,
			.column = item->column,
			.any_proto = kind == REG_ACCEPT,
		};
		err = reader_mapping(r, &row_kinds[kind], item, row);
	}
	return err;
}

static int read_layer(const struct reader *r, const struct head *head, struct reg_layer *layer)
{
	size_t n = 0;
	int err = 0;

	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		n += head->lists[kind] ? head->lists[kind]->len : 0;
	if (n > REGISTRY_ROWS_MAX) {
		diags_add(r->diags, r->file, 0, 0, "%zu rows are more than %d", n,
			  REGISTRY_ROWS_MAX);
		return 0;
	}
	layer->rows = calloc(n ? n : 1, sizeof(*layer->rows));
	if (!layer->rows)
		return -ENOMEM;
	for (int kind = 0; kind < REG_KIND_MAX && err == 0; kind++)
		err = read_kind(r, head->lists[kind], (enum reg_kind)kind, layer);
	return err;
}

/* FNV-1a: by accident two texts have the same once in 2^64. */
static uint64_t digest_of(const char *text, size_t len)
{
	uint64_t digest = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	return digest;
}

int layer_parse(const char *file, const char *text, size_t len, struct diags *diags,
		struct reg_layer **ret_layer)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	_cleanup_(head_done) struct head head = { 0 };
	struct reader r = { .file = file, .diags = diags };
	size_t before = diags->total;
	int err;

	err = yaml_tree_parse(file, text, len, diags, &tree);
	if (err < 0)
		return err;
	r.tree = tree;
	layer = calloc(1, sizeof(*layer));
	if (!layer || !(layer->path = strdup(file)))
		return -ENOMEM;
	err = reader_mapping(&r, &file_kind, tree->nodes, &head);
	if (err == 0)
		err = read_layer(&r, &head, layer);
	if (err < 0)
		return err;
	if (diags->total > before)
		return -EINVAL;
	layer->name = TAKE_PTR(head.name);
	layer->source = TAKE_PTR(head.source);
	layer->digest = digest_of(text, len);
	layer->text_len = len;
	*ret_layer = TAKE_PTR(layer);
	return 0;
}
