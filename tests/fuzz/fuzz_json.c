// SPDX-License-Identifier: MIT
/*
 * A JSON document: refused with a message that is safe for a terminal, or of
 * bounded depth, and each of its texts, written by our writer and read again, is
 * the same. Then the input as a text of any bytes: written, it is a document.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/base/jsonw.h"

static void check_text(const char *text)
{
	_cleanup_(json_freep) struct json *again = NULL;
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_array(&w, NULL);
	jsonw_string(&w, NULL, text);
	jsonw_array_end(&w);
	again = check_json(&out);
	CHECK(strcmp(json_text(json_at(again, 0), ""), text) == 0);
}

static void walk(const struct json *value, unsigned int depth)
{
	const char *text = json_text(value, NULL);

	CHECK(depth <= JSON_DEPTH_MAX);
	if (text)
		check_text(text);
	CHECK(json_is_list(value) || json_len(value) == 0);
	CHECK(json_u64(value, 7) <= INT64_MAX);
	for (size_t i = 0; i < json_len(value); i++)
		walk(json_at(value, i), depth + 1);
	if (json_member(value, "a"))
		walk(json_member(value, "a"), depth + 1);
	CHECK(json_at(value, json_len(value)) == NULL);
}

static void check_any_bytes(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *text = feed_text(&feed, '\0');
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "a", text);
	jsonw_string_opt(&w, "b", text);
	jsonw_object_end(&w);
	json_free(check_json(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	int r = json_parse(bytes, size, &err, &json);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (json != NULL) && (r == 0) == (err.len == 0));
	check_safe(&err, false);
	walk(json, 0);
	check_any_bytes(data, size);
	return 0;
}
