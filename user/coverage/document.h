/* SPDX-License-Identifier: MIT */
/* The output of `coverage`: a JSON document or a table. */
#pragma once

#include <stdio.h>

#include "coverage.h"

/* The table of ways, without trying them. */
void document_list_json(struct buf *out);

/* 0, or a negative errno. */
int document_list_text(FILE *out);

/* The results. `kernel` is the release on which the ways were tried. */
void document_json(const struct coverage *coverage, const char *kernel, struct buf *out);

/* 0, or a negative errno. */
int document_text(const struct coverage *coverage, const char *kernel, FILE *out);
