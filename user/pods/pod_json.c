// SPDX-License-Identifier: MIT
/*
 * The lexer and grammar are yajl's: of the JSON libraries of Debian it is the one that can be
 * given any part of a text. (The project's other one, jansson, wants a whole document.) It
 * bounds neither depth nor the length of a text, so that is done here.
 */
#include "pod_json.h"

#include <errno.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#define SLICE_MAX (64U << 10) /* what yajl gets at a time, so that the bound is looked at */

struct pod_json {
	struct pod_reader *reader;
	yajl_handle handle;
	size_t quiet; /* bytes since the last piece */
	bool begun;   /* there was a byte */
	int error;    /* why the reader ended it */
};

/* yajl goes on after what is not 0. */
static int done(struct pod_json *json, int r)
{
	json->quiet = 0;
	json->error = r;
	return r == 0;
}

static int on_null(void *ctx)
{
	struct pod_json *json = ctx;

	pod_reader_null(json->reader);
	return done(json, 0);
}

static int on_boolean(void *ctx, int value)
{
	struct pod_json *json = ctx;

	pod_reader_scalar(json->reader, value ? "true" : "false", value ? 4 : 5);
	return done(json, 0);
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct pod_json *json = ctx;

	pod_reader_scalar(json->reader, text, len);
	return done(json, 0);
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct pod_json *json = ctx;

	pod_reader_scalar(json->reader, (const char *)text, len);
	return done(json, 0);
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct pod_json *json = ctx;

	pod_reader_key(json->reader, (const char *)text, len);
	return done(json, 0);
}

static int on_mapping(void *ctx)
{
	struct pod_json *json = ctx;

	return done(json, pod_reader_open(json->reader, false));
}

static int on_list(void *ctx)
{
	struct pod_json *json = ctx;

	return done(json, pod_reader_open(json->reader, true));
}

static int on_end(void *ctx)
{
	struct pod_json *json = ctx;

	return done(json, pod_reader_close(json->reader));
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_mapping,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end,
	.yajl_start_array = on_list,
	.yajl_end_array = on_end,
};

int pod_json_new(struct pod_reader *reader, struct pod_json **ret_json)
{
	_cleanup_(pod_json_freep) struct pod_json *json = calloc(1, sizeof(*json));

	if (!json)
		return -ENOMEM;
	json->reader = reader;
	json->handle = yajl_alloc(&callbacks, NULL, json);
	if (!json->handle || !yajl_config(json->handle, yajl_allow_multiple_values, 1))
		return -ENOMEM;
	*ret_json = TAKE_PTR(json);
	return 0;
}

void pod_json_free(struct pod_json *json)
{
	if (!json)
		return;
	if (json->handle)
		yajl_free(json->handle);
	free(json);
}

/* Its messages are of ASCII and end with a line. */
static int refuse(struct pod_json *json, struct buf *err)
{
	unsigned char *text = yajl_get_error(json->handle, 0, NULL, 0);
	size_t len = text ? strcspn((const char *)text, "\n") : 0;

	buf_puts(err, "not JSON: ");
	buf_add(err, len ? (const char *)text : "?", len ? len : 1);
	if (text)
		yajl_free_error(json->handle, text);
	return -EINVAL;
}

static int check(struct pod_json *json, yajl_status status, struct buf *err)
{
	if (status == yajl_status_ok)
		return 0;
	if (status != yajl_status_client_canceled)
		return refuse(json, err);
	if (json->error == -E2BIG)
		buf_printf(err, "nested more than %d deep", POD_READER_DEPTH_MAX);
	return json->error;
}

int pod_json_feed(struct pod_json *json, const char *bytes, size_t len, struct buf *err)
{
	int r = 0;

	while (r == 0 && len) {
		size_t n = len < SLICE_MAX ? len : SLICE_MAX;

		json->quiet += n;
		json->begun = true;
		r = check(json, yajl_parse(json->handle, (const unsigned char *)bytes, n), err);
		if (r == 0 && json->quiet > POD_JSON_QUIET_MAX) {
			buf_printf(err, "a text of more than %u bytes", POD_JSON_QUIET_MAX);
			r = -E2BIG;
		}
		bytes += n;
		len -= n;
	}
	return r;
}

int pod_json_end(struct pod_json *json, struct buf *err)
{
	/* a watch in which nothing happened is no fault, but yajl wants a value */
	return json->begun ? check(json, yajl_complete_parse(json->handle), err) : 0;
}
