/* SPDX-License-Identifier: MIT */
/* The results for a person, and as JSON. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "bench.h"
#include "results.h"

/* Print the table of the rows that were wanted, and the details. 0, or a negative errno. */
int report_print(const struct bench *b, const struct results *r, FILE *out);

/* Write all as one JSON document. 0, or a negative errno. */
int report_write_json(const struct bench *b, const struct results *r, const char *path);

/* Was everything that was wanted measured? */
bool report_is_whole(const struct bench *b, const struct results *r);
