/* SPDX-License-Identifier: MIT */
/* What `coverage` prints: a document for programs, a table for people. */
#pragma once

#include <stdio.h>

#include "coverage.h"

/* The table of ways, as it is without trying. */
void document_list_json(struct buf *out);

/* 0, or a negative errno. */
int document_list_text(FILE *out);

/* What came of trying them. `kernel` is the release that they were tried on. */
void document_json(const struct coverage *coverage, const char *kernel, struct buf *out);

/* 0, or a negative errno. */
int document_text(const struct coverage *coverage, const char *kernel, FILE *out);
