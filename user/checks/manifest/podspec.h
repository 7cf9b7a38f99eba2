/* SPDX-License-Identifier: MIT */
/* Reads specifications of pods. Pure. */
#pragma once

#include "cursor.h"

/* What a pod is called after. Texts are in the check's arena. */
struct pod_owner {
	const char *kind;
	const char *namespace_, *name;
	const char *maker_kind, *maker; /* its controller, or NULL */
	enum pod_names names;
	bool ended;
};

/*
 * Read the specification of a pod and the labels of its metadata (which may be
 * NULL). NULL where memory ran out. The path is that of the specification.
 */
struct pod *podspec_read(struct cursor *cursor, const struct pod_owner *owner,
			 const struct yaml_node *metadata, const struct yaml_node *spec);

/* Is this the specification of a pod: a list of containers with names and images? */
bool podspec_is(struct document *doc, const struct yaml_node *node);

/* Read labels, or what is like them: keys with texts. */
struct label *labels_read(struct cursor *cursor, const struct yaml_node *mapping);
