/* SPDX-License-Identifier: MIT */
/* What a YAML file's bytes must be before they are read as YAML. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

/*
 * Valid UTF-8 without control characters other than tab and line ends, not too
 * long, and at most so many lines that start with "%": directives, of which
 * libyaml compares each with all before it. Says in diags what is not so.
 */
bool yaml_bytes_check(const char *file, const char *text, size_t len, size_t directives,
		      struct diags *diags);
