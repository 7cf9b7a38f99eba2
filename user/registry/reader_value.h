/* SPDX-License-Identifier: MIT */
/*
 * Reads single values of a registry file. What is wrong with one is said in the diags, and
 * reading goes on, so that one run says everything. Pure.
 */
#pragma once

#include "diag.h"
#include "row_fields.h"
#include "yaml.h"

#define READER_SHOWN 64 /* bytes of a value that a message repeats */

struct reader {
	const char *file;
	const struct yaml_tree *tree;
	struct diags *diags;
};

/* Say what is wrong at a node. */
void reader_say(const struct reader *r, const struct yaml_node *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Say what is wrong with a field's scalar: "key: value: why". */
void reader_bad(const struct reader *r, const struct field *field, const struct yaml_node *value,
		const char *why);

/* The text of a field's value, or NULL, and a message, where it has none. */
const char *reader_scalar(const struct reader *r, const struct field *field,
			  const struct yaml_node *value);

/* Is the field's value a list of at most field->max items? Says what it is else. */
bool reader_is_list(const struct reader *r, const struct field *field,
		    const struct yaml_node *value);

/* Read a value that is no list of platforms or owners into the object. 0, or -ENOMEM. */
int reader_value(const struct reader *r, const struct field *field, const struct yaml_node *value,
		 void *object);
