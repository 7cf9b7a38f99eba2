/* SPDX-License-Identifier: MIT */
/* Rows as findings of lint name them. Pure. */
#pragma once

#include "../../registry/registry.h"

/* A row in its layer. */
struct lint_row {
	const struct reg_layer *layer;
	const struct reg_row *row;
};

/* Some rows, in the registry's order. */
struct lint_rows {
	struct lint_row *items;
	size_t len;
};

/*
 * Ports of a layer that a finding is about: of one row, or of several of a
 * protocol. first 0: of the layer as a whole.
 */
struct lint_subject {
	const struct reg_layer *layer; /* NULL: there is no such subject */
	uint8_t proto;
	uint16_t first, last;
};

struct lint_subject lint_row_subject(const struct lint_row *at);

/* A row by its name: "tcp 9200-9219 (various CSI drivers)". */
#define LINT_NAME_MAX 640
struct lint_name {
	char text[LINT_NAME_MAX];
};
struct lint_name lint_row_name(const struct reg_row *row);

/* Its ports as the file has them. */
#define LINT_PORTS_MAX 16
struct lint_ports {
	char text[LINT_PORTS_MAX];
};
struct lint_ports lint_row_ports(const struct reg_row *row);
