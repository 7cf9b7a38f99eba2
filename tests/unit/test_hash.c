// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/hash.h"

/* The published test vectors of the function. */
static void test_known_vectors(void **state)
{
	(void)state;
	check_u64("nothing", hash_bytes(HASH_START, "", 0), 0xcbf29ce484222325ULL);
	check_u64("a", hash_bytes(HASH_START, "a", 1), 0xaf63dc4c8601ec8cULL);
	check_u64("foobar", hash_bytes(HASH_START, "foobar", 6), 0x85944171f73967e8ULL);
	check_u64("a byte above 127", hash_bytes(HASH_START, "\xff", 1), 0xaf64724c8602eb6eULL);
}

static void test_in_parts(void **state)
{
	(void)state;
	check_u64("as one", hash_bytes(hash_bytes(HASH_START, "foo", 3), "bar", 3),
		  hash_bytes(HASH_START, "foobar", 6));
}

static void test_texts_are_separate(void **state)
{
	uint64_t ab_c = hash_text(hash_text(HASH_START, "ab"), "c");

	(void)state;
	check_u64("with its zero", hash_text(HASH_START, "ab"), hash_bytes(HASH_START, "ab", 3));
	assert_true(ab_c != hash_text(hash_text(HASH_START, "a"), "bc"));
	assert_true(hash_text(HASH_START, "") != HASH_START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_vectors),
		cmocka_unit_test(test_in_parts),
		cmocka_unit_test(test_texts_are_separate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
