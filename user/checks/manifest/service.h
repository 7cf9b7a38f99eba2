/* SPDX-License-Identifier: MIT */
/* Reads Services. Pure. */
#pragma once

#include "cursor.h"

/* Read a Service's specification (NULL: it has none); the path is that of the object. */
void service_read(struct cursor *cursor, const char *namespace_, const char *name,
		  const struct yaml_node *spec);
