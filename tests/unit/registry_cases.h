/* SPDX-License-Identifier: MIT */
/* Registries made of texts, for the tests of what works on them. */
#pragma once

#include "test.h"

#include "../../user/registry/registry.h"

/* A layer of a text that has no faults. */
static inline struct reg_layer *layer_of(const char *file, const char *text)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct reg_layer *layer = NULL;

	if (layer_parse(file, text, strlen(text), &diags, &layer) == 0)
		return layer;
	diags_text(&diags, &out);
	fail_msg("%s", out.data);
	return NULL;
}

/* A registry of layers whose rows have no faults; what adding the last one says is in `diags`. */
static inline struct registry *registry_of(const char *const *texts, size_t n, struct diags *diags,
					   int *ret)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	char file[16];

	assert_non_null(reg);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(file, sizeof(file), "%zu.yaml", i + 1);
		*ret = registry_add(reg, layer_of(file, texts[i]), diags);
		if (*ret < 0)
			break;
	}
	return reg;
}

/* A registry of one layer, "t" in t.yaml; only the lists are given. */
static inline struct registry *registry_of_lists(const char *lists)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };

	assert_non_null(reg);
	buf_printf(&text, "version: 1\nname: t\n%s", lists);
	assert_int_equal(registry_add(reg, layer_of("t.yaml", text.data), &diags), 0);
	return reg;
}

/* A layer of rows that are made, not read: in the order of their kinds, and without texts. */
static inline struct reg_layer *layer_of_rows(const char *name, const struct reg_row *rows,
					      size_t n)
{
	struct reg_layer *layer = calloc(1, sizeof(*layer));

	assert_non_null(layer);
	layer->name = strdup(name);
	layer->path = strdup(name);
	layer->rows = calloc(n ? n : 1, sizeof(*rows));
	assert_true(layer->name && layer->path && layer->rows);
	for (size_t i = 0; rows && i < n; i++)
		layer->rows[i] = rows[i];
	layer->len = n;
	return layer;
}
