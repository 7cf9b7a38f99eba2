// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/base/suggest.h"

struct suggest_case {
	const char *a, *b;
	unsigned int distance;
};

static const struct suggest_case suggest_cases[] = {
	{ "ports", "ports", 0 },
	{ "port", "ports", 1 },
	{ "prots", "ports", 1 },
	{ "pots", "ports", 1 },
	{ "polts", "ports", 1 },
	{ "", "ab", 2 },
	{ "", "abc", SUGGEST_FAR },
	{ "owner", "notes", SUGGEST_FAR },
	{ "tcp", "udp", 2 },
	{ "ab", "ba", 1 },
	{ "xab", "xba", 1 },
	{ "abx", "bax", 1 },
	{ "abc", "cba", 2 },
	{ "ca", "abc", SUGGEST_FAR },
	{ "abcd", "badc", 2 },
	{ "a", "b", 1 },
	{ "a", "", 1 },
	{ "aa", "", 2 },
	{ "aaa", "", SUGGEST_FAR },
	{ "", "", 0 },
	{ "01234567890123456789012345678901", "01234567890123456789012345678901", 0 },
	{ "01234567890123456789012345678901", "01234567890123456789012345678910", 1 },
	{ "012345678901234567890123456789012", "012345678901234567890123456789012", SUGGEST_FAR },
	{ "01234567890123456789012345678901", "012345678901234567890123456789012", SUGGEST_FAR },
	{ "0123456789012345678901234567890123456789", "x", SUGGEST_FAR },
};

static void test_distance(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(suggest_cases); i++) {
		const struct suggest_case *c = &suggest_cases[i];

		check_u64(c->a, suggest_distance(c->a, c->b), c->distance);
		check_u64(c->b, suggest_distance(c->b, c->a), c->distance);
	}
}

static const char *word_at(const void *list, size_t n)
{
	const char *const *words = list;

	return words[n];
}

static void test_near(void **state)
{
	static const char *const words[] = { "ports", "protocol", "process", NULL };

	(void)state;
	check_text("one letter", suggest_near("port", word_at, words), "ports");
	check_text("exchanged letters", suggest_near("porcess", word_at, words), "process");
	assert_null(suggest_near("owners", word_at, words));
	check_text("itself", suggest_near("protocol", word_at, words), "protocol");
	assert_null(suggest_near("prt", word_at, words + 1));
}

/* At most two letters and half the word; of several the nearest, and of those the first. */
static void test_which(void **state)
{
	static const char *const words[] = { "ab", "abcd", "abxx", "abcx", "a", NULL };
	static const char *const none[] = { NULL };

	(void)state;
	check_text("half of it", suggest_near("ax", word_at, words), "ab");
	check_text("the nearest", suggest_near("abcx", word_at, words), "abcx");
	check_text("the first of two", suggest_near("abcz", word_at, words), "abcd");
	check_text("two of four", suggest_near("zzcd", word_at, words), "abcd");
	assert_null(suggest_near("zzzd", word_at, words));
	assert_null(suggest_near("zz", word_at, words));
	assert_null(suggest_near("ab", word_at, none));
}

static void test_put(void **state)
{
	static const char *const words[] = { "ports", "protocol", NULL };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	suggest_put("team", suggest_array_word, words, &out);
	assert_null(out.data);
	suggest_put("protocl", suggest_array_word, words, &out);
	check_text("near", out.data, "; did you mean protocol?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_which),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
