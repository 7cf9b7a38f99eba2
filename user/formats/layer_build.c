// SPDX-License-Identifier: MIT
#include "layer_build.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

struct reg_layer *layer_new(const char *path, const char *name, const char *source)
{
	_cleanup_(layer_freep) struct reg_layer *layer = calloc(1, sizeof(*layer));

	if (!layer || row_set_text(&layer->path, path) < 0 ||
	    row_set_text(&layer->name, name) < 0 || row_set_text(&layer->source, source) < 0)
		return NULL;
	return TAKE_PTR(layer);
}

/* Room for one more of n items: the list grows when n is a power of two. */
static void *room(void *items, size_t n, size_t size)
{
	if (n & (n - 1))
		return items;
	return reallocarray(items, n ? n * 2 : 1, size);
}

struct reg_row *layer_add(struct reg_layer *layer, enum reg_kind kind, unsigned int line,
			  unsigned int column)
{
	struct reg_row *rows = room(layer->rows, layer->len, sizeof(*rows)), *row;

	if (!rows)
		return NULL;
	layer->rows = rows;
	row = &rows[layer->len++];
	*row = (struct reg_row) { .kind = kind, .line = line, .column = column };
	return row;
}

int layer_order(struct reg_layer *layer)
{
	struct reg_row *rows = calloc(layer->len + 1, sizeof(*rows));
	size_t n = 0;

	if (!rows)
		return -ENOMEM;
	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		for (size_t i = 0; i < layer->len; i++)
			if (layer->rows[i].kind == (enum reg_kind)kind)
				rows[n++] = layer->rows[i];
	free(layer->rows);
	layer->rows = rows;
	return 0;
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

int row_add_platform(struct reg_row *row, const char *platform)
{
	char **items = room(row->platforms, row->platforms_len, sizeof(*items));

	if (!items)
		return -ENOMEM;
	row->platforms = items;
	items[row->platforms_len] = strdup(platform);
	if (!items[row->platforms_len])
		return -ENOMEM;
	row->platforms_len++;
	return 0;
}

static int owner_copy(struct reg_owner *to, const struct reg_owner *from)
{
	if (row_set_text(&to->namespace_, from->namespace_) < 0 ||
	    row_set_text(&to->pod, from->pod) < 0 ||
	    row_set_text(&to->container, from->container) < 0 ||
	    row_set_text(&to->unit, from->unit) < 0 || row_set_text(&to->exe, from->exe) < 0)
		return -ENOMEM;
	return 0;
}

int row_add_owner(struct reg_row *row, const struct reg_owner *owner)
{
	struct reg_owner *items = room(row->owners, row->owners_len, sizeof(*items));

	if (!items)
		return -ENOMEM;
	row->owners = items;
	items[row->owners_len] = (struct reg_owner) { 0 };
	return owner_copy(&items[row->owners_len++], owner);
}

static int copy_texts(struct reg_row *row, const struct reg_row *from)
{
	static const size_t texts[] = {
		offsetof(struct reg_row, process),	 offsetof(struct reg_row, application),
		offsetof(struct reg_row, team),		 offsetof(struct reg_row, notes),
		offsetof(struct reg_row, source),	 offsetof(struct reg_row, reason),
		offsetof(struct reg_row, control_plane), offsetof(struct reg_row, table),
		offsetof(struct reg_row, since_text),	 offsetof(struct reg_row, removed_text),
		offsetof(struct reg_row, until_text),	 offsetof(struct reg_row, layer),
		offsetof(struct reg_row, rule),
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(texts) && r == 0; i++)
		r = row_set_text((char **)((char *)row + texts[i]),
				 *(char *const *)((const char *)from + texts[i]));
	return r;
}

int row_copy(struct reg_row *row, const struct reg_row *from)
{
	int r;

	row->kind = from->kind;
	row->first = from->first;
	row->last = from->last;
	row->proto = from->proto;
	row->scope = from->scope;
	row->cls = from->cls;
	row->any_proto = from->any_proto;
	row->role = from->role;
	row->since = from->since;
	row->removed = from->removed;
	row->until = from->until;
	r = copy_texts(row, from);
	for (size_t i = 0; i < from->platforms_len && r == 0; i++)
		r = row_add_platform(row, from->platforms[i]);
	for (size_t i = 0; i < from->owners_len && r == 0; i++)
		r = row_add_owner(row, &from->owners[i]);
	return r;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool owner_same(const struct reg_owner *a, const struct reg_owner *b)
{
	return same(a->namespace_, b->namespace_) && same(a->pod, b->pod) &&
	       same(a->container, b->container) && same(a->unit, b->unit) && same(a->exe, b->exe);
}

static bool is_name_part(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

void layer_name_of(const char *path, char ret_name[64])
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t len = dot && dot != base ? (size_t)(dot - base) : strlen(base), n = 0;

	for (size_t i = 0; i < len && n < 63; i++) {
		char c = base[i] >= 'A' && base[i] <= 'Z' ? (char)(base[i] + 32) : base[i];

		if (is_name_part(c))
			ret_name[n++] = c;
		else if (n && ret_name[n - 1] != '-')
			ret_name[n++] = '-';
	}
	while (n && ret_name[n - 1] == '-')
		n--;
	ret_name[n] = '\0';
	if (n == 0)
		memcpy(ret_name, "imported", sizeof("imported"));
}

bool layer_is_name(const char *text)
{
	size_t n = strlen(text);

	return n >= 1 && n <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n &&
	       is_name_part(text[0]) && is_name_part(text[n - 1]);
}
