// SPDX-License-Identifier: MIT
#include "layer_build.h"

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
static void *grow_list(void *items, size_t n, size_t size)
{
	if (n & (n - 1))
		return items;
	return reallocarray(items, n ? n * 2 : 1, size);
}

struct reg_row *layer_add(struct reg_layer *layer, enum reg_kind kind, unsigned int line,
			  unsigned int column)
{
	struct reg_row *rows = grow_list(layer->rows, layer->len, sizeof(*rows)), *row;

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

int row_add_platform(struct reg_row *row, const char *platform)
{
	char **items = grow_list(row->platforms, row->platforms_len, sizeof(*items));

	if (!items)
		return -ENOMEM;
	row->platforms = items;
	items[row->platforms_len] = strdup(platform);
	if (!items[row->platforms_len])
		return -ENOMEM;
	row->platforms_len++;
	return 0;
}

int row_add_owner(struct reg_row *row, const struct reg_owner *owner)
{
	struct reg_owner *items = grow_list(row->owners, row->owners_len, sizeof(*items));

	if (!items)
		return -ENOMEM;
	row->owners = items;
	items[row->owners_len] = (struct reg_owner) { 0 };
	return owner_copy(&items[row->owners_len++], owner);
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
