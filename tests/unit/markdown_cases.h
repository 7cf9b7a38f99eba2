/* SPDX-License-Identifier: MIT */
/* Pages in Markdown, for the tests of what reads and what writes them. */
#pragma once

#include "layer_texts.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/formats/layer_build.h"
#include "../../user/formats/markdown_read.h"

#define FIXTURE "tests/registry/page.md"

static inline int read_page(const char *text, struct diags *diags, struct reg_layer **ret_layer)
{
	struct layer_source source = {
		.file = "p.md",
		.text = text,
		.len = strlen(text),
		.name = "t",
	};

	return markdown_read(&source, diags, ret_layer);
}

static inline struct reg_layer *page_of(const char *text)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	struct reg_layer *layer = NULL;

	if (read_page(text, &diags, &layer) == 0)
		return layer;
	diags_text(&diags, &out);
	fail_msg("%s", out.data);
	return NULL;
}

static inline struct buf fixture(void)
{
	_cleanup_fclose_ FILE *f = fopen(FIXTURE, "re");
	struct buf text = { 0 };
	char chunk[4096];
	size_t n;

	if (!f)
		fail_msg("%s: not there: run from the top of the repository", FIXTURE);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&text, chunk, n);
	return text;
}
