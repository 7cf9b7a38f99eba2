/* SPDX-License-Identifier: MIT */
/* Reads the registries, and files of other formats, that the arguments of a verb name. */
#pragma once

#include "../formats/import.h"
#include "../registry/registry.h"
#include "../source/node_options.h"

/* EXIT_OK with the registry, which is the caller's; or an exit status, after a message. */
int registry_argument_load(const struct node_options *options, struct registry **ret_registry);

/*
 * Read a file, or standard input for "-", of at most REGISTRY_FILE_MAX bytes. An exit
 * status; messages begin with `verb`.
 */
int registry_argument_read(const char *verb, const char *path, struct buf *out);

/*
 * Make a layer of a text; its rows keep the line numbers of the text. Check that our own
 * reader accepts its YAML, which is appended to `yaml` unless that is NULL. An exit
 * status, after a message for each fault. The layer is the caller's.
 */
int registry_argument_import(const char *verb, enum import_format format,
			     const struct layer_source *source, struct buf *yaml,
			     struct reg_layer **ret_layer);
