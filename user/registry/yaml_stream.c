// SPDX-License-Identifier: MIT
#include "yaml.h"

#include <errno.h>
#include <string.h>

#include "yaml_builder.h"
#include "yaml_input.h"

#define DIRECTIVES_MAX 1000 /* of a stream: each is compared with all before it */

static const struct yaml_dialect stream_file = {
	.depth = YAML_STREAM_DEPTH_MAX,
	.keys = YAML_STREAM_KEYS_MAX,
	.loose = true,
};

struct yaml_stream {
	struct yaml_builder builder;
	char *copy;	  /* of a JSON text that had to be changed, or NULL */
	const char *text; /* what no parser has been given yet */
	size_t len;
	const char *now; /* what the parser has */
	size_t now_len;
	bool json, over;
	bool going_on;		  /* a part of a document was handed over */
	struct yaml_input *input; /* of a stream that is read, or NULL */
};

/* ---- what is parsed next ------------------------------------------------------------------- */
/* Parse the next piece of a text: of JSON one value, else all there is. */
static int parse_piece(struct yaml_stream *s)
{
	size_t n = s->json ? yaml_json_value(s->text, s->len) : s->len;

	yaml_text_pass(s->now, s->now_len, &s->builder.line, &s->builder.column);
	s->now = s->text;
	s->now_len = n;
	s->text += n;
	s->len -= n;
	return yaml_builder_parse(&s->builder, NULL, s->now, n);
}

static int feed(void *data, unsigned char *into, size_t size, size_t *ret_len)
{
	struct yaml_builder *b = data;

	b->unread = yaml_input_take(b->input, (char *)into, size, ret_len) < 0;
	b->parted = b->input->value.parted;
	return !b->unread;
}

/* The same of what is read. */
static int parse_input(struct yaml_stream *s)
{
	s->builder.line = s->input->at.line;
	s->builder.column = s->input->at.column;
	return yaml_builder_parse(&s->builder, feed, NULL, 0);
}

/* 1: there is another piece, which is parsed now; 0: there is none; or an error. */
static int next_piece(struct yaml_stream *s)
{
	int r = s->input ? yaml_input_next(s->input) : s->len > 0;

	if (r != 1)
		return r;
	r = s->input ? parse_input(s) : parse_piece(s);
	return r < 0 ? r : 1;
}

static int prepare(struct yaml_stream *s, const char *text, size_t len)
{
	s->json = yaml_json_is(text, len);
	s->text = text;
	s->len = len;
	if (!s->json || !memmem(text, len, "\\u", 2))
		return parse_piece(s);
	s->text = s->copy = yaml_json_copy(text, len, &s->builder.parted);
	if (!s->copy)
		return -ENOMEM;
	return parse_piece(s);
}

/* ---- streams ------------------------------------------------------------------------------- */
int yaml_stream_new(const char *file, const char *text, size_t len, struct diags *diags,
		    struct yaml_stream **ret_stream)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *s = NULL;
	int r;

	if (!yaml_text_check(file, text, len, DIRECTIVES_MAX, diags))
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->builder = (struct yaml_builder) {
		.dialect = &stream_file,
		.file = file,
		.diags = diags,
	};
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
		text += 3;
		len -= 3;
	}
	r = prepare(s, text, len);
	if (r < 0)
		return r;
	*ret_stream = TAKE_PTR(s);
	return 0;
}

static int open_input(const char *file, yaml_read_fn read, void *data, struct yaml_stream *s)
{
	int r;

	s->builder.input = s->input = calloc(1, sizeof(*s->input));
	if (!s->input)
		return -ENOMEM;
	s->input->file = file;
	s->input->read = read;
	s->input->data = data;
	s->input->diags = s->builder.diags;
	s->input->at.directives = DIRECTIVES_MAX;
	r = yaml_input_open(s->input);
	if (r < 0)
		return r;
	r = next_piece(s);
	return r < 0 ? r : 0;
}

int yaml_stream_read(const char *file, yaml_read_fn read, void *data, struct diags *diags,
		     struct yaml_stream **ret_stream)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->builder = (struct yaml_builder) {
		.dialect = &stream_file,
		.file = file,
		.diags = diags,
	};
	r = open_input(file, read, data, s);
	if (r < 0)
		return r;
	*ret_stream = TAKE_PTR(s);
	return 0;
}

void yaml_stream_in_parts(struct yaml_stream *s)
{
	s->builder.parts = true;
}

/* Make room for the next document. 0, or -ENOMEM. */
static int begin_document(struct yaml_builder *b)
{
	b->depth = 0;
	yaml_anchors_free(&b->anchors);
	yaml_tree_free(b->tree);
	b->tree = yaml_tree_new(YAML_NODES_MAX);
	return b->tree ? 0 : -ENOMEM;
}

/* The next document of what is being parsed, or a part of it: 1, 0 or an error. */
static int next_document(struct yaml_stream *s, struct yaml_tree **ret_tree)
{
	struct yaml_builder *b = &s->builder;
	int r = s->going_on ? 0 : begin_document(b);

	if (r == 0)
		r = yaml_builder_build(b, YAML_DOCUMENT_END_EVENT);
	s->going_on = r == YAML_BUILDER_PART;
	if (s->going_on) {
		r = yaml_builder_part(b, ret_tree);
		return r < 0 ? r : 1;
	}
	if (r != YAML_DOCUMENT_END_EVENT || !b->tree->len)
		return r < 0 ? r : 0;
	*ret_tree = TAKE_PTR(b->tree);
	return 1;
}

int yaml_stream_next(struct yaml_stream *s, struct yaml_tree **ret_tree)
{
	int r;

	if (s->over)
		return 0;
	do {
		r = next_document(s, ret_tree);
		if (r != 0)
			break;
		r = next_piece(s);
	} while (r == 1);
	s->over = r != 1;
	return r;
}

int yaml_stream_resume(struct yaml_stream *s)
{
	const struct yaml_builder *b = &s->builder;
	size_t len = s->now_len, at = len;
	int r;

	if (!s->json && !s->input && b->documents <= YAML_STREAM_DOCUMENTS_MAX &&
	    b->fault.line < SIZE_MAX)
		at = yaml_text_document(s->now, len, b->fault.line, b->fault.column);
	if (at == len)
		return 0;
	s->text = s->now + at;
	s->len = len - at;
	s->now_len = at; /* which parse_piece() passes */
	s->over = false;
	s->going_on = false;
	r = parse_piece(s);
	return r < 0 ? r : 1;
}

void yaml_stream_free(struct yaml_stream *s)
{
	if (!s)
		return;
	yaml_builder_done(&s->builder);
	free(s->copy);
	free(s->input);
	free(s);
}
