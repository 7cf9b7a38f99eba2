/* SPDX-License-Identifier: MIT */
/* Reads the registries, and files of other formats, that the arguments of a verb name. */
#pragma once

#include "../formats/import.h"
#include "../registry/registry.h"
#include "../source/node_options.h"
#include "verb.h"

struct json;

/* EXIT_OK with the registry, which is the caller's; or an exit status, after a message. */
int registry_argument_load(const struct node_options *options, struct registry **ret_registry);

/*
 * The layers of --registry; without that option those of the running agent; without an agent the
 * built-in ones. Unless they are named, standard error says which. *ret_status is the status
 * document of the agent whose they are, for the caller, or NULL; ret_status may be NULL. An exit
 * status, as above.
 */
int registry_argument_find(const struct ctl *ctl, const struct node_options *options,
			   struct json **ret_status, struct registry **ret_registry);

/*
 * Read a file, or standard input for "-", of at most REGISTRY_FILE_MAX bytes. An exit
 * status; messages begin with `verb`.
 */
int registry_argument_read(const char *verb, const char *path, struct buf *out);

/* A parser for option rows whose field is a struct layer_pools: NAME=ROLE. */
int registry_argument_parse_pool(void *layer_pools, const char *value, struct buf *err);

#define REGISTRY_ARGUMENT_POOL(struct_)                                                            \
	{                                                                                          \
		"pool", "NAME=ROLE",                                                               \
			"what the nodes of a matrix's own pool are: control-plane, worker or any " \
			"(no such pool)",                                                          \
			OPTION_PARSED(struct_, pools, registry_argument_parse_pool),               \
			.repeatable = true                                                         \
	}

/*
 * Make a layer of a text, and print its warnings (those of `source` are not used); its rows keep
 * the line numbers of the text. Check that our own reader accepts its YAML, which is appended to
 * `yaml` unless that is NULL. An exit status, after a message for each fault. The layer is the
 * caller's.
 */
int registry_argument_import(const char *verb, enum import_format format,
			     const struct layer_source *source, struct buf *yaml,
			     struct reg_layer **ret_layer);
