// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/json.h"
#include "../../user/base/jsonw.h"

static struct json *parse(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	if (json_parse(text, strlen(text), &err, &json) < 0)
		fail_msg("%s: %s", text, err.data);
	assert_int_equal(err.len, 0);
	return json;
}

static void test_getters(void **state)
{
	_cleanup_(json_freep) struct json *json = parse(
		"{\"zero\":0,\"s\":\"x\\u0041\",\"n\":4711,\"big\":9223372036854775807,\"neg\":-1,"
		"\"real\":1.5,\"t\":true,\"f\":false,\"nil\":null,\"a\":[1,\"two\",{\"three\":3}],"
		"\"o\":{}}");
	const struct json *a = json_member(json, "a");

	(void)state;
	check_text("s", json_member_text(json, "s", "-"), "xA");
	check_u64("n", json_member_u64(json, "n", 1), 4711);
	check_u64("zero", json_member_u64(json, "zero", 1), 0);
	check_u64("big", json_member_u64(json, "big", 1), INT64_MAX);
	check_int("t", json_member_bool(json, "t", false), true);
	check_int("f", json_member_bool(json, "f", true), false);
	check_u64("array", json_len(a), 3);
	check_u64("array 0", json_u64(json_at(a, 0), 9), 1);
	check_text("array 1", json_text(json_at(a, 1), NULL), "two");
	check_u64("array 2", json_member_u64(json_at(a, 2), "three", 9), 3);
	assert_non_null(json_member(json, "o"));
}

/* Whatever is not there, or is of another type, is the default. */
static void test_defaults(void **state)
{
	static const char *const keys[] = { "none", "nil", "other", "" };
	_cleanup_(json_freep) struct json *json =
		parse("{\"nil\":null,\"other\":[],\"neg\":-1,\"real\":1.5,\"s\":\"1\",\"n\":1,"
		      "\"t\":true}");

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		check_text(keys[i], json_member_text(json, keys[i], "d"), "d");
		check_u64(keys[i], json_member_u64(json, keys[i], 12), 12);
		check_int(keys[i], json_member_bool(json, keys[i], true), true);
		assert_null(json_member(json_member(json, keys[i]), "x"));
		check_u64(keys[i], json_len(json_member(json, keys[i])), 0);
		assert_null(json_at(json_member(json, keys[i]), 0));
	}
	check_u64("neg", json_member_u64(json, "neg", 12), 12);
	check_u64("real", json_member_u64(json, "real", 12), 12);
	check_u64("text as a number", json_member_u64(json, "s", 12), 12);
	check_text("number as a text", json_member_text(json, "n", "d"), "d");
	check_int("number as a bool", json_member_bool(json, "n", false), false);
	check_u64("bool as a number", json_member_u64(json, "t", 12), 12);
	check_text("NULL", json_text(NULL, NULL), NULL);
	json_free(NULL);
}

struct bad_case {
	const char *text, *want; /* what the message begins with */
};

static const struct bad_case bad_cases[] = {
	{ "", "line 1, column 0: " },
	{ "{", "line 1, column 1: " },
	{ "{\"a\":1,}", "line 1, column 8: " },
	{ "{\"a\":1}\n{}", "line 2, column 1: " },
	{ "{\"a\":1,\n \"a\":2}", "line 2, column 4: duplicate" },
	{ "1", "line 1, column 1: " },
	{ "\"text\"", "line 1, column " },
	{ "{'a':1}", "line 1, column 2: " },
	{ "{\"a\":01}", "line 1, column " },
	{ "{\"a\":\"\xff\"}", "line 1, column " },
	{ "{\"a\":\"\033[31m\"}", "line 1, column " },
	{ "{\"a\":\"\\u0000\"}", "line 1, column " },
	{ "{\"a\":9223372036854775808}", "line 1, column " },
	{ "[1] // comment", "line 1, column " },
	{ "]", "line 1, column 1: " },
	{ "{\"\\\"", "line 1, column " },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		const struct bad_case *c = &bad_cases[i];
		_cleanup_buf_ struct buf err = { 0 };
		struct json *json = NULL;

		check_int(c->text, json_parse(c->text, strlen(c->text), &err, &json), -EINVAL);
		assert_null(json);
		if (strncmp(err.data, c->want, strlen(c->want)) != 0)
			fail_msg("%s: %s", c->text, err.data);
		for (size_t at = 0; at < err.len; at++)
			assert_true((unsigned char)err.data[at] >= 0x20);
	}
}

static void nest(struct buf *b, size_t depth, const char *inside)
{
	buf_reset(b);
	buf_puts(b, "\n");
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, '[');
	buf_puts(b, inside);
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, ']');
}

static void test_depth(void **state)
{
	_cleanup_(json_freep) struct json *json = NULL, *quoted = NULL, *beside = NULL;
	_cleanup_buf_ struct buf text = { 0 }, err = { 0 };

	(void)state;
	nest(&text, JSON_DEPTH_MAX, "");
	assert_int_equal(json_parse(text.data, text.len, &err, &json), 0);
	/* Brackets in a string are not nesting, nor does an escaped quote end it. */
	nest(&text, JSON_DEPTH_MAX, "\"\\\"[[[[{{{{\\\\\"");
	assert_int_equal(json_parse(text.data, text.len, &err, &quoted), 0);
	nest(&text, JSON_DEPTH_MAX + 1, "");
	assert_int_equal(json_parse(text.data, text.len, &err, &json), -EINVAL);
	check_text("deep", err.data, "line 2, column 33: nested more than 32 deep");
	/* One after the other they are not deep. */
	buf_reset(&text);
	buf_puts(&text, "[1");
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		buf_puts(&text, ",[],{}");
	buf_putc(&text, ']');
	assert_int_equal(json_parse(text.data, text.len, &err, &beside), 0);
	buf_reset(&err);
	nest(&text, 1000000, "");
	assert_int_equal(json_parse(text.data, text.len, &err, &json), -EINVAL);
}

static void test_size(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	_cleanup_free_ char *text = malloc(JSON_BYTES_MAX + 1);
	struct json *json = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', JSON_BYTES_MAX + 1);
	memcpy(text, "[]", 2);
	assert_int_equal(json_parse(text, JSON_BYTES_MAX + 1, &err, &json), -EINVAL);
	check_text("size", err.data, "67108865 bytes are more than 67108864");
}

/* Only `len` bytes are read. */
static void test_length(void **state)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	(void)state;
	assert_int_equal(json_parse("[1]garbage", 3, &err, &json), 0);
	check_u64("length", json_len(json), 1);
}

/* What is written again is the same document. */
static void test_put(void **state)
{
	static const char *const documents[] = {
		"{}",
		"[]",
		"{\"a\":[1,-2,\"x\",true,false,null,{\"b\":[]}],\"c d\":{\"\\u001b\\\"\":0.5}}",
		"[9223372036854775807,[[[]]]]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		_cleanup_(json_freep) struct json *json = NULL;
		_cleanup_buf_ struct buf err = { 0 }, out = { 0 };
		struct jsonw w = { .out = &out };

		assert_int_equal(json_parse(documents[i], strlen(documents[i]), &err, &json), 0);
		json_put(json, &w);
		check_text("again", out.data, documents[i]);
	}
}

static void test_put_nothing(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	(void)state;
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "before", 1);
	json_put_member("none", NULL, &w);
	jsonw_u64(&w, "after", 2);
	jsonw_object_end(&w);
	check_text("null", out.data, "{\"before\":1,\"none\":null,\"after\":2}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_getters), cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_bad),	cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),	cmocka_unit_test(test_length),
		cmocka_unit_test(test_put),	cmocka_unit_test(test_put_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
