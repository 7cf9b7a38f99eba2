/* SPDX-License-Identifier: MIT */
/* A text of another format, that is to become a layer. */
#pragma once

#include "../registry/registry.h"

struct exchange_source {
	const char *file; /* its name in messages, and the layer's path */
	const char *text; /* need not be terminated */
	size_t len;
	const char *name;  /* of the layer */
	const char *facts; /* the layer's source, or NULL */
};
