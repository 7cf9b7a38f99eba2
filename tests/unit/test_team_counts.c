// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>

#include "../../user/violations/team_counts.h"

static void test_teams(void **state)
{
	struct team_counts counts = { 0 };

	(void)state;
	team_counts_add(&counts, "storage", 2);
	team_counts_add(&counts, "node", 1);
	team_counts_add(&counts, "storage", 3);
	check_u64("teams", counts.len, 2);
	check_text("first", counts.list[0].team, "storage");
	check_u64("first", counts.list[0].violations, 5);
	check_text("second", counts.list[1].team, "node");
	check_u64("second", counts.list[1].violations, 1);
	check_u64("none", counts.none, 0);
	check_u64("others", counts.others, 0);
	team_counts_free(&counts);
	check_u64("freed", counts.len, 0);
}

/* Without a team, and teams that are called as the words are: no label comes twice. */
static void test_words(void **state)
{
	struct team_counts counts = { 0 };

	(void)state;
	team_counts_add(&counts, NULL, 1);
	team_counts_add(&counts, "", 2);
	team_counts_add(&counts, "none", 4);
	team_counts_add(&counts, "other", 8);
	check_u64("teams", counts.len, 0);
	check_u64("none", counts.none, 7);
	check_u64("others", counts.others, 8);
}

static void test_bounds(void **state)
{
	struct team_counts counts = { 0 };
	char name[TEAM_COUNTS_NAME + 2];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[TEAM_COUNTS_NAME + 1] = '\0';
	team_counts_add(&counts, name, 1);
	check_u64("too long", counts.others, 1);
	name[TEAM_COUNTS_NAME] = '\0';
	team_counts_add(&counts, name, 1);
	check_u64("the longest", counts.len, 1);
	for (size_t i = 1; i < TEAM_COUNTS_MAX + 10; i++) {
		(void)snprintf(name, sizeof(name), "team %zu", i);
		team_counts_add(&counts, name, 1);
	}
	check_u64("as many as there is room for", counts.len, TEAM_COUNTS_MAX);
	check_u64("the others", counts.others, 11);
	team_counts_add(&counts, "team 1", 1);
	check_u64("one that is known", counts.list[1].violations, 2);
	team_counts_free(&counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_teams),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
