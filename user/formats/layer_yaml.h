/* SPDX-License-Identifier: MIT */
/* A layer as a registry file (registry/README.md). Pure. */
#pragma once

#include "../base/buf.h"
#include "../registry/registry.h"

/*
 * Append a file that layer_parse() reads as the same layer, but for the lines of
 * its rows. Rows may stand in any order; dropped ones are written like others.
 */
void layer_yaml(const struct reg_layer *layer, struct buf *out);

/* Append one row as an item of its list: "  - {ports: 80, …}" and a line end. */
void row_yaml(const struct reg_row *row, struct buf *out);

/* The same without the line end, so that a comment can follow. */
void row_yaml_item(const struct reg_row *row, struct buf *out);
