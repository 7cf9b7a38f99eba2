/* SPDX-License-Identifier: MIT */
/*
 * The options that the agent and the offline verbs share: which registry, what
 * this node is, and what is denied on it.
 */
#pragma once

#include "../base/options.h"
#include "../policy/policy.h"

/* Must be the first member of a program's own options: the setters below take it as ctx. */
struct node_options {
	const char *registries[REGISTRY_LAYERS_MAX];
	size_t registries_len; /* 0: the built-in stack */
	enum reg_role role;
	const char *platform; /* NULL: none given */
	struct reg_version cluster;
	uint32_t mode;	 /* enum hp_mode; unset: not given */
	uint32_t denies; /* bits 1 << class; 0: not given */
};

int node_set_registry(void *ctx, const char *value, struct buf *err);
int node_set_role(void *ctx, const char *value, struct buf *err);
int node_set_platform(void *ctx, const char *value, struct buf *err);
int node_set_cluster_version(void *ctx, const char *value, struct buf *err);
int node_set_mode(void *ctx, const char *value, struct buf *err);
int node_set_enforce(void *ctx, const char *value, struct buf *err);

#define NODE_OPTION_REGISTRY                                                                       \
	{                                                                                          \
		"registry", "builtin:NAME|FILE|DIR",                                               \
			"a layer of the registry, in order; the default is the built-in stack",    \
			node_set_registry, true                                                    \
	}

#define NODE_OPTIONS                                                                               \
	NODE_OPTION_REGISTRY,                                                                      \
		{ "role", "control-plane|worker|any",                                              \
		  "what this node is; rows for another role are inactive (any)", node_set_role,    \
		  false },                                                                         \
		{ "platform", "NAME",                                                              \
		  "the cluster's platform; rows for others are inactive (not known)",              \
		  node_set_platform, false },                                                      \
		{ "cluster-version", "X.Y",                                                        \
		  "rows since a later version are inactive, rows removed later still hold (not "   \
		  "known)",                                                                        \
		  node_set_cluster_version, false },                                               \
	{                                                                                          \
		"enforce", "CLASS,...",                                                            \
			"classes denied in enforce mode: default (unregistered, retired, "         \
			"inactive, scope),"                                                        \
			" or a list of single ones (default)",                                     \
			node_set_enforce, false                                                    \
	}

/* The node's facts, as of today (UTC). */
struct node_facts node_facts(const struct node_options *options);
