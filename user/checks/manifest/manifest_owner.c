// SPDX-License-Identifier: MIT
#include "manifest_owner.h"

#include <string.h>

#include "../../policy/owner.h"
#include "cursor.h"
#include "placeholder.h"

#define SHOWN_MAX 3 /* owners of a row in a message */

/* What follows a workload's name in the names of its pods: an example of each kind. */
static const struct {
	enum pod_names names;
	const char *suffix;
} suffixes[] = {
	{ PODS_STATIC, "" },	     { PODS_STATIC, "-node" },
	{ PODS_SUFFIXED, "-x7k2p" }, { PODS_HASHED, "-5d4f8c7b9b-x7k2p" },
	{ PODS_NUMBERED, "-0" },     { PODS_TIMED, "-29000000-x7k2p" },
	{ PODS_ROLLED, "-1-x7k2p" },
};

/* A placeholder may become any name. */
static bool glob(const char *pattern, const char *text)
{
	return !pattern || placeholder_in(text) || owner_glob(pattern, text);
}

static bool is_pod(const char *pattern, const struct pod *pod)
{
	char name[CURSOR_TEXT_MAX + 64]; /* longer ones are no names of pods */

	if (!pattern || pod->names == PODS_UNKNOWN)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (pod->names != suffixes[i].names)
			continue;
		(void)snprintf(name, sizeof(name), "%s%s", pod->name, suffixes[i].suffix);
		if (glob(pattern, name))
			return true;
	}
	return false;
}

bool manifest_owner_matches(const struct reg_row *row, const struct pod *pod,
			    const struct container *container)
{
	for (size_t i = 0; i < row->owners_len; i++) {
		const struct reg_owner *o = &row->owners[i];

		if (!o->unit && glob(o->namespace_, pod->namespace_) &&
		    glob(o->container, container->name) && is_pod(o->pod, pod))
			return true;
	}
	return row->owners_len == 0;
}

/* The registry takes one of three: a unit, a path, or what is set of a pod's container. */
static void put_owner(const struct reg_owner *o, struct buf *out)
{
	bool pod = o->namespace_ || o->pod;

	if (o->unit)
		buf_printf(out, "unit %s", o->unit);
	if (pod)
		buf_printf(out, "pod %s/%s", o->namespace_ ? o->namespace_ : "*",
			   o->pod ? o->pod : "*");
	if (o->container)
		buf_printf(out, "%scontainer %s", pod ? ", " : "", o->container);
	if (o->exe)
		buf_puts(out, o->exe);
}

void manifest_owner_names(const struct reg_row *row, struct buf *out)
{
	for (size_t i = 0; i < row->owners_len && i < SHOWN_MAX; i++) {
		buf_puts(out, i ? "; " : "");
		put_owner(&row->owners[i], out);
	}
	if (row->owners_len > SHOWN_MAX)
		buf_printf(out, "; and %zu more", row->owners_len - SHOWN_MAX);
}
