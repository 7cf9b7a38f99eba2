/* SPDX-License-Identifier: MIT */
/* The CSV of `registry export`, a row a line, to a layer. Pure. */
#pragma once

#include <stdbool.h>

#include "layer_build.h"

/* Is it one, by its header? */
bool rows_are(const char *text, size_t len);

/*
 * Read the rows of all its layers into one. A ' that keeps a spreadsheet from computing a cell is
 * taken off. -EINVAL with messages for all that is wrong; -ENOMEM. The layer is the caller's.
 */
int rows_read(const struct layer_source *source, struct diags *diags, struct reg_layer **ret_layer);
