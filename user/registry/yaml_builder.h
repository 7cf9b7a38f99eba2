/* SPDX-License-Identifier: MIT */
/* Makes trees of what libyaml reads: for yaml.c and yaml_stream.c. Pure. */
#pragma once

#include <yaml.h>

#include "yaml.h"
#include "yaml_anchors.h"

#define YAML_BUILDER_PART 1000 /* no type of an event */

/* How much of YAML is taken. */
struct yaml_dialect {
	size_t depth;
	uint32_t keys;
	bool loose; /* as yaml_stream_new() says */
};

/* A sequence or mapping that has not ended yet. */
struct yaml_level {
	uint32_t node;
	uint32_t last;	/* its last child; 0: none yet */
	uint32_t count; /* children so far, keys and values alike */
};

struct yaml_builder {
	yaml_parser_t parser;
	const struct yaml_dialect *dialect;
	const char *file;
	struct diags *diags;
	struct yaml_tree *tree;
	struct yaml_anchors anchors;
	struct yaml_level open[YAML_STREAM_DEPTH_MAX];
	size_t depth;
	size_t documents;	   /* so far */
	bool parted;		   /* scalars need yaml_json_join() */
	unsigned int line, column; /* of what is parsed in its file, from 0 */
	yaml_mark_t fault;	   /* in what is parsed */
	bool parts;		   /* of long documents: see yaml_stream_in_parts() */
	struct yaml_input *input;  /* of a file that is fed to the parser, or NULL */
	bool unread;		   /* feeding failed, with a message in diags */
};

/*
 * Give the parser a text, or, if `feed` is not NULL, what feed() gives it; its data is the
 * builder. 0, or -ENOMEM.
 */
int yaml_builder_parse(struct yaml_builder *builder, yaml_read_handler_t *feed, const char *text,
		       size_t len);

/*
 * Read up to the end of a document, or of all. The last event's type; YAML_BUILDER_PART: a part
 * of a document can be handed over; or an error.
 */
int yaml_builder_build(struct yaml_builder *builder, yaml_event_type_t end);

/* Hand over a part, which is the caller's, and go on with what is left. 0, or -ENOMEM. */
int yaml_builder_part(struct yaml_builder *builder, struct yaml_tree **ret_tree);

void yaml_builder_done(struct yaml_builder *builder);
