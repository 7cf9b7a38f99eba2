// SPDX-License-Identifier: MIT
#include "compare_field.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const enum row_field compare_order[COMPARE_FIELDS] = {
	ROW_SCOPE, ROW_TABLE, ROW_PROCESS, ROW_APPLICATION, ROW_ROLE,	   ROW_CONTROL_PLANE,
	ROW_TEAM,  ROW_SINCE, ROW_REMOVED, ROW_PLATFORMS,   ROW_NOTES,	   ROW_OWNERS,
	ROW_CLASS, ROW_UNTIL, ROW_REASON,  ROW_SOURCE,	    ROW_ESSENTIAL,
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The texts, sorted, with commas between them. */
static void put_sorted(char **texts, size_t n, struct buf *out)
{
	qsort(texts, n, sizeof(*texts), by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", texts[i]);
}

static char *owner_text(const struct reg_owner *owner)
{
	struct buf out = { 0 };

	if (owner->unit)
		buf_printf(&out, "unit %s", owner->unit);
	else if (owner->exe)
		buf_printf(&out, "exe %s", owner->exe);
	else
		buf_printf(&out, "%s/%s/%s", owner->namespace_ ? owner->namespace_ : "*",
			   owner->pod ? owner->pod : "*",
			   owner->container ? owner->container : "*");
	return buf_take(&out);
}

static bool put_owners(const struct reg_row *row, struct buf *out)
{
	char **texts = calloc(row->owners_len + 1, sizeof(*texts));
	bool fine = texts != NULL;

	for (size_t i = 0; fine && i < row->owners_len; i++) {
		texts[i] = owner_text(&row->owners[i]);
		fine = texts[i] != NULL;
	}
	if (fine && row->owners_len)
		put_sorted(texts, row->owners_len, out);
	for (size_t i = 0; texts && i < row->owners_len; i++)
		free(texts[i]);
	free(texts);
	return fine;
}

static bool put_platforms(const struct reg_row *row, struct buf *out)
{
	_cleanup_free_ char **texts = calloc(row->platforms_len + 1, sizeof(*texts));

	if (!texts)
		return false;
	for (size_t i = 0; i < row->platforms_len; i++)
		texts[i] = row->platforms[i];
	if (row->platforms_len)
		put_sorted(texts, row->platforms_len, out);
	return true;
}

bool compare_field_text(const struct reg_row *row, enum row_field field, struct buf *out)
{
	const char *text = row_text(row, field);

	if (field == ROW_PLATFORMS && !put_platforms(row, out))
		return false;
	if (field == ROW_OWNERS && !put_owners(row, out))
		return false;
	if (text)
		buf_puts(out, text);
	return !out->failed;
}

int compare_fields(const struct reg_row *a, const struct reg_row *b, unsigned int mask,
		   unsigned int *ret_fields)
{
	unsigned int differ = 0;

	for (size_t i = 0; i < COMPARE_FIELDS; i++) {
		_cleanup_buf_ struct buf x = { 0 }, y = { 0 };
		enum row_field field = compare_order[i];

		if (!(mask & COMPARE_BIT(field)))
			continue;
		if (!compare_field_text(a, field, &x) || !compare_field_text(b, field, &y))
			return -ENOMEM;
		if (strcmp(x.data ? x.data : "", y.data ? y.data : "") != 0)
			differ |= COMPARE_BIT(field);
	}
	*ret_fields = differ;
	return 0;
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c >= 0x80;
}

/* The next character for comparison, 0 at the end. */
static int next_character(const char **text)
{
	unsigned char c = (unsigned char)**text;

	if (c == '\0')
		return 0;
	if (is_letter(c)) {
		(*text)++;
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	}
	while (**text && !is_letter((unsigned char)**text))
		(*text)++;
	return **text ? '-' : 0;
}

int compare_process(const char *a, const char *b)
{
	int x, y;

	do {
		x = next_character(&a);
		y = next_character(&b);
	} while (x == y && x);
	return x - y;
}

bool compare_digits_exchanged(uint16_t a, uint16_t b)
{
	char x[8], y[8], one = 0, two = 0;
	size_t n = 0;

	(void)snprintf(x, sizeof(x), "%" PRIu16, a);
	(void)snprintf(y, sizeof(y), "%" PRIu16, b);
	if (strlen(x) != strlen(y))
		return false;
	for (size_t i = 0; x[i]; i++) {
		if (x[i] == y[i])
			continue;
		if (n++ == 0) {
			one = x[i];
			two = y[i];
		}
		if (!(x[i] == one && y[i] == two) && !(x[i] == two && y[i] == one))
			return false;
	}
	return n > 1;
}
