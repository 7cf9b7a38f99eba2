/* SPDX-License-Identifier: MIT */
/* Reads Services. Pure. */
#pragma once

#include "cursor.h"

/* Read a Service from the node of its object, which has its names; the path is that of the object.
 */
void service_read(struct cursor *cursor, const struct pod *object, const struct yaml_node *node);
