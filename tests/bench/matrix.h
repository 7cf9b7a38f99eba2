/* SPDX-License-Identifier: MIT */
/* The notes of one row as a table: a line for each instance, a column for each figure. */
#pragma once

#include <stdio.h>

#include "results.h"

#define MATRIX_COLUMNS 8 /* further figures are left out: the JSON has them */

/* Print it. Nothing where there are no notes. 0, or a negative errno. */
int matrix_print(const struct results *r, const struct target_row *row, FILE *out);
