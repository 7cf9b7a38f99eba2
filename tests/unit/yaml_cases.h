/* SPDX-License-Identifier: MIT */
/* Documents of YAML as trees, for the tests of what looks into them. */
#pragma once

#include "test.h"

#include "../../user/checks/manifest/cursor.h"

/* The first document of a text. */
static inline struct yaml_tree *tree_of(const char *text)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct yaml_tree *tree = NULL;

	check_int(text, yaml_stream_new("f", text, strlen(text), &diags, &stream), 0);
	check_int(text, yaml_stream_next(stream, &tree), 1);
	return tree;
}

/* A cursor at the top of a document, with a model and findings of its own. */
struct at_top {
	struct yaml_tree *tree;
	struct model model;
	struct findings findings;
	struct cursor cursor;
};

static inline void at_top_open(struct at_top *at, const char *text)
{
	*at = (struct at_top) { .tree = tree_of(text) };
	at->model.namespace_ = "default";
	at->model.pods_end = &at->model.pods;
	at->model.services_end = &at->model.services;
	at->cursor = (struct cursor) {
		.model = &at->model,
		.findings = &at->findings,
		.file = "f",
		.full_name = "Pod ns/p",
		.doc = { .tree = at->tree, .steps = 100000 },
	};
	buf_puts(&at->cursor.path, "$");
}

static inline void at_top_done(struct at_top *at)
{
	yaml_tree_free(at->tree);
	arena_free(&at->model.arena);
	findings_free(&at->findings);
	buf_free(&at->cursor.path);
}
#define _cleanup_at_top_ _cleanup_(at_top_done)
