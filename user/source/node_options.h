/* SPDX-License-Identifier: MIT */
/*
 * The options that the agent and the offline verbs share: the registry, the facts of the node,
 * and the classes denied on it.
 */
#pragma once

#include "../base/options.h"
#include "../policy/policy.h"
#include "watched_paths.h"

/* Each program's options have one as their member `node`. */
struct node_options {
	const char *registries[REGISTRY_LAYERS_MAX];
	size_t registries_len; /* 0: the built-in stack */
	enum reg_role role;
	const char *platform; /* NULL: none given */
	struct reg_version cluster;
	uint32_t mode;	 /* enum hp_mode; unset: not given */
	uint32_t denies; /* bits 1 << class; 0: not given */
};

/* Parsers for option rows; the parameter names the type of the field. */
int node_options_parse_registry(void *node_options, const char *value, struct buf *err);
int node_options_parse_role(void *reg_role, const char *value, struct buf *err);
int node_options_parse_version(void *reg_version, const char *value, struct buf *err);
/* A list of classes, as bits 1 << class. */
int node_options_parse_classes(void *u32, const char *value, struct buf *err);

/* The rows of a program's option table. */
#define NODE_OPTION_REGISTRY(struct_)                                                              \
	{                                                                                          \
		"registry", "builtin:NAME|FILE|DIR",                                               \
			"a layer of the registry, in order; the default is the built-in stack",    \
			OPTION_PARSED(struct_, node, node_options_parse_registry),                 \
			.repeatable = true                                                         \
	}
#define NODE_OPTION_MODE(struct_, help)                                                            \
	{                                                                                          \
		"mode", "audit|enforce", help,                                                     \
			OPTION_WORD(struct_, node.mode, HP_MODE_AUDIT, HP_MODE_ENFORCE)            \
	}
#define NODE_OPTION_ROLE(struct_, help)                                                            \
	{                                                                                          \
		"role", "control-plane|worker|any", help,                                          \
			OPTION_PARSED(struct_, node.role, node_options_parse_role)                 \
	}
#define NODE_OPTION_PLATFORM(struct_, help)                                                        \
	{                                                                                          \
		"platform", "NAME", help, OPTION_STRING(struct_, node.platform)                    \
	}
#define NODE_OPTION_VERSION(struct_, help)                                                         \
	{                                                                                          \
		"cluster-version", "X.Y", help,                                                    \
			OPTION_PARSED(struct_, node.cluster, node_options_parse_version)           \
	}
#define NODE_OPTION_ENFORCE(struct_)                                                               \
	{                                                                                          \
		"enforce", "CLASS,...",                                                            \
			"classes denied in enforce mode: default (unregistered, retired, "         \
			"inactive, scope), or a list of single ones (default)",                    \
			OPTION_PARSED(struct_, node.denies, node_options_parse_classes)            \
	}

#define NODE_PLATFORM_HELP "the cluster's platform; rows for others are inactive (not known)"
#define NODE_VERSION_HELP                                                                          \
	"rows since a later version are inactive, rows removed later still hold (not known)"

/* All of them but the mode, whose meaning differs between programs. */
#define NODE_OPTIONS(struct_)                                                                      \
	NODE_OPTION_REGISTRY(struct_),                                                             \
		NODE_OPTION_ROLE(struct_,                                                          \
				 "what this node is; rows for another role are inactive (any)"),   \
		NODE_OPTION_PLATFORM(struct_, NODE_PLATFORM_HELP),                                 \
		NODE_OPTION_VERSION(struct_, NODE_VERSION_HELP), NODE_OPTION_ENFORCE(struct_)

/* Its layers, to be watched. They are borrowed. */
struct watched_paths node_options_paths(const struct node_options *options);

/* The node's facts, as of today (UTC). */
struct node_facts node_options_facts(const struct node_options *options);
