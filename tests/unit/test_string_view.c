// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/string_view.h"

static struct string_view view(const char *text)
{
	return (struct string_view) { text, strlen(text) };
}

static void check_view(const char *name, struct string_view got, const char *want)
{
	check_u64(name, got.len, strlen(want));
	check_int(name, memcmp(got.s, want, got.len), 0);
}

/* The same are the same bytes, and as many. */
static void test_same(void **state)
{
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "abd", "xbc" };

	(void)state;
	for (size_t i = 0; i < 7; i++)
		for (size_t j = 0; j < 7; j++)
			check_int(texts[i], string_view_same(view(texts[i]), view(texts[j])),
				  i == j);
	check_int("of a longer text",
		  string_view_same((struct string_view) { "abc", 2 }, STRING_VIEW("ab")), true);
}

struct cut_case {
	const char *text, *part;
	const char *front, *end; /* what is left; NULL: it is not there */
};

static const struct cut_case cut_cases[] = {
	{ "", "", "", "" },	    { "a", "", "a", "a" },	 { "", "a", NULL, NULL },
	{ "a", "a", "", "" },	    { "ab", "a", "b", NULL },	 { "ab", "b", NULL, "a" },
	{ "aba", "a", "ba", "ab" }, { "ab", "abc", NULL, NULL }, { "abc", "xb", NULL, NULL },
	{ "abc", "bc", NULL, "a" }, { "abc", "ab", "c", NULL },	 { "abc", "bx", NULL, NULL },
};

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cut_cases) / sizeof(cut_cases[0]); i++) {
		const struct cut_case *c = &cut_cases[i];
		struct string_view front = view(c->text), end = front;

		check_int(c->text, string_view_front(&front, view(c->part)), c->front != NULL);
		check_view(c->text, front, c->front ? c->front : c->text);
		check_int(c->text, string_view_end(&end, view(c->part)), c->end != NULL);
		check_view(c->text, end, c->end ? c->end : c->text);
	}
}

static void test_next(void **state)
{
	const char *path = "/a//bc/d", *other = "x/y";

	(void)state;
	check_view("first", string_view_next(&path), "a");
	check_text("rest", path, "//bc/d");
	check_view("empty", string_view_next(&path), "");
	check_view("third", string_view_next(&path), "bc");
	check_int("not this one", string_view_next_is(&path, STRING_VIEW("e")), false);
	check_text("as it was", path, "/d");
	check_int("this one", string_view_next_is(&path, STRING_VIEW("d")), true);
	check_text("the end", path, "");
	check_view("nothing", string_view_next(&path), "");
	check_text("the end", path, "");
	check_view("no slash", string_view_next(&other), "");
	check_text("as it was", other, "x/y");
}

static void test_store(void **state)
{
	char room[4] = "old";

	(void)state;
	STRING_VIEW_STORE(room, STRING_VIEW("long"));
	check_text("it does not fit", room, "old");
	STRING_VIEW_STORE(room, STRING_VIEW("abc"));
	check_text("it fits", room, "abc");
	STRING_VIEW_STORE(room, STRING_VIEW("x"));
	check_text("shorter", room, "x");
	STRING_VIEW_STORE(room, STRING_VIEW(""));
	check_text("nothing", room, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
