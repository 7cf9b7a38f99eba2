/* SPDX-License-Identifier: MIT */
/* A row as JSON, with the keys and the types of the files. Pure. */
#pragma once

#include "../base/jsonw.h"
#include "registry.h"

/* Write a row as one object: "layer", "kind", "line", then the file's keys. */
void row_json(struct jsonw *w, const struct reg_layer *layer, const struct reg_row *row);

/* As row_json(), under a key (NULL: none). */
void row_json_at(struct jsonw *w, const char *key, const struct reg_layer *layer,
		 const struct reg_row *row);

/* Append {"rows":[...]} with all rows of all layers, also drops and the rows that they took. */
void registry_json(const struct registry *registry, struct buf *out);

/* The lists of a row alone, as JSON documents. */
void row_platforms_json(const struct reg_row *row, struct buf *out);
void row_owners_json(const struct reg_row *row, struct buf *out);

/* As row_json(), into an object that the caller opens and ends. */
void row_json_members(struct jsonw *w, const struct reg_layer *layer, const struct reg_row *row);
