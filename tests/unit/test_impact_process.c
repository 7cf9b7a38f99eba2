// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/violations/impact_process.h"

static struct impact_process process(const char *comm, uint8_t addr, const char *exe, uint32_t pid)
{
	struct impact_process p = { .pid = pid, .family = 4, .addr = { addr }, .exe = (char *)exe };

	(void)strcpy(p.comm, comm);
	return p;
}

static void test_same(void **state)
{
	static const struct {
		const char *name, *comm, *exe;
		uint8_t addr;
		bool same;
	} cases[] = {
		{ "all", "a", "/a", 10, true },
		{ "another name", "b", "/a", 10, false },
		{ "another program", "a", "/b", 10, false },
		{ "no program", "a", NULL, 10, true },
		{ "another address", "a", "/a", 11, false },
	};
	const struct impact_process a = process("a", 10, "/a", 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct impact_process b = process(cases[i].comm, cases[i].addr, cases[i].exe, 2);

		check_int(cases[i].name, impact_process_same(&a, &b), cases[i].same);
		check_int(cases[i].name, impact_process_same(&b, &a), cases[i].same);
		b = a;
		b.family = 6;
		check_int("another family", impact_process_same(&a, &b), false);
	}
}

/* The same process is kept once, as it was last; its program is kept if it is known once. */
static void test_again(void **state)
{
	struct impact_processes list = { 0 };
	struct impact_process p = process("a", 10, NULL, 1);

	(void)state;
	impact_processes_add(&list, &p);
	p = process("a", 10, "/a", 2);
	impact_processes_add(&list, &p);
	p = process("a", 10, NULL, 3);
	impact_processes_add(&list, &p);
	check_u64("one", list.len, 1);
	check_u64("the last", list.list[0].pid, 3);
	check_text("its program", list.list[0].exe, "/a");
	p = process("a", 10, "/b", 4);
	impact_processes_add(&list, &p);
	check_u64("another program", list.len, 2);
	impact_processes_free(&list);
	check_u64("none", list.len, 0);
}

static void test_bound(void **state)
{
	struct impact_processes list = { 0 };
	_cleanup_free_ char *exe = NULL;
	struct impact_process p;

	(void)state;
	for (uint8_t i = 0; i < 2 * IMPACT_PROCESSES_MAX; i++) {
		p = process("a", i, "/a", i);
		impact_processes_add(&list, &p);
	}
	check_u64("as many as there is room for", list.len, IMPACT_PROCESSES_MAX);
	check_u64("the first ones", list.list[IMPACT_PROCESSES_MAX - 1].pid,
		  IMPACT_PROCESSES_MAX - 1);
	p = process("a", 2, NULL, 99);
	impact_processes_add(&list, &p);
	check_u64("one of them again", list.list[2].pid, 99);
	exe = impact_processes_take(&list, &p);
	check_text("its program", exe, "/a");
	check_u64("without it", list.len, IMPACT_PROCESSES_MAX - 1);
	assert_null(impact_processes_take(&list, &p));
	check_u64("it is not there", list.len, IMPACT_PROCESSES_MAX - 1);
	p = process("b", 1, NULL, 100);
	impact_processes_add(&list, &p);
	check_u64("there is room again", list.len, IMPACT_PROCESSES_MAX);
	assert_null(list.list[IMPACT_PROCESSES_MAX - 1].exe);
	impact_processes_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
