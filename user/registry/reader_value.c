// SPDX-License-Identifier: MIT
#include "reader_value.h"

#include <errno.h>
#include <string.h>

#include "../base/utf8.h"
#include "../base/suggest.h"

#define WHY_MAX 256

void reader_say(const struct reader *r, const struct yaml_node *node, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	diags_add(r->diags, r->file, node->line, node->column, "%s",
		  text.data ? text.data : "out of memory");
}

void reader_bad(const struct reader *r, const struct field *field, const struct yaml_node *value,
		const char *why)
{
	const char *more = value->len > READER_SHOWN ? "..." : "";

	reader_say(r, value, "%s: %.*s%s: %s", field->name, READER_SHOWN,
		   yaml_tree_text(r->tree, value), more, why);
}

/* Texts that other YAML readers read as "no value". */
static bool is_null(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		if (strcmp(text, nulls[i]) == 0)
			return true;
	return false;
}

const char *reader_scalar(const struct reader *r, const struct field *field,
			  const struct yaml_node *value)
{
	const char *text;

	if (value->kind != YAML_KIND_SCALAR) {
		reader_say(r, value, "%s: a single value is expected, not a %s", field->name,
			   value->kind == YAML_KIND_SEQUENCE ? "list" : "mapping");
		return NULL;
	}
	text = yaml_tree_text(r->tree, value);
	if (value->len == 0 || (value->plain && is_null(text))) {
		reader_say(r, value, "%s: no value", field->name);
		return NULL;
	}
	return text;
}

bool reader_is_list(const struct reader *r, const struct field *field,
		    const struct yaml_node *value)
{
	if (value->kind == YAML_KIND_SCALAR && value->plain &&
	    is_null(yaml_tree_text(r->tree, value))) {
		reader_say(r, value, "%s: no value; an empty list is written []", field->name);
		return false;
	}
	if (value->kind != YAML_KIND_SEQUENCE) {
		reader_say(r, value, "%s: a list is expected", field->name);
		return false;
	}
	if (value->len > field->max) {
		reader_say(r, value, "%s: %u items are more than %zu", field->name, value->len,
			   field->max);
		return false;
	}
	return true;
}

static int set_text(const struct field *field, const char *text, void *object)
{
	return row_set_text(field_text(field, object), text);
}

static int read_text(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (value->len > field->max && utf8_length(text, value->len) > field->max) {
		reader_say(r, value, "%s: longer than %zu characters", field->name, field->max);
		return 0;
	}
	return set_text(field, text, object);
}

static int read_name(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (!reg_name_valid(text)) {
		reader_bad(r, field, value,
			   "not a name (a-z, 0-9, inside also - and ., at most 63 in all)");
		return 0;
	}
	return set_text(field, text, object);
}

static int read_path(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (text[0] != '/' || text[1] == '\0') {
		reader_bad(r, field, value, "not an absolute path of a file");
		return 0;
	}
	return read_text(r, field, value, object);
}

static void add_unknown_word(const struct reader *r, const struct field *field,
			     const struct yaml_node *value)
{
	const char *near = suggest_near(yaml_tree_text(r->tree, value), words_at, field->words);
	char why[WHY_MAX] = "not one of ";
	size_t at = strlen(why);
	const char *word;

	for (size_t n = 0; at < sizeof(why) && (word = words_at(field->words, n)); n++)
		at += (size_t)snprintf(why + at, sizeof(why) - at, "%s%s", n ? ", " : "", word);
	if (near && at < sizeof(why))
		(void)snprintf(why + at, sizeof(why) - at, "; did you mean %s?", near);
	reader_bad(r, field, value, why);
}

/* The word's number, or -EINVAL and a message. */
static int word_number(const struct reader *r, const struct field *field,
		       const struct yaml_node *value)
{
	const char *text = reader_scalar(r, field, value);
	int n;

	if (!text)
		return -EINVAL;
	n = words_find(field->words, text);
	if (n < 0)
		add_unknown_word(r, field, value);
	return n;
}

static int read_word(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	int n = word_number(r, field, value);

	if (n >= 0)
		*((uint8_t *)object + field->offset) = (uint8_t)n;
	return 0;
}

static int read_flag(const struct reader *r, const struct field *field,
		     const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);
	bool set;

	if (!text)
		return 0;
	set = strcmp(text, "true") == 0;
	if (!value->plain || (!set && strcmp(text, "false") != 0))
		reader_bad(r, field, value, "not true or false, without quotes");
	else
		*((bool *)object + field->offset) = set;
	return 0;
}

static int read_protocol(const struct reader *r, const struct field *field,
			 const struct yaml_node *value, void *object)
{
	((struct reg_row *)object)->any_proto = false;
	return read_word(r, field, value, object);
}

static int read_word_text(const struct reader *r, const struct field *field,
			  const struct yaml_node *value, void *object)
{
	int n = word_number(r, field, value);

	return n >= 0 ? set_text(field, field->words->list[n], object) : 0;
}

/* Would it be a range of ports if its ends were exchanged? */
static bool is_reversed(const char *text)
{
	const char *dash = strchr(text, '-');
	char exchanged[16];
	uint16_t first, last;
	int n;

	if (!dash)
		return false;
	n = snprintf(exchanged, sizeof(exchanged), "%s-%.*s", dash + 1, (int)(dash - text), text);
	return n < (int)sizeof(exchanged) && reg_ports_parse(exchanged, &first, &last) == 0;
}

static int read_ports(const struct reader *r, const struct field *field,
		      const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);
	struct reg_row *row = object;

	if (!text || reg_ports_parse(text, &row->first, &row->last) == 0)
		return 0;
	if (is_reversed(text))
		reader_bad(r, field, value, "a reversed range: the lower port comes first");
	else if (strchr(text, '-') && text[0] != '-')
		reader_bad(r, field, value, "not ports (N or N-M, each 1 to 65535)");
	else
		reader_bad(r, field, value, "not a port (1 to 65535)");
	return 0;
}

static int read_version(const struct reader *r, const struct field *field,
			const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (reg_version_parse(text, (void *)((char *)object + field->value)) < 0) {
		reader_bad(r, field, value, "not a version (\"X.Y\", as in \"4.10\")");
		return 0;
	}
	if (value->plain) {
		reader_bad(r, field, value,
			   "a version stands in quotes: without them it is a number to other "
			   "YAML readers, and 4.10 would be 4.1");
		return 0;
	}
	return set_text(field, text, object);
}

static int read_day(const struct reader *r, const struct field *field,
		    const struct yaml_node *value, void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (reg_date_parse(text, (void *)((char *)object + field->value)) < 0) {
		reader_bad(r, field, value, "not a day (YYYY-MM-DD)");
		return 0;
	}
	return set_text(field, text, object);
}

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

int reader_value(const struct reader *r, const struct field *field, const struct yaml_node *value,
		 void *object)
{
	static int (*const by_type[])(const struct reader *r, const struct field *field,
				      const struct yaml_node *value, void *object) = {
		[FIELD_TEXT] = read_text,	  [FIELD_NAME] = read_name,
		[FIELD_PATH] = read_path,	  [FIELD_WORD_TEXT] = read_word_text,
		[FIELD_VERSION] = read_version,	  [FIELD_DAY] = read_day,
		[FIELD_FLAG] = read_flag,	  [FIELD_WORD] = read_word,
		[FIELD_PROTOCOL] = read_protocol, [FIELD_PORTS] = read_ports,
		[FIELD_FORMAT] = read_format,	  [FIELD_ROWS] = read_rows,
	};

	return by_type[field->type](r, field, value, object);
}
