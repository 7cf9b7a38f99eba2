/* SPDX-License-Identifier: MIT */
/* What enforcement would deny, as members of a JSON object. Pure. */
#pragma once

#include "../base/jsonw.h"
#include "impact.h"

/* Write the member `key`, a list as below. How many rows it lacks. */
size_t impact_put_rows(const struct impact *impact, const struct workload_facts *facts,
		       const char *key, size_t rows, size_t bytes, struct jsonw *w);

/*
 * Write the members `key`, a list of at most `rows` and of not much more than
 * `bytes`, `left_out`, the number of rows that the list lacks, and `forgotten`.
 */
void impact_put(const struct impact *impact, const struct workload_facts *facts, const char *key,
		size_t rows, size_t bytes, struct jsonw *w);
