/* SPDX-License-Identifier: MIT */
/* Files of other formats, read for the verbs that take them. */
#pragma once

#include "../formats/import.h"

/*
 * Read a file, or standard input for "-", of at most REGISTRY_FILE_MAX bytes. An exit
 * status, after saying what is wrong as `verb`.
 */
int exchange_input(const char *verb, const char *path, struct buf *out);

/*
 * Make a layer of a text, whose rows keep its lines, and make sure that our own reader
 * takes it when it is written. Its YAML is appended to `yaml` unless that is NULL. An
 * exit status, after saying all that is wrong. The layer is the caller's.
 */
int exchange_layer(const char *verb, enum import_format format,
		   const struct exchange_source *source, struct buf *yaml,
		   struct reg_layer **ret_layer);

/* Print what is wrong with a file, a line each, to standard error. */
void exchange_faults(const struct diags *diags);
