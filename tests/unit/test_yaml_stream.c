// SPDX-License-Identifier: MIT
#include "yaml_trees.h"

#include <errno.h>

/* All documents, each with its place, then what was said. */
static void read_all(const char *text, size_t len, struct buf *out)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = yaml_stream_new("f", text, len, &diags, &stream);

	while (r == 0) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r != 1)
			break;
		buf_printf(out, "%u:%u ", tree->nodes[0].line, tree->nodes[0].column);
		put_tree(tree, tree->nodes, out);
		buf_putc(out, '\n');
		r = 0;
	}
	diags_text(&diags, out);
	check_int(text, r, diags.total && r ? -EINVAL : 0);
	if (stream && r < 0)
		check_int("nothing after a fault", yaml_stream_next(stream, NULL), 0);
}

struct stream_case {
	const char *name;
	const char *text;
	size_t len;
	const char *want;
};

static const struct stream_case cases[] = {
	{ "one", T("a: 1\n"), "1:1 {a 1 1}\n" },
	{ "several", T("a: 1\n---\n- b\n...\n---\nc\n"), "1:1 {a 1 1}\n3:1 [b 1]\n6:1 c\n" },
	{ "empty ones", T("---\n# x\n---\na: 1\n---\n"), "3:1 \n4:1 {a 1 1}\n6:1 \n" },
	{ "nothing", T("# x\n"), "" },
	{ "those before a fault", T("a: 1\n---\nb: [\n"),
	  "1:1 {a 1 1}\nf:4:1: did not find expected node content, while parsing a flow node "
	  "that starts at 4:1\n" },
	{ "alias of a scalar", T("a: &x 1\nb: *x\n"), "1:1 {a 1 b 1 2}\n" },
	{ "alias of a mapping", T("a: &x {k: [v]}\nb: *x\nc: 1\n"),
	  "1:1 {a {k [v 1] 1} b {k [v 1] 1} c 1 3}\n" },
	{ "alias as a key", T("a: &x k\n*x : 1\n"), "1:1 {a k k 1 2}\n" },
	{ "an anchor again", T("[&x 1, *x, &x 2, *x]"), "1:1 [1 1 2 2 4]\n" },
	{ "alias of nothing", T("a: *x\n"), "f:1:4: an alias (*) of nothing before it\n" },
	{ "alias of another document", T("&x a: 1\n---\nb: *x\n"),
	  "1:1 {a 1 1}\nf:3:4: an alias (*) of nothing before it\n" },
	{ "a circle", T("a: &x {b: [*x]}\n"), "f:1:12: an alias (*) of what it is in\n" },
	{ "a circle further in", T("a: &x [{b: [*x]}]\n"),
	  "f:1:13: an alias (*) of what it is in\n" },
	{ "an alias of a sibling", T("[&x [a], *x, [*x]]\n"), "1:1 [[a 1] [a 1] [[a 1] 1] 3]\n" },
	{ "an anchor and a tag", T("a: &x !!str 1\nb: *x\n"), "1:1 {a '1' b '1' 2}\n" },
	{ "merge key", T("a: &x {k: v}\nb: {<<: *x}\n"), "1:1 {a {k v 1} b {<< {k v 1} 1} 2}\n" },
	{ "tags", T("a: !!str 1\nb: !!int \"2\"\nc: !Ref x\nd: !!map {}\n"),
	  "1:1 {a '1' b '2' c x d {0} 4}\n" },
	{ "directive", T("%YAML 1.1\n---\na: 1\n"), "3:1 {a 1 1}\n" },
	{ "key twice", T("a: 1\na: 2\n---\nb: 1\n"),
	  "1:1 {a 1 a 2 2}\n4:1 {b 1 1}\nf:2:1: a: the key was given in line 1 already\n" },
	{ "zero byte", T("a: \"x\\0y\"\n"), "1:1 {a 'x\x1ay' 1}\n" },
	{ "a mapping is no key", T("a: {{ .Values.x }}\n"),
	  "f:1:5: a key must be a word, not a list or a mapping\n" },
	{ "byte order mark",
	  T("\xef\xbb\xbf"
	    "a: 1\n"),
	  "1:1 {a 1 1}\n" },
	{ "a byte order mark alone", T("\xef\xbb\xbf"), "" },
	{ "JSON with tabs", T("{\n\t\"a\":1,\t\"b\":\"\\/x\\u00e9\",\n\t\"c\":[true,null]\n}\n"),
	  "1:1 {'a' 1 'b' '/x\xc3\xa9' 'c' [true null 2] 3}\n" },
	{ "JSON, surrogate pair", T("{\"a\":\"x\\ud83d\\uDE00y\",\"b\":[1]}"),
	  "1:1 {'a' 'x\xf0\x9f\x98\x80y' 'b' [1 1] 2}\n" },
	{ "JSON, lone surrogates", T("{\"a\":\"\\ud83d-\\ude00\\ud83d\"}"),
	  "1:1 {'a' '\xef\xbf\xbd-\xef\xbf\xbd\xef\xbf\xbd' 1}\n" },
	{ "JSON, an escaped backslash before u", T("{\"a\":\"\\\\ud83d\"}"),
	  "1:1 {'a' '\\ud83d' 1}\n" },
	{ "not JSON, surrogate pair", T("a: \"\\ud83d\\ude00\"\n"),
	  "f:1:7: found invalid Unicode character escape code, while parsing a quoted scalar "
	  "that starts at 1:4\n" },
	{ "JSON, several values", T("{\"a\":\"}\"}{\"b\":1} \n {\"c\":2}\n[3]"),
	  "1:1 {'a' '}' 1}\n1:10 {'b' 1 1}\n2:2 {'c' 2 1}\n3:1 [3 1]\n" },
	{ "JSON, a fault in the second", T("{\"a\":1}\n  {\"b\":]}"),
	  "1:1 {'a' 1 1}\nf:2:8: did not find expected node content, while parsing a flow node "
	  "that starts at 2:8\n" },
	{ "JSON, then YAML", T("{\"a\": 1}\n---\nb: 2\n"), "1:1 {'a' 1 1}\n3:1 {b 2 1}\n" },
	{ "not UTF-8", T("a: \xff\n"), "f:1:4: not valid UTF-8\n" },
};

static void test_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		read_all(cases[i].text, cases[i].len, &out);
		check_text(cases[i].name, out.data ? out.data : "", cases[i].want);
	}
}

/* ---- read in a window ----------------------------------------------------------------------- */
struct pieces {
	const char *text;
	size_t len, at, size; /* of a piece */
	int error;	      /* at the end */
};

static ssize_t read_piece(void *data, char *into, size_t size)
{
	struct pieces *p = data;
	size_t n = p->len - p->at < p->size ? p->len - p->at : p->size;

	n = n < size ? n : size;
	memcpy(into, p->text + p->at, n);
	p->at += n;
	return n ? (ssize_t)n : p->error;
}

/* As read_all(). */
static void read_in_window(const char *text, size_t len, size_t size, int error, struct buf *out)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct pieces pieces = { .text = text, .len = len, .size = size, .error = error };
	int r = yaml_stream_read("f", read_piece, &pieces, &diags, &stream);

	while (r == 0) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r != 1)
			break;
		buf_printf(out, "%u:%u ", tree->nodes[0].line, tree->nodes[0].column);
		put_tree(tree, tree->nodes, out);
		buf_putc(out, '\n');
		r = 0;
	}
	diags_text(&diags, out);
	if (stream && r < 0)
		check_int("nothing after a fault", yaml_stream_next(stream, NULL), 0);
	if (stream && r < 0)
		check_int("nor behind it", yaml_stream_resume(stream), 0);
}

static void test_window(void **state)
{
	static const size_t sizes[] = { 1, 7, 65536 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			_cleanup_buf_ struct buf out = { 0 };

			read_in_window(cases[i].text, cases[i].len, sizes[k], 0, &out);
			check_text(cases[i].name, out.data ? out.data : "", cases[i].want);
		}
}

static void test_unreadable(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	read_in_window(T("a: 1\n"), 1, -EIO, &out);
	check_text("at the end", out.data, "f: cannot be read: Input/output error\n");
}

/* A long text is the same in a window, wherever its edges fall. */
static void check_long(const char *name, const struct buf *text)
{
	static const size_t sizes[] = { 4099, 65536 };
	_cleanup_buf_ struct buf whole = { 0 };

	assert_true(text->len > 5 * 65536UL);
	read_all(text->data, text->len, &whole);
	for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
		_cleanup_buf_ struct buf out = { 0 };

		read_in_window(text->data, text->len, sizes[k], 0, &out);
		check_text(name, out.data, whole.data);
	}
}

static void test_long(void **state)
{
	_cleanup_buf_ struct buf yaml = { 0 }, json = { 0 }, values = { 0 };

	(void)state;
	for (int i = 0; i < 16000; i++)
		buf_printf(&yaml,
			   "- \"%.*s\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\r\n- x\xe2\x80\xa8",
			   i % 7, "abcdefg");
	check_long("YAML", &yaml);
	buf_puts(&json, "[\"\"");
	for (int i = 0; i < 12000; i++)
		buf_printf(&json, ",\"%.*s\\ud83d\\uDE00\\\\ud83d\\\"}\",[{\"a\":%d}]", i % 7,
			   "abcdefg", i);
	buf_puts(&json, "]");
	check_long("JSON", &json);
	for (int i = 0; i < 20000; i++)
		buf_printf(&values, "{\"%.*s\":[\"}\",%d]}%.*s", i % 7 + 1, "abcdefg", i, i % 3,
			   "\r\n");
	check_long("values of JSON", &values);
}

/* ---- long lists in parts -------------------------------------------------------------------- */
/* Of each tree: the items before it, its own, whether it goes on, and its keys. */
static void put_parts(const struct buf *text, bool in_parts, struct buf *out)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	size_t items = 0;
	int r;

	assert_int_equal(yaml_stream_new("f", text->data, text->len, &diags, &stream), 0);
	if (in_parts)
		yaml_stream_in_parts(stream);
	for (;;) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
		const struct yaml_node *key, *value;

		r = yaml_stream_next(stream, &tree);
		if (r != 1)
			break;
		check_u64("items before", tree->before, items);
		for (key = yaml_tree_first(tree, tree->nodes); key;
		     key = yaml_tree_next(tree, value)) {
			value = yaml_tree_next(tree, key);
			buf_printf(out, "%s ", yaml_tree_text(tree, key));
			if (value->kind != YAML_KIND_SEQUENCE)
				continue;
			for (const struct yaml_node *i = yaml_tree_first(tree, value); i;
			     i = yaml_tree_next(tree, i), items++) {
				const struct yaml_node *name = yaml_tree_first(tree, i);

				check_int("line", i->line, (int)items + 3);
				check_int("item",
					  atoi(yaml_tree_text(tree, yaml_tree_next(tree, name))),
					  (int)items);
			}
		}
		buf_puts(out, tree->more ? "...\n" : "\n");
		items = tree->more ? items : 0;
	}
	check_int("end", r, 0);
	diags_text(&diags, out);
}

static const struct {
	const char *name, *begin, *item, *end;
	bool in_parts;
	const char *want;
} part_cases[] = {
	{ "YAML", "a: 1\nitems:\n", "- {n: %d, x: [a, b, c]}\n", "b: 2\n", true,
	  "a items ...\na items ...\na items b \n" },
	{ "JSON", "{\"a\": 1,\n\"items\": [\n", "{\"n\": %d, \"x\": [1, 2, 3]},\n",
	  "{\"n\": 6000}], \"b\": 2}", true, "a items ...\na items ...\na items b \n" },
	{ "not asked for", "a: 1\nitems:\n", "- {n: %d, x: [a, b, c]}\n", "b: 2\n", false,
	  "a items b \n" },
	{ "another key", "a: 1\nthings:\n", "- {n: %d, x: [a, b, c]}\n", "b: 2\n", true,
	  "a things b \n" },
	{ "an anchor", "a: &x 1\nitems:\n", "- {n: %d, x: [a, b, c]}\n", "b: *x\n", true,
	  "a items b \n" },
	{ "a key twice", "a: 1\nitems:\n", "- {n: %d, x: [a, b, c]}\n", "a: 2\n", true,
	  "a items ...\na items ...\na items a \nf:6003:1: a: the key was given in line 1 "
	  "already\n" },
	{ "another document behind it", "a: 1\nitems:\n", "- {n: %d, x: [a, b, c]}\n",
	  "---\nb: 2\n", true, "a items ...\na items ...\na items \nb \n" },
	{ "a key with an item's name", "a: items\nthings:\n", "- {n: %d, x: [a, b, c]}\n", "b: 2\n",
	  true, "a things b \n" },
};

static void test_parts(void **state)
{
	(void)state;
	/* An item is 8 nodes, and a part a few more than YAML_PART_NODES. */
	assert_int_equal(6000 * 8 / YAML_PART_NODES, 2);
	for (size_t i = 0; i < ARRAY_LEN(part_cases); i++) {
		_cleanup_buf_ struct buf text = { 0 }, out = { 0 };

		buf_puts(&text, part_cases[i].begin);
		for (int k = 0; k < 6000; k++) {
			const char *item = part_cases[i].item;
			const char *at = strstr(item, "%d");

			buf_printf(&text, "%.*s%d%s", (int)(at - item), item, k, at + 2);
		}
		buf_puts(&text, part_cases[i].end);
		put_parts(&text, part_cases[i].in_parts, &out);
		check_text(part_cases[i].name, out.data, part_cases[i].want);
	}
}

/* As read_all(), going on after each fault. */
static void read_on(const char *text, size_t len, struct buf *out)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = yaml_stream_new("f", text, len, &diags, &stream);

	check_int("new", r, 0);
	do {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r == 1) {
			buf_printf(out, "%u:%u ", tree->nodes[0].line, tree->nodes[0].column);
			put_tree(tree, tree->nodes, out);
			buf_putc(out, '\n');
		}
		if (r == -EINVAL) {
			buf_printf(out, "f:%u:%u\n", diags.items[0].line, diags.items[0].column);
			diags_free(&diags);
			r = yaml_stream_resume(stream);
		}
	} while (r == 1);
	check_int("end", r, 0);
}

static const struct stream_case resume_cases[] = {
	{ "at the end", T("a: [\n"), "f:2:1\n" },
	{ "the next document", T("a: [}\n---\nb: 1\n"), "f:1:5\n3:1 {b 1 1}\n" },
	{ "one between", T("a: 1\n---\nb: }\n---\nc: 1\n---\nd: 1\n"),
	  "1:1 {a 1 1}\nf:3:4\n5:1 {c 1 1}\n7:1 {d 1 1}\n" },
	{ "the document's start is where the fault is", T("a: [\n---\nb: 1\n"),
	  "f:2:1\n3:1 {b 1 1}\n" },
	{ "in quotes that are not closed", T("a: \"x\n---\nb: 1\n"), "f:2:1\n3:1 {b 1 1}\n" },
	{ "on the line of the start", T("--- }\n--- }\n--- 1\n"), "f:1:5\nf:2:5\n3:5 1\n" },
	{ "a fault behind a fault", T("a: }\nb: ]\n---\nc: 1\n"), "f:1:4\n4:1 {c 1 1}\n" },
	{ "a start and a comment", T("a: }\n--- # x\nb: 1\n"), "f:1:4\n3:1 {b 1 1}\n" },
	{ "a start at the end", T("a: }\n---"), "f:1:4\n3:1 \n" },
	{ "no starts", T("a: }\n ---\n----\n---x\n--\n...\nb: 1\n"), "f:1:4\n" },
	{ "all ends of lines",
	  T("a: }\r\n---\r\nb: }\r---\rc: }\xc2\x85---\xe2\x80\xa8"
	    "d: e\n"),
	  "f:1:4\nf:3:4\nf:5:4\n7:1 {d e 1}\n" },
	{ "characters of several bytes",
	  T("\xc3\xa9: [\xe2\x82\xac}\n---\n\xc3\xa9: }\n---\n- x\n"),
	  "f:1:6\nf:3:4\n5:1 [x 1]\n" },
	{ "byte order mark",
	  T("\xef\xbb\xbf"
	    "a: }\n---\nb: }\n---\nc\n"),
	  "f:1:4\nf:3:4\n5:1 c\n" },
	{ "anchors end with their document", T("&x a: }\n---\nb: *x\n"), "f:1:7\nf:3:4\n" },
	{ "JSON", T("{\"a\": ]}\n---\nb: 1\n"), "f:1:7\n" },
	{ "no place", T("a: \xef\xbf\xbf\n---\nb: 1\n"), "f:0:0\n" },
};

static void test_resume(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(resume_cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		read_on(resume_cases[i].text, resume_cases[i].len, &out);
		check_text(resume_cases[i].name, out.data ? out.data : "", resume_cases[i].want);
	}
}

/* What is said of a text; NULL: nothing. */
static void check_said(const char *name, const struct buf *text, const char *want)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };
	int r = yaml_stream_new("f", text->data, text->len, &diags, &stream);

	while (r == 0 || r == 1) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r == 0)
			break;
	}
	diags_text(&diags, &out);
	check_text(name, out.data, want);
}

static void test_depth(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	repeat(&text, "[", YAML_STREAM_DEPTH_MAX);
	repeat(&text, "]", YAML_STREAM_DEPTH_MAX);
	check_said("deepest", &text, NULL);
	buf_reset(&text);
	repeat(&text, "[", YAML_STREAM_DEPTH_MAX + 1);
	check_said("deeper", &text, "f:1:65: nested too deep\n");
}

/* Aliases of aliases are as deep as what they stand for. */
static void test_alias_depth(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	buf_puts(&text, "a0: &a0 []\n");
	for (int i = 1; i < YAML_STREAM_DEPTH_MAX - 1; i++)
		buf_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	check_said("deepest", &text, NULL);
	buf_puts(&text, "b: [*a61]\n");
	check_said("as deep", &text, NULL);
	buf_puts(&text, "c: [*a62]\n");
	check_said("deeper", &text, "f:65:5: nested too deep\n");
}

static void test_keys(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < YAML_STREAM_KEYS_MAX; i++)
		buf_printf(&text, "k%d: x\n", i == 4000 ? 17 : i);
	check_said("one twice", &text, "f:4001:1: k17: the key was given in line 18 already\n");
	buf_puts(&text, "more: x\n");
	check_said("one more", &text, "f:4097:1: too many keys in one mapping\n");
}

static void test_anchors(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < 1024; i++)
		buf_printf(&text, "- &a%d x\n", i);
	check_said("most anchors", &text, NULL);
	buf_puts(&text, "- &more x\n");
	check_said("one more", &text, "f:1025:3: too many anchors\n");
}

static void test_directives(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };

	(void)state;
	repeat(&text, "%X\n", 1001);
	check_said("directives", &text, "f:1001:1: too many directives\n");
}

/* So many documents are read; the next one is a fault after which nothing is read. */
static void test_many_documents(void **state)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	size_t n = 0;
	int r = 1;

	(void)state;
	repeat(&text, "---\n", YAML_STREAM_DOCUMENTS_MAX + 2);
	assert_int_equal(yaml_stream_new("f", text.data, text.len, &diags, &stream), 0);
	while (r == 1) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		n += r == 1;
	}
	check_int("one more", r, -EINVAL);
	check_u64("documents", n, YAML_STREAM_DOCUMENTS_MAX);
	diags_text(&diags, &out);
	check_text("said", out.data, "f:100001:1: too many documents in one file\n");
	check_int("it does not go on", yaml_stream_resume(stream), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents),  cmocka_unit_test(test_window),
		cmocka_unit_test(test_unreadable), cmocka_unit_test(test_long),
		cmocka_unit_test(test_parts),	   cmocka_unit_test(test_resume),
		cmocka_unit_test(test_depth),	   cmocka_unit_test(test_alias_depth),
		cmocka_unit_test(test_keys),	   cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_directives), cmocka_unit_test(test_many_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
