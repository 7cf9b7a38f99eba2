// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/registry/suggest.h"

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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
