// SPDX-License-Identifier: MIT
#include "json.h"

#include <errno.h>

#include <jansson.h>

#include "jsonw.h"

/* The library's value behind ours; it counts references even where it only reads. */
static json_t *inner(const struct json *json)
{
	return (json_t *)json;
}

static const struct json *outer(const json_t *value)
{
	return (const struct json *)value;
}

/* The first byte at which a document is nested too deeply, or `len`. */
static size_t too_deep(const char *bytes, size_t len)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
			return i;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return len;
}

static int refuse_depth(const char *bytes, size_t at, struct buf *err)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		column = bytes[i] == '\n' ? 1 : column + 1;
		line += bytes[i] == '\n';
	}
	buf_printf(err, "line %zu, column %zu: nested more than %d deep", line, column,
		   JSON_DEPTH_MAX);
	return -EINVAL;
}

int json_parse(const char *bytes, size_t len, struct buf *err, struct json **ret_json)
{
	json_error_t error;
	json_t *value;
	size_t deep;

	if (len > JSON_BYTES_MAX) {
		buf_printf(err, "%zu bytes are more than %lu", len, JSON_BYTES_MAX);
		return -EINVAL;
	}
	deep = too_deep(bytes, len);
	if (deep < len)
		return refuse_depth(bytes, deep, err);
	value = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	if (!value && json_error_code(&error) == json_error_out_of_memory)
		return -ENOMEM;
	if (!value) {
		buf_printf(err, "line %d, column %d: ", error.line, error.column);
		buf_put_safe(err, error.text);
		return -EINVAL;
	}
	*ret_json = (struct json *)value;
	return 0;
}

void json_free(struct json *json)
{
	json_decref(inner(json));
}

const struct json *json_member(const struct json *object, const char *key)
{
	return outer(json_object_get(inner(object), key));
}

size_t json_len(const struct json *array)
{
	return json_array_size(inner(array));
}

bool json_is_list(const struct json *value)
{
	return json_is_array(inner(value));
}

const struct json *json_at(const struct json *array, size_t i)
{
	return outer(json_array_get(inner(array), i));
}

const char *json_text(const struct json *value, const char *otherwise)
{
	const char *text = json_string_value(inner(value));

	return text ? text : otherwise;
}

uint64_t json_u64(const struct json *value, uint64_t otherwise)
{
	const json_t *v = inner(value);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return otherwise;
	return (uint64_t)json_integer_value(v);
}

bool json_bool(const struct json *value, bool otherwise)
{
	const json_t *v = inner(value);

	return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

const char *json_member_text(const struct json *object, const char *key, const char *otherwise)
{
	return json_text(json_member(object, key), otherwise);
}

uint64_t json_member_u64(const struct json *object, const char *key, uint64_t otherwise)
{
	return json_u64(json_member(object, key), otherwise);
}

bool json_member_bool(const struct json *object, const char *key, bool otherwise)
{
	return json_bool(json_member(object, key), otherwise);
}

/* A key of a document, which may hold anything. */
static void put_key(const char *key, struct jsonw *w)
{
	jsonw_key(w, NULL);
	jsonw_put_string(w, key);
	buf_putc(w->out, ':');
	w->comma = false;
}

static void put_object(const json_t *object, struct jsonw *w)
{
	const char *key;
	json_t *value;

	jsonw_object(w, NULL);
	json_object_foreach((json_t *)object, key, value) json_put_member(key, outer(value), w);
	jsonw_object_end(w);
}

static void put_array(const json_t *array, struct jsonw *w)
{
	jsonw_array(w, NULL);
	for (size_t i = 0; i < json_array_size(array); i++)
		json_put(outer(json_array_get(array, i)), w);
	jsonw_array_end(w);
}

/* The depth of what was parsed is bounded. */
void json_put(const struct json *value, struct jsonw *w)
{
	const json_t *v = inner(value);

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_OBJECT:
		put_object(v, w);
		break;
	case JSON_ARRAY:
		put_array(v, w);
		break;
	case JSON_STRING:
		jsonw_string(w, NULL, json_string_value(v));
		break;
	case JSON_INTEGER:
		jsonw_key(w, NULL);
		buf_printf(w->out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL:
		jsonw_key(w, NULL);
		buf_printf(w->out, "%.17g", json_real_value(v));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		jsonw_bool(w, NULL, json_is_true(v));
		break;
	case JSON_NULL:
		jsonw_null(w, NULL);
		break;
	}
}

void json_put_member(const char *key, const struct json *value, struct jsonw *w)
{
	put_key(key, w);
	json_put(value, w);
}
