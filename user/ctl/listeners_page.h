/* SPDX-License-Identifier: MIT */
/* What listens, as an HTML page with the registry behind it. */
#pragma once

#include "../base/json.h"
#include "../registry/registry.h"

/*
 * Write the page of a `listeners` document, and of the violations of a `learn` one, to a
 * file (outfile.h); the exit status.
 */
int listeners_page(const struct registry *registry, const struct json *document,
		   const struct json *violations, const char *path);
