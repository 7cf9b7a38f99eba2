/* SPDX-License-Identifier: MIT */
/* The curves that were measured, as files. */
#pragma once

#include "results.h"

/* Write PREFIX-rows.svg and the like: of each curve that was measured. 0, or a negative errno. */
int plots_write(const struct results *r, const char *prefix);
