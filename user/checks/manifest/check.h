/* SPDX-License-Identifier: MIT */
/*
 * Kubernetes manifests against the registry: `hostportctl check`. Texts in,
 * findings out. Pure.
 */
#pragma once

#include "../../policy/policy.h"
#include "../../registry/yaml.h"
#include "../finding.h"
#include "manifest_rules.h"
#include "model.h"

#define MANIFEST_WHOLE_MAX (8UL << 20) /* bytes; a longer file is read in a window */

struct manifest_options {
	const struct registry *registry; /* must outlive the check */
	struct node_facts facts;	 /* its role is not looked at */
	/*
	 * Of all nodes: only rows for this role hold, or rows for every role where it
	 * is REG_ROLE_ANY. REG_ROLE_MAX: each pod runs where its manifest lets it.
	 */
	enum reg_role role;
	const char *namespace_; /* of objects that name none */
};

struct check;

/* 0, or -ENOMEM. The check is the caller's. */
int check_new(const struct manifest_options *options, struct check **ret_check);

/*
 * Look at one file. What is wrong with it is a finding; 0, or -ENOMEM. The check keeps
 * only what it compares with other files.
 */
int check_file(struct check *check, const char *file, const char *text, size_t len);

/*
 * The same of a file of any length, most of all a list of a cluster's objects, as read() gives it:
 * see yaml_stream_read(). Memory is needed for an object at a time, and a little for each pod that
 * takes ports of its node. Nothing behind a fault is read, and no template is recognised.
 */
int check_long_file(struct check *check, const char *file, yaml_read_fn read, void *data);

/*
 * Compare what all files have, once, after the last one. 0, or -ENOMEM. The findings,
 * sorted, are then the caller's.
 */
int check_finish(struct check *check, struct findings *ret_findings);

/* Forget all files, to check others with the same options. */
void check_reset(struct check *check);

struct manifest_counts check_counts(const struct check *check);

void check_free(struct check *check);
DEFINE_CLEANUP(struct check, check_free)
