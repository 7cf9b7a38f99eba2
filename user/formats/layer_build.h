/* SPDX-License-Identifier: MIT */
/* Layers that are made row by row, and not read from a registry file. Pure. */
#pragma once

#include "../registry/row_fields.h"

#define LAYER_POOLS_MAX 64

/* What the nodes of a cluster's own pool are. */
struct layer_pool {
	const char *name; /* the first `len` bytes */
	size_t len;
	enum reg_role role;
};

struct layer_pools {
	struct layer_pool items[LAYER_POOLS_MAX];
	size_t len;
};

/* A text of another format that is to become a layer. */
struct layer_source {
	const char *file; /* its name in messages, and the layer's path */
	const char *text; /* need not be terminated */
	size_t len;
	const char *name;		 /* of the layer */
	const char *facts;		 /* the layer's source, or NULL */
	const struct layer_pools *pools; /* besides master and worker, or NULL */
	/* What was read all the same, where somebody is told; NULL: it is a fault. */
	struct diags *warnings;
};

/* A layer without rows; `source` may be NULL. NULL when memory ran out. The caller's. */
struct reg_layer *layer_new(const char *path, const char *name, const char *source);

/*
 * A new row at the end, all zero but for what is given; it stays where it is until
 * the next one. NULL when memory ran out.
 */
struct reg_row *layer_add(struct reg_layer *layer, enum reg_kind kind, unsigned int line,
			  unsigned int column);

/*
 * Put the rows in the order of a registry: by their kinds, each in the order in which
 * they were added. 0, or -ENOMEM.
 */
int layer_order(struct reg_layer *layer);

/* Add a platform, or a copy of an owner. 0, or -ENOMEM. */
int row_add_platform(struct reg_row *row, const char *platform);
int row_add_owner(struct reg_row *row, const struct reg_owner *owner);

/*
 * A layer's name of a file's: the last part of its path without what follows the
 * last dot, in lower case, each run of other characters a "-"; "imported" where
 * nothing is left. At most 63 characters.
 */
void layer_name_of(const char *path, char ret_name[64]);
