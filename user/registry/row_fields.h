/* SPDX-License-Identifier: MIT */
/*
 * The fields of a row: one table says which kinds of rows have a field, its key, its type
 * and where it is in struct reg_row. What reads, writes, compares or copies rows walks it.
 * The same kind of table describes a row's owners and a whole file. Pure.
 */
#pragma once

#include "registry.h"
#include "words.h"

/* What a value is, and the member that holds it. */
enum field_type {
	FIELD_TEXT,	 /* char *, of at most `max` characters */
	FIELD_NAME,	 /* char *, a name as layers have */
	FIELD_PATH,	 /* char *, an absolute path */
	FIELD_WORD_TEXT, /* char *, one of the words */
	FIELD_VERSION,	 /* char *, as written; and its struct reg_version */
	FIELD_DAY,	 /* char *, as written; and its struct reg_date */
	FIELD_FLAG,	 /* bool, true or false */
	FIELD_WORD,	 /* uint8_t, the number of one of the words */
	FIELD_PROTOCOL,	 /* the same in a row, beside any_proto */
	FIELD_PORTS,	 /* a row's first and last */
	FIELD_PLATFORMS, /* a row's, at most `max` */
	FIELD_OWNERS,	 /* a row's, at most `max` */
	FIELD_FORMAT,	 /* none: the version of the format, 1 */
	FIELD_ROWS,	 /* a const struct yaml_node *: a list of at most `max` rows */
	FIELD_TYPE_MAX,
};

/* Types up to this one have a char * as their member. */
#define FIELD_LAST_TEXT FIELD_DAY

struct field {
	const char *name;
	enum field_type type;
	size_t offset; /* of the member */
	size_t value;  /* versions and days: of what the text says */
	size_t max;    /* characters of a text, items of a list */
	const struct words *words;
	unsigned int kinds;    /* of mappings that may have it, bits 1 << kind */
	unsigned int required; /* of mappings that must have it */
};

/* A kind of mapping; at most 64 fields. */
struct fields {
	const char *what; /* with its article, as in "not a key of an entry" */
	const struct field *items;
	size_t len;
	unsigned int kind;
};

/* In the order in which files have them. */
enum row_field {
	ROW_RULE,
	ROW_PORTS,
	ROW_PROTOCOL,
	ROW_SCOPE,
	ROW_TABLE,
	ROW_PROCESS,
	ROW_APPLICATION,
	ROW_ROLE,
	ROW_CONTROL_PLANE,
	ROW_TEAM,
	ROW_SINCE,
	ROW_REMOVED,
	ROW_PLATFORMS,
	ROW_NOTES,
	ROW_NOTE, /* the key that a range has for its notes: the same member */
	ROW_LAYER,
	ROW_CLASS,
	ROW_OWNERS,
	ROW_UNTIL,
	ROW_REASON,
	ROW_SOURCE,
	ROW_ESSENTIAL,
	ROW_FIELD_MAX,
};

/* What a registry file can hold of a row. */
#define ROW_SHORT_MAX 128  /* characters of most texts */
#define ROW_LONG_MAX  1024 /* characters of notes, reasons and sources */
#define ROW_LIST_MAX  64   /* platforms, owners */

extern const struct field row_fields[ROW_FIELD_MAX];
extern const struct fields row_kinds[REG_KIND_MAX];
extern const struct fields owner_fields;

/* What is read of a file before its rows are. */
struct file_head {
	char *name, *source;
	const struct yaml_node *lists[REG_KIND_MAX];
};

extern const struct fields file_fields;

/* The kind of the rows in one of a file's lists. */
enum reg_kind file_list_kind(const struct field *list);

/* The member of an object that holds a text; NULL where the field's type is no text. */
char **field_text(const struct field *field, void *object);

/* Does the row's kind have the field? */
bool row_has(const struct reg_row *row, enum row_field field);

/* A field's text or word, "true" of a flag that is set; NULL where the row has none, or the field
 * is a list or ports. */
const char *row_text(const struct reg_row *row, enum row_field field);

/* Set a text to a copy of one that is not empty, or to none. 0, or -ENOMEM. */
int row_set_text(char **member, const char *text);

/* Free what a row holds. */
void row_done(struct reg_row *row);

/* Make an owner that is zero a copy of another one. 0, or -ENOMEM. */
int owner_copy(struct reg_owner *owner, const struct reg_owner *from);

/* The same members, with the same texts? */
bool owner_same(const struct reg_owner *a, const struct reg_owner *b);
