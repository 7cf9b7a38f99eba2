/* SPDX-License-Identifier: MIT */
/* Reads specifications of pods. Pure. */
#pragma once

#include "cursor.h"

/*
 * Read the specification of a pod and the labels of its metadata (which may be
 * NULL) into a copy of `object`, which has what it shares with its object; it may have the host
 * network from there. NULL where memory ran out. The path is that of the specification.
 */
struct pod *podspec_read(struct cursor *cursor, const struct pod *object,
			 const struct yaml_node *metadata, const struct yaml_node *spec);

/* Is this the specification of a pod: are there containers with images? */
bool podspec_is(struct document *doc, const struct yaml_node *node);
