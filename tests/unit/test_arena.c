// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/arena.h"

static void test_take(void **state)
{
	struct arena arena = { 0 };
	char *taken[1000];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		taken[i] = arena_take(&arena, i);
		check_int("aligned", (long long)((uintptr_t)taken[i] % 16), 0);
		for (size_t j = 0; j < i; j++)
			check_int("zero", taken[i][j], 0);
		memset(taken[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		for (size_t j = 0; j < i; j++)
			check_int("its own", (unsigned char)taken[i][j], (long long)(i & 0xff));
	memset(arena_take(&arena, 1 << 20), 1, 1 << 20);
	check_text("text", arena_text(&arena, "abc"), "abc");
	check_text("no text", arena_text(&arena, NULL), NULL);
	check_text("printf", arena_printf(&arena, "%s-%d", "a", 7), "a-7");
	check_int("failed", arena.failed, false);
	arena_free(&arena);
}

static void test_rewind(void **state)
{
	struct arena arena = { 0 };
	struct arena_mark empty = arena_mark(&arena), mark;
	const char *kept = arena_text(&arena, "kept");
	const char *first;

	(void)state;
	mark = arena_mark(&arena);
	first = arena_text(&arena, "first");
	arena_rewind(&arena, mark);
	check_int("the same place again", arena_text(&arena, "again") == first, true);
	for (int i = 0; i < 100; i++)
		(void)arena_take(&arena, 10000);
	arena_rewind(&arena, mark);
	check_text("kept", kept, "kept");
	check_int("the same place after others", arena_text(&arena, "again") == first, true);
	arena_rewind(&arena, empty);
	check_int("empty", arena.chunks == NULL, true);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_rewind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
