/* SPDX-License-Identifier: MIT */
/* A registry in the formats of others: for people, firewalls and the kernel. Pure. */
#pragma once

#include "../base/buf.h"
#include "../policy/policy.h"

struct export_job {
	const struct registry *registry;
	const char *name; /* of the layer that yaml writes; NULL: see there */
	const struct node_facts *facts;
	uint32_t denies; /* of vap: bits 1 << class; 0: those that are denied by default */
	/* For the formats of one node: */
	const struct policy *policy; /* of the registry and the facts */
	uint16_t first, last;	     /* the ephemeral range */
};

/*
 * Append a document. 0, and a line in `said` for each thing that the format can't
 * hold, with how many rows have it; -EINVAL with one line in `said` that says why
 * there is none; or -ENOMEM.
 */
typedef int (*export_fn)(const struct export_job *job, struct buf *out, struct buf *said);

struct export_format {
	const char *name; /* as --format= takes it */
	export_fn write;
	bool node; /* it is of one node: it reads the policy and the range */
};

/* All formats; their number in *ret_len. */
const struct export_format *export_formats(size_t *ret_len);

/* The format of a name, or NULL. */
const struct export_format *export_format_find(const char *name);
