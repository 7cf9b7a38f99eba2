// SPDX-License-Identifier: MIT
/* Readers of texts and words. */
#include "reader.h"

#include <errno.h>
#include <string.h>

#include "registry.h"
#include "suggest.h"

#define WHY_MAX 256

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static int keep(const char *text, const struct field *field, void *object)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	*(char **)((char *)object + field->offset) = copy;
	return 0;
}

int read_text(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (value->len > field->max && characters(text) > field->max) {
		reader_say(r, value, "%s: longer than %zu characters", field->name, field->max);
		return 0;
	}
	return keep(text, field, object);
}

static bool is_name(const char *text)
{
	static const char ends[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-");

	return n >= 1 && n <= 63 && text[n] == '\0' && strchr(ends, text[0]) &&
	       strchr(ends, text[n - 1]);
}

int read_name(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (!is_name(text)) {
		reader_bad(r, field, value,
			   "not a name (a-z, 0-9, inside also - and ., at most 63 in all)");
		return 0;
	}
	return keep(text, field, object);
}

int read_path(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object)
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

static const char *word_at(const void *list, size_t n)
{
	const struct words *words = list;

	return n <= words->last - words->first ? words->list[words->first + n] : NULL;
}

static void say_words(const struct reader *r, const struct field *field,
		      const struct yaml_node *value)
{
	const char *near = suggest_near(yaml_tree_text(r->tree, value), word_at, field->words);
	char why[WHY_MAX] = "not one of ";
	size_t at = strlen(why);
	const char *word;

	for (size_t n = 0; at < sizeof(why) && (word = word_at(field->words, n)); n++)
		at += (size_t)snprintf(why + at, sizeof(why) - at, "%s%s", n ? ", " : "", word);
	if (near && at < sizeof(why))
		(void)snprintf(why + at, sizeof(why) - at, "; did you mean %s?", near);
	reader_bad(r, field, value, why);
}

/* The word's number, or -EINVAL (and said). */
static int word_number(const struct reader *r, const struct field *field,
		       const struct yaml_node *value)
{
	const char *text = reader_scalar(r, field, value);
	int n;

	if (!text)
		return -EINVAL;
	n = words_find(field->words, text);
	if (n < 0)
		say_words(r, field, value);
	return n;
}

int read_word(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object)
{
	int n = word_number(r, field, value);

	if (n >= 0)
		*((uint8_t *)object + field->offset) = (uint8_t)n;
	return 0;
}

int read_word_text(const struct reader *r, const struct field *field, const struct yaml_node *value,
		   void *object)
{
	int n = word_number(r, field, value);

	return n >= 0 ? keep(field->words->list[n], field, object) : 0;
}

int read_role(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object)
{
	struct reg_row *row = object;
	int n = word_number(r, field, value);

	if (n >= 0)
		row->role = (enum reg_role)n;
	return 0;
}
