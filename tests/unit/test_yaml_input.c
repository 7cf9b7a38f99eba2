// SPDX-License-Identifier: MIT
/* The text of a long file in a window; what a parser makes of it is in test_yaml_stream.c. */
#include "yaml_trees.h"

#include <errno.h>

#include "../../user/registry/yaml_input.h"

struct given {
	const char *text;
	size_t len, at;
	int error; /* at the end */
};

static ssize_t give(void *data, char *into, size_t size)
{
	struct given *g = data;
	size_t n = g->len - g->at < size ? g->len - g->at : size;

	memcpy(into, g->text + g->at, n);
	g->at += n;
	return n ? (ssize_t)n : g->error;
}

/* What is taken, each thing in brackets, then what was said. */
static void take_all(struct given *given, size_t size, struct buf *out)
{
	_cleanup_free_ struct yaml_input *in = calloc(1, sizeof(*in));
	_cleanup_free_ char *into = malloc(size);
	_cleanup_diags_ struct diags diags = { 0 };
	size_t n = 1;
	int r;

	assert_non_null(in);
	assert_non_null(into);
	in->file = "f";
	in->read = give;
	in->data = given;
	in->diags = &diags;
	r = yaml_input_open(in);
	while (r == 0 && (r = yaml_input_next(in)) == 1) {
		buf_printf(out, "%u:%u[", in->at.line + 1, in->at.column + 1);
		do {
			r = yaml_input_take(in, into, size, &n);
			buf_add(out, into, n);
		} while (r == 0 && n);
		buf_puts(out, "]");
	}
	diags_text(&diags, out);
	check_int("all or a fault", r, diags.total ? -EINVAL : 0);
}

static const struct {
	const char *name;
	const char *text;
	size_t len;
	const char *want;
} cases[] = {
	{ "nothing", T(""), "1:1[]" },
	{ "YAML", T("a: 1\n---\nb: 2\n"), "1:1[a: 1\n---\nb: 2\n]" },
	{ "a byte order mark",
	  T("\xef\xbb\xbf"
	    "a\n"),
	  "1:1[a\n]" },
	{ "JSON", T("{\"a\": [1, {}]}\n"), "1:1[{\"a\": [1, {}]}]" },
	{ "brackets in quotes", T("{\"a\": \"}\\\"}\"}"), "1:1[{\"a\": \"}\\\"}\"}]" },
	{ "values", T("{}[]\r\n {\"a\":1}\n"), "1:1[{}]1:3[[]]2:2[{\"a\":1}]" },
	{ "an end without a begin", T("{}}{}"), "1:1[{}]1:3[}{}]" },
	{ "surrogates", T("[\"\\ud83d\\uDE00\"]"), "1:1[[\"\\ue03d\\ue600\"]]" },
	{ "no surrogates", T("[\"\\\\ud83d\"]"), "1:1[[\"\\\\ud83d\"]]" },
	{ "a cut surrogate", T("[\"\\ud83"), "1:1[[\"\\ud83]" },
	{ "no text", T("{}\n{\"\x01\"}"),
	  "1:1[{}]2:1[]f:2:3: a control character; in quotes it can "
	  "be written as an escape\n" },
	{ "a directive", T("%X\n"), "1:1[]f:1:1: a directive has no place here\n" },
};

static void test_cases(void **state)
{
	static const size_t sizes[] = { 16, 100 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			struct given given = { .text = cases[i].text, .len = cases[i].len };
			_cleanup_buf_ struct buf out = { 0 };

			take_all(&given, sizes[k], &out);
			check_text(cases[i].name, out.data, cases[i].want);
		}
}

static void test_unreadable(void **state)
{
	struct given given = { .text = "a: 1\n", .len = 5, .error = -EIO };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	take_all(&given, 16, &out);
	check_text("at the end", out.data, "f: cannot be read: Input/output error\n");
}

/* Characters and line ends at all edges of the window come whole: the text is as it was. */
static void test_edges(void **state)
{
	static const char *const fillers[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
					       "\r\n" };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(fillers); k++)
		for (size_t shift = 0; shift < 5; shift++) {
			_cleanup_buf_ struct buf text = { 0 }, out = { 0 }, want = { 0 };
			struct given given;

			repeat(&text, "x", shift);
			while (text.len < 2 * YAML_INPUT_WINDOW)
				buf_puts(&text, fillers[k]);
			given = (struct given) { .text = text.data, .len = text.len };
			take_all(&given, 1000 + shift, &out);
			buf_printf(&want, "1:1[%s]", text.data);
			check_text("text", out.data, want.data);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
