/* SPDX-License-Identifier: MIT */
/*
 * The text of a file of any length, as a YAML parser takes it: checked, and of JSON one value
 * after the other. It keeps a window of the text and no more. Pure: the caller reads.
 */
#pragma once

#include "yaml.h"
#include "yaml_json.h"
#include "yaml_text.h"

#define YAML_INPUT_WINDOW 65536UL

struct yaml_input {
	const char *file;
	yaml_read_fn read;
	void *data; /* for it */
	struct diags *diags;
	struct yaml_text_at at; /* of what is taken next; set .directives */
	struct yaml_json_value value;
	bool json;
	bool begun;	   /* something is, or was, parsed */
	bool ended;	   /* nothing more can be read */
	size_t first, len; /* in the window: what was not taken, and the end of what was read */
	char window[YAML_INPUT_WINDOW];
};

/* Read the first window, behind a byte order mark. 0, or -EINVAL with a message in diags. */
int yaml_input_open(struct yaml_input *input);

/*
 * Begin the next thing that is to be parsed: all of a YAML file, or a value of JSON. 1; 0: there
 * is nothing left; -EINVAL with a message in diags.
 */
int yaml_input_next(struct yaml_input *input);

/*
 * Take up to `size` bytes, which are at least 16, of what was begun; *ret_len is 0 at its end. 0,
 * or -EINVAL with a message in diags.
 */
int yaml_input_take(struct yaml_input *input, char *into, size_t size, size_t *ret_len);
