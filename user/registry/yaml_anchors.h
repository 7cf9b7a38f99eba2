/* SPDX-License-Identifier: MIT */
/* The anchors of one YAML document, by their names. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../base/cleanup.h"

#define YAML_ANCHORS_MAX 1024

struct yaml_anchors {
	struct yaml_anchor {
		char *name;
		uint32_t node;
	} * items; /* sorted by name */
	size_t len;
};

/*
 * Name a node; a name that is there already now means this one, as YAML has it.
 * 0, -E2BIG when there are YAML_ANCHORS_MAX others, or -ENOMEM.
 */
int yaml_anchors_set(struct yaml_anchors *anchors, const char *name, uint32_t node);

/* 0, or -ENOENT. */
int yaml_anchors_find(const struct yaml_anchors *anchors, const char *name, uint32_t *ret_node);

/* Free what they hold and make them empty. */
void yaml_anchors_free(struct yaml_anchors *anchors);
