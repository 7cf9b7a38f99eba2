/* SPDX-License-Identifier: MIT */
/*
 * Reads the mappings of a registry file by tables: for each kind of mapping the
 * keys it may have, and for each key what reads its value. Pure.
 *
 * Functions that return int return 0 or -ENOMEM; what is wrong with the file
 * is said in the diags, and reading goes on, so that one run says everything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "words.h"
#include "yaml.h"

struct reader {
	const char *file;
	const struct yaml_tree *tree;
	struct diags *diags;
};

struct field {
	const char *name;
	int (*read)(const struct reader *r, const struct field *field,
		    const struct yaml_node *value, void *object);
	size_t offset; /* of what is read, in the object */
	size_t max;    /* characters of a text, items of a list */
	const struct words *words;
	bool required;
};

/* A kind of mapping; at most 64 keys. */
struct fields {
	const char *what; /* with its article, as in "no key of an entry" */
	const struct field *items;
	size_t len;
};

/* Read a mapping into the object that the fields' offsets are of. */
int reader_mapping(const struct reader *r, const struct fields *fields,
		   const struct yaml_node *node, void *object);

/* Say what is wrong at a node. */
void reader_say(const struct reader *r, const struct yaml_node *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Say what is wrong with a field's scalar: "key: value: why". */
void reader_bad(const struct reader *r, const struct field *field, const struct yaml_node *value,
		const char *why);

/* The text of a field's value, or NULL (and said) where it is none. */
const char *reader_scalar(const struct reader *r, const struct field *field,
			  const struct yaml_node *value);

/* Is the field's value a list of at most field->max items? Says what it is else. */
bool reader_is_list(const struct reader *r, const struct field *field,
		    const struct yaml_node *value);

/* Readers of values, into the type that each names. */
int read_text(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object); /* char * */
int read_name(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object); /* char *, a layer's name */
int read_path(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object); /* char *, absolute */
int read_word(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object); /* uint8_t, the word's number */
int read_word_text(const struct reader *r, const struct field *field, const struct yaml_node *value,
		   void *object); /* char *, the word */
int read_ports(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object); /* struct reg_row */
int read_role(const struct reader *r, const struct field *field, const struct yaml_node *value,
	      void *object); /* struct reg_row */
int read_since(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object); /* struct reg_row */
int read_removed(const struct reader *r, const struct field *field, const struct yaml_node *value,
		 void *object); /* struct reg_row */
int read_until(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object); /* struct reg_row */
int read_platforms(const struct reader *r, const struct field *field, const struct yaml_node *value,
		   void *object); /* struct reg_row */
int read_owners(const struct reader *r, const struct field *field, const struct yaml_node *value,
		void *object); /* struct reg_row */
