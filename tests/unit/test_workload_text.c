// SPDX-License-Identifier: MIT
/* A workload in a few words. */
#include "test.h"

#include "../../user/identity/workload.h"

#define DOTS "\xe2\x80\xa6"

static const struct {
	struct workload who;
	const char *cgroup, *text;
} cases[] = {
	{ { .kind = WORKLOAD_POD, .uid = "0b6e1f2a-1111", .container_id = "0123456789abcdef" },
	  "/x",
	  "pod 0b6e1f2a" DOTS "/0123456789ab" },
	{ { .kind = WORKLOAD_POD, .uid = "0b6e1f2a-1111" }, "/x", "pod 0b6e1f2a" DOTS },
	{ { .kind = WORKLOAD_POD, .uid = "0b6e1f2", .container_id = "01" },
	  "/x",
	  "pod 0b6e1f2" DOTS "/01" },
	{ { .kind = WORKLOAD_POD, .uid = "a\x1b[2J", .container_id = "b\x07" },
	  "/x",
	  "pod a\\x1b[2J" DOTS "/b\\x07" },
	{ { .kind = WORKLOAD_UNIT, .unit = "sshd.service" }, "/x", "unit sshd.service" },
	{ { .kind = WORKLOAD_UNIT, .unit = "a\nb.service" }, "/x", "unit a\\x0ab.service" },
	{ { .kind = WORKLOAD_KERNEL, .unit = "x" }, "/x", "kernel" },
	{ { .kind = WORKLOAD_CGROUP, .unit = "x" }, "/a/b", "cgroup /a/b" },
	{ { .kind = WORKLOAD_CGROUP }, "/\x1b", "cgroup /\\x1b" },
	{ { .kind = WORKLOAD_UNKNOWN, .unit = "x" }, "", "unknown workload" },
};

/* With names, and what tells it apart from others: names may become known later. */
static const struct {
	struct workload who;
	const char *text, *key;
} named_cases[] = {
	{ { .kind = WORKLOAD_POD,
	    .namespace_ = "shop",
	    .pod = "web-1",
	    .container = "nginx",
	    .uid = "0b6e1f2a-1111",
	    .container_id = "0123456789abcdef" },
	  "pod shop/web-1/nginx",
	  "pod 0b6e1f2a" DOTS "/0123456789ab" },
	{ { .kind = WORKLOAD_POD,
	    .namespace_ = "shop",
	    .pod = "web-1",
	    .uid = "0b6e1f2a-1111",
	    .container_id = "0123456789abcdef" },
	  "pod shop/web-1/0123456789ab",
	  "pod 0b6e1f2a" DOTS "/0123456789ab" },
	{ { .kind = WORKLOAD_POD, .namespace_ = "shop", .pod = "web-1", .uid = "0b6e1f2a-1111" },
	  "pod shop/web-1",
	  "pod 0b6e1f2a" DOTS },
	{ { .kind = WORKLOAD_POD, .namespace_ = "a\x1b", .pod = "b\n", .container = "\x7f" },
	  "pod a\\x1b/b\\x0a/\\x7f",
	  "pod " DOTS },
	{ { .kind = WORKLOAD_UNIT, .unit = "a.service", .pod = "x" },
	  "unit a.service",
	  "unit a.service" },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(named_cases); i++) {
		_cleanup_buf_ struct buf text = { 0 }, key = { 0 };

		workload_text(&named_cases[i].who, "/x", &text);
		workload_key(&named_cases[i].who, "/x", &key);
		check_text(named_cases[i].text, text.data, named_cases[i].text);
		check_text(named_cases[i].text, key.data, named_cases[i].key);
	}
}

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		buf_puts(&out, ">"); /* it appends */
		workload_text(&cases[i].who, cases[i].cgroup, &out);
		check_text(cases[i].text, out.data + 1, cases[i].text);
		assert_int_equal(out.data[0], '>');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
