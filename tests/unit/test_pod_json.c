// SPDX-License-Identifier: MIT
#include "../../user/pods/pod_json.h"

#include <malloc.h>

#include "pod_texts.h"

#define TEXT                                                                                       \
	"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[\n"             \
	"{\"metadata\":{\"name\":\"a\",\"namespace\":\"n\",\"uid\":\"u\\u0031\\n\\\"\","           \
	"\"managedFields\":[{\"f:x\":{\"k:{\\\"name\\\":\\\"c\\\"}\":{}},\"n\":-1.5e3}]},"         \
	"\"spec\":{\"hostNetwork\":true,\"containers\":[{\"name\":\"\\u0063\\ud83d\\ude00\","      \
	"\"ports\":[{\"containerPort\":8080,\"hostPort\":null}]}]}},"                              \
	"{\"metadata\":{\"name\":\"b\",\"uid\":\"u2\"},\"spec\":{\"containers\":[{\"name\":\"c\"," \
	"\"ports\":[{\"containerPort\":80,\"protocol\":\"UDP\"}]}],\"hostNetwork\":false}}]}\r\n"  \
	"{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"c\"}}} "
#define WANT                                                                                       \
	"pod v: unusable\n"                                                                        \
	"pod v: default/b [u2] main=c c:80/1>0@\n"                                                 \
	"list v7\n"                                                                                \
	"ADDED pod v: default/c []\n"

/* Feed the text in parts of `size` bytes, the first of `first`. */
static int feed(const char *text, size_t len, size_t first, size_t size, struct buf *got,
		struct buf *err)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *json = NULL;
	size_t n = first;
	int r;

	pod_reader_init(&reader, put_read, got);
	r = pod_json_new(&reader, &json);
	for (size_t at = 0; r == 0 && at < len; at += n, n = size) {
		/* a copy: what reads behind it, or keeps it, is seen by a sanitizer */
		_cleanup_free_ char *copy = NULL;

		n = n < len - at ? n : len - at;
		copy = malloc(n + 1);
		assert_non_null(copy);
		memcpy(copy, text + at, n);
		r = pod_json_feed(json, copy, n, err);
	}
	return r == 0 ? pod_json_end(json, err) : r;
}

/* Wherever it is cut, it is the same. */
static void test_cuts(void **state)
{
	const size_t len = strlen(TEXT);

	(void)state;
	for (size_t first = 0; first <= len; first++)
		for (size_t size = 1; size < 4; size++) {
			_cleanup_buf_ struct buf got = { 0 }, err = { 0 };

			check_int("feed",
				  feed(TEXT, len, first, size == 3 ? len : size, &got, &err), 0);
			check_text("objects", got.data, WANT);
			check_u64("no error", err.len, 0);
		}
}

struct fault_case {
	const char *text, *why;
};

static const struct fault_case faults[] = {
	{ "{", "not JSON: parse error: premature EOF" },
	{ "{\"kind\":\"Po", "not JSON: parse error: premature EOF" },
	{ "nul", "not JSON: lexical error: " },
	{ "{]", "not JSON: parse error: " },
	{ "{\"a\" 1}", "not JSON: parse error: " },
	{ "<html>", "not JSON: lexical error: " },
	{ "{\"a\":\"\xff\"}", "not JSON: lexical error: invalid bytes in UTF8 string." },
	{ "{\"a\":\"\x01\"}", "not JSON: lexical error: " },
	{ "{\"a\":01}", "not JSON: parse error: " },
	{ "\x1f\x8b\x08", "not JSON: lexical error: " },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		_cleanup_buf_ struct buf got = { 0 }, err = { 0 };
		const struct fault_case *c = &faults[i];

		check_int(c->text, feed(c->text, strlen(c->text), 1, 1, &got, &err), -EINVAL);
		if (!err.data || strncmp(err.data, c->why, strlen(c->why)) != 0)
			fail_msg("%s: says: %s", c->text, err.data ? err.data : "nothing");
	}
}

static void test_nothing(void **state)
{
	_cleanup_buf_ struct buf got = { 0 }, err = { 0 };

	(void)state;
	check_int("no bytes", feed("", 0, 1, 1, &got, &err), 0);
	check_u64("no error", err.len, 0);
	check_int("blanks", feed(" \n ", 3, 1, 1, &got, &err), -EINVAL);
	check_u64("no objects", got.len, 0);
}

static void put_nested(struct buf *text, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_puts(text, i == depth - 1 ? "{}" : "{\"a\":");
	for (size_t i = 1; i < depth; i++)
		buf_putc(text, '}');
}

static void test_depth(void **state)
{
	_cleanup_buf_ struct buf text = { 0 }, got = { 0 }, err = { 0 };

	(void)state;
	put_nested(&text, POD_READER_DEPTH_MAX);
	check_int("deep", feed(text.data, text.len, 7, 7, &got, &err), 0);
	buf_reset(&text);
	put_nested(&text, POD_READER_DEPTH_MAX + 1);
	check_int("too deep", feed(text.data, text.len, 7, 7, &got, &err), -E2BIG);
	check_text("why", err.data, "nested more than 128 deep");
}

/* A text without an end is given up, and so are blanks. */
static void test_quiet(void **state)
{
	static const struct {
		const char *start;
		char c;
	} endless[] = { { "{\"a\":\"", 'x' }, { "{\"a\":1", '1' }, { "{\"a\":", ' ' } };
	_cleanup_buf_ struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(endless); i++)
		for (size_t less = 0; less < 2; less++) {
			_cleanup_buf_ struct buf text = { 0 }, err = { 0 };
			/* one that ends in time is good, also where it comes in parts. They are as
			 * large as curl's: for each, yajl looks at the text from its beginning. */
			size_t n = less ? POD_JSON_QUIET_MAX / 2 : 2 * POD_JSON_QUIET_MAX;

			buf_puts(&text, endless[i].start);
			for (size_t j = 0; j < n; j++)
				buf_putc(&text, endless[i].c);
			if (less)
				buf_puts(&text, i == 0 ? "\"}" : i == 1 ? "}" : "1}");
			check_int("feed", feed(text.data, text.len, 1000, 16384, &got, &err),
				  less ? 0 : -E2BIG);
			if (!less)
				check_text("why", err.data, "a text of more than 2097152 bytes");
		}
}

static int count(void *data, const struct pod_read *read)
{
	size_t *pods = data;

	*pods += read->kind == POD_READ_POD;
	return 0;
}

/* A list of any length takes no more memory than one pod of it. */
static void test_long_list(void **state)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *json = NULL;
	_cleanup_buf_ struct buf pod = { 0 }, err = { 0 };
	size_t pods = 0, before;

	(void)state;
	buf_puts(&pod, "{\"metadata\":{\"name\":\"p\",\"managedFields\":[\"");
	for (size_t i = 0; i < 500; i++)
		buf_puts(&pod, "xy\\n");
	buf_puts(&pod, "\"]},\"spec\":{\"containers\":[{\"name\":\"c\"}]}},");
	pod_reader_init(&reader, count, &pods);
	assert_int_equal(pod_json_new(&reader, &json), 0);
	assert_int_equal(pod_json_feed(json, "{\"items\":[", 10, &err), 0);
	assert_int_equal(pod_json_feed(json, pod.data, pod.len, &err), 0);
	before = mallinfo2().uordblks;
	for (size_t i = 1; i < 5000; i++)
		assert_int_equal(pod_json_feed(json, pod.data, pod.len, &err), 0);
	check_int("no more memory", mallinfo2().uordblks <= before + 65536, true);
	assert_int_equal(pod_json_feed(json, "{}]}", 4, &err), 0);
	assert_int_equal(pod_json_end(json, &err), 0);
	check_u64("pods", pods, 5001);
}

static int stop(void *data, const struct pod_read *read)
{
	(void)data;
	(void)read;
	return -ECANCELED;
}

static void test_stop(void **state)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_(pod_json_freep) struct pod_json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	(void)state;
	pod_reader_init(&reader, stop, NULL);
	assert_int_equal(pod_json_new(&reader, &json), 0);
	check_int("what the function says", pod_json_feed(json, TEXT, strlen(TEXT), &err),
		  -ECANCELED);
	check_u64("no fault of the text", err.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),	cmocka_unit_test(test_faults),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_quiet),	cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
