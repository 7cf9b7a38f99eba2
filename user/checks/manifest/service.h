/* SPDX-License-Identifier: MIT */
/* Services, and whether the pods on the host network that they select declare their ports. Pure. */
#pragma once

#include "cursor.h"

/* Read a Service's specification (NULL: it has none); the path is that of the object. */
void service_read(struct cursor *cursor, const char *namespace_, const char *name,
		  const struct yaml_node *spec);

/* Compare all Services of a check with all its pods. 0, or -ENOMEM. */
int service_check(struct check *check);
