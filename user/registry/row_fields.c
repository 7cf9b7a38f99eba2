// SPDX-License-Identifier: MIT
#include "row_fields.h"

#include <errno.h>
#include <string.h>

#define ON(kind)       (1U << (kind))
#define ALLOCATION     (ON(REG_ENTRY) | ON(REG_RETIRED))
#define CLIENT	       ON(REG_CLIENT)
#define EVERY	       (ON(REG_KIND_MAX) - 1)
#define ACCEPT	       ON(REG_ACCEPT)
#define EXCEPTION      ON(REG_EXCEPTION)
#define DROP	       ON(REG_DROP)
#define REASONED       (DROP | EXCEPTION | ACCEPT)

#define MEMBER(member) .offset = offsetof(struct reg_row, member)
#define SHORT_TEXT(key, member)                                                                    \
	.name = (key), .type = FIELD_TEXT, MEMBER(member), .max = ROW_SHORT_MAX
#define LONG_TEXT(key, member)                                                                     \
	.name = (key), .type = FIELD_TEXT, MEMBER(member), .max = ROW_LONG_MAX
#define NAME(key, member)      .name = (key), .type = FIELD_NAME, MEMBER(member)
#define WORD(key, member, set) .name = (key), .type = FIELD_WORD, MEMBER(member), .words = &(set)
#define WORD_TEXT(key, member, set)                                                                \
	.name = (key), .type = FIELD_WORD_TEXT, MEMBER(member), .words = &(set)
#define PARSED(key, as, text, member)                                                              \
	.name = (key), .type = (as), MEMBER(text), .value = offsetof(struct reg_row, member)

/* clang-format off */
const struct field row_fields[ROW_FIELD_MAX] = {
	[ROW_RULE] = { NAME("rule", rule), .kinds = ACCEPT, .required = ACCEPT },
	[ROW_PORTS] = { .name = "ports", .type = FIELD_PORTS,
			.kinds = EVERY, .required = EVERY & ~ACCEPT },
	[ROW_PROTOCOL] = { .name = "protocol", .type = FIELD_PROTOCOL, MEMBER(proto),
			   .words = &words_protos, .kinds = EVERY, .required = EVERY & ~ACCEPT },
	[ROW_SCOPE] = { WORD("scope", scope, words_scopes), .kinds = ALLOCATION },
	[ROW_TABLE] = { WORD_TEXT("table", table, words_scopes), .kinds = ON(REG_ENTRY) },
	[ROW_PROCESS] = { SHORT_TEXT("process", process),
			  .kinds = ALLOCATION | CLIENT, .required = ALLOCATION | CLIENT },
	[ROW_APPLICATION] = { SHORT_TEXT("application", application), .kinds = ALLOCATION },
	[ROW_ROLE] = { WORD("role", role, words_roles), .kinds = ALLOCATION | CLIENT },
	[ROW_CONTROL_PLANE] = { WORD_TEXT("control_plane", control_plane, words_answers),
				.kinds = ALLOCATION },
	[ROW_TEAM] = { SHORT_TEXT("team", team), .kinds = ALLOCATION | CLIENT },
	[ROW_SINCE] = { PARSED("since", FIELD_VERSION, since_text, since),
			.kinds = ALLOCATION | CLIENT },
	[ROW_REMOVED] = { PARSED("removed", FIELD_VERSION, removed_text, removed),
			  .kinds = ON(REG_RETIRED), .required = ON(REG_RETIRED) },
	[ROW_PLATFORMS] = { .name = "platforms", .type = FIELD_PLATFORMS, .max = ROW_LIST_MAX,
			    .kinds = ALLOCATION | CLIENT },
	[ROW_NOTES] = { LONG_TEXT("notes", notes), .kinds = ALLOCATION | CLIENT },
	[ROW_NOTE] = { LONG_TEXT("note", notes), .kinds = ON(REG_RANGE) },
	[ROW_LAYER] = { NAME("layer", layer), .kinds = DROP | ACCEPT },
	[ROW_CLASS] = { WORD("class", cls, words_classes),
			.kinds = EXCEPTION, .required = EXCEPTION },
	[ROW_OWNERS] = { .name = "owners", .type = FIELD_OWNERS, .max = ROW_LIST_MAX,
			 .kinds = ALLOCATION | CLIENT | EXCEPTION, .required = CLIENT },
	[ROW_UNTIL] = { PARSED("until", FIELD_DAY, until_text, until),
			.kinds = EXCEPTION, .required = EXCEPTION },
	[ROW_REASON] = { LONG_TEXT("reason", reason), .kinds = REASONED, .required = REASONED },
	[ROW_SOURCE] = { LONG_TEXT("source", source), .kinds = ALLOCATION | CLIENT },
	[ROW_ESSENTIAL] = { .name = "essential", .type = FIELD_FLAG, MEMBER(essential),
			    .kinds = ON(REG_ENTRY) },
};

#define ROW_KIND(number, words)                                                                    \
	[number] = { .what = (words), .items = row_fields, .len = ROW_FIELD_MAX, .kind = (number) }

const struct fields row_kinds[REG_KIND_MAX] = {
	ROW_KIND(REG_ENTRY, "an entry"),
	ROW_KIND(REG_RETIRED, "a retired row"),
	ROW_KIND(REG_CLIENT, "a client"),
	ROW_KIND(REG_RANGE, "a range"),
	ROW_KIND(REG_DROP, "a drop"),
	ROW_KIND(REG_EXCEPTION, "an exception"),
	ROW_KIND(REG_ACCEPT, "an accept"),
};

#define OWNER(key, as, member, chars)                                                              \
	{ .name = (key), .type = (as), .offset = offsetof(struct reg_owner, member),               \
	  .max = (chars), .kinds = 1 }

static const struct field owner_items[] = {
	OWNER("namespace", FIELD_TEXT, namespace_, 253),
	OWNER("pod", FIELD_TEXT, pod, 253),
	OWNER("container", FIELD_TEXT, container, 253),
	OWNER("unit", FIELD_TEXT, unit, 255),
	OWNER("exe", FIELD_PATH, exe, 255),
};

const struct fields owner_fields = { "an owner", owner_items, ARRAY_LEN(owner_items), 0 };

#define HEAD(member) .offset = offsetof(struct file_head, member), .kinds = 1
#define ROWS(key, kind, items)                                                                     \
	{ .name = (key), .type = FIELD_ROWS, HEAD(lists[kind]), .max = (items) }

static const struct field file_items[] = {
	{ .name = "version", .type = FIELD_FORMAT, .kinds = 1, .required = 1 },
	{ .name = "name", .type = FIELD_NAME, HEAD(name), .required = 1 },
	{ .name = "source", .type = FIELD_TEXT, HEAD(source), .max = ROW_LONG_MAX },
	ROWS("ranges", REG_RANGE, REGISTRY_RANGES_MAX),
	ROWS("entries", REG_ENTRY, REGISTRY_ROWS_MAX),
	ROWS("retired", REG_RETIRED, REGISTRY_ROWS_MAX),
	ROWS("clients", REG_CLIENT, REGISTRY_ROWS_MAX),
	ROWS("drop", REG_DROP, REGISTRY_ROWS_MAX),
	ROWS("exceptions", REG_EXCEPTION, REGISTRY_ROWS_MAX),
	ROWS("accept", REG_ACCEPT, REGISTRY_ROWS_MAX),
};
/* clang-format on */

const struct fields file_fields = { "a registry file", file_items, ARRAY_LEN(file_items), 0 };

enum reg_kind file_list_kind(const struct field *list)
{
	return (enum reg_kind)((list->offset - offsetof(struct file_head, lists)) /
			       sizeof(struct yaml_node *));
}

char **field_text(const struct field *field, void *object)
{
	if (field->type > FIELD_LAST_TEXT)
		return NULL;
	return (char **)((char *)object + field->offset);
}

static const char *field_text_of(const struct field *field, const void *object)
{
	if (field->type > FIELD_LAST_TEXT)
		return NULL;
	return *(char *const *)((const char *)object + field->offset);
}

bool row_has(const struct reg_row *row, enum row_field field)
{
	return row_fields[field].kinds & ON(row->kind);
}

const char *row_text(const struct reg_row *row, enum row_field field)
{
	const struct field *f = &row_fields[field];

	switch (f->type) {
	case FIELD_FLAG:
		return *((const bool *)row + f->offset) ? "true" : NULL;
	case FIELD_WORD:
		return row_has(row, field) ? f->words->list[*((const uint8_t *)row + f->offset)] :
					     NULL;
	case FIELD_PROTOCOL:
		return row->any_proto ? NULL : word_proto(row->proto);
	default:
		return field_text_of(f, row);
	}
}

int row_set_text(char **member, const char *text)
{
	char *copy = NULL;

	if (text && *text) {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
	}
	free(*member);
	*member = copy;
	return 0;
}

/* Two fields may have one member, so none is left for the second. */
static void free_texts(const struct field *fields, size_t len, void *object)
{
	for (size_t i = 0; i < len; i++)
		if (field_text(&fields[i], object))
			(void)row_set_text(field_text(&fields[i], object), NULL);
}

static void owner_done(struct reg_owner *owner)
{
	free_texts(owner_fields.items, owner_fields.len, owner);
}

void row_done(struct reg_row *row)
{
	free_texts(row_fields, ROW_FIELD_MAX, row);
	for (size_t i = 0; i < row->platforms_len; i++)
		free(row->platforms[i]);
	free(row->platforms);
	for (size_t i = 0; i < row->owners_len; i++)
		owner_done(&row->owners[i]);
	free(row->owners);
}

int owner_copy(struct reg_owner *owner, const struct reg_owner *from)
{
	int r = 0;

	for (size_t i = 0; i < owner_fields.len && r == 0; i++)
		r = row_set_text(field_text(&owner_fields.items[i], owner),
				 field_text_of(&owner_fields.items[i], from));
	return r;
}

bool owner_same(const struct reg_owner *a, const struct reg_owner *b)
{
	for (size_t i = 0; i < owner_fields.len; i++) {
		const char *x = field_text_of(&owner_fields.items[i], a);
		const char *y = field_text_of(&owner_fields.items[i], b);

		if (x != y && (!x || !y || strcmp(x, y) != 0))
			return false;
	}
	return true;
}
