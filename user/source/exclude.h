/* SPDX-License-Identifier: MIT */
/* Which files the options --exclude and --exclude-from leave out. Pure. */
#pragma once

#include <stdbool.h>

#include "../base/buf.h"
#include "source_file.h"

#define EXCLUDE_MAX 1000 /* globs */

/*
 * Does a glob match a path, a directory of it, or its end? `*` stands for no slash. "testdata"
 * matches all below such a directory, "*.tmpl.yaml" any file of that end, "ci/x.yaml" this file
 * of any directory "ci".
 */
bool exclude_matches(const char *glob, const char *path);

/* Does one of the globs match? */
bool exclude_has(const struct names *globs, const char *path);

/*
 * Append the globs of a text, a line each; empty lines and those that begin with # don't count.
 * As names_add().
 */
int exclude_read(const char *text, struct names *globs);
