// SPDX-License-Identifier: MIT
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/event/tally.h"

#define KILLS 200

static void tell(struct hp_told *told, uint32_t slot, uint32_t generation, uint64_t count)
{
	struct hp_fold_ref ref = { .slot = slot, .generation = generation };
	struct tally_line line = { .holder = &ref, .count = count };

	tally_line(told, &line);
}

static void check_slot(const char *name, const struct hp_told *told, uint32_t slot,
		       uint32_t generation, uint64_t seen)
{
	check_u64(name, told->slots[slot].generation, generation);
	check_u64(name, told->slots[slot].seen, seen);
}

static void test_lines(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));
	struct tally_line found = {
		.count = 5,
		.existing = 3,
		.recovered = 2,
		.cls = HP_CLASS_SCOPE,
		.verdict = HP_VERDICT_EXCEPTED,
		.proto = HP_PROTO_UDP,
	};

	(void)state;
	tell(told, 7, 1, 1);
	tell(told, 7, 1, 4);
	check_slot("two lines", told, 7, 1, 5);
	tell(told, 7, 2, 2);
	check_slot("a new holder", told, 7, 2, 2);
	tell(told, 7, 1, 3);
	check_slot("a late line of the one before", told, 7, 2, 2);
	tell(told, HP_FOLD_SLOTS - 1, 9, 1);
	check_slot("the last slot", told, HP_FOLD_SLOTS - 1, 9, 1);
	tell(told, HP_FOLD_SLOTS, 9, 1);
	check_u64("no such slot: lines", told->tally.delivered, 6);
	check_u64("folded", told->tally.folded, 0 + 3 + 1 + 2 + 0 + 0);
	tally_line(told, &found);
	check_u64("found: existing", told->tally.existing, 3);
	check_u64("found: recovered", told->tally.recovered, 2);
	check_u64("found: by class",
		  told->tally.by_class[HP_CLASS_SCOPE][HP_VERDICT_EXCEPTED][HP_PROTO_UDP], 3);
	check_u64("found: lines", told->tally.delivered, 7);
	check_u64("found: folded", told->tally.folded, 10);
	found.cls = HP_CLASS_MAX; /* of no class: only counted */
	tally_line(told, &found);
	found.cls = HP_CLASS_SCOPE;
	found.verdict = HP_VERDICT_MAX;
	tally_line(told, &found);
	found.verdict = HP_VERDICT_EXCEPTED;
	found.proto = HP_PROTO_MAX;
	tally_line(told, &found);
	check_u64("existing", told->tally.existing, 12);
	check_u64("by class",
		  told->tally.by_class[HP_CLASS_SCOPE][HP_VERDICT_EXCEPTED][HP_PROTO_UDP], 3);
	check_int("nothing is pending", told->step.pending, 0);
	free(told);
}

static void test_generations_wrap(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));

	(void)state;
	tell(told, 0, UINT32_MAX, 1);
	tell(told, 0, 1, 6);
	check_slot("after the largest generation", told, 0, 1, 6);
	tell(told, 0, UINT32_MAX, 1);
	check_slot("late, across the wrap", told, 0, 1, 6);
	free(told);
}

static void test_new(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));
	struct hp_fold_ref ref = { .slot = 3, .generation = 4 };

	(void)state;
	assert_true(tally_is_new(told, &ref));
	tell(told, 3, 4, 1);
	assert_false(tally_is_new(told, &ref));
	ref.generation = 3;
	assert_false(tally_is_new(told, &ref));
	ref.generation = 5;
	assert_true(tally_is_new(told, &ref));
	ref.slot = HP_FOLD_SLOTS;
	assert_false(tally_is_new(told, &ref));
	free(told);
}

static const struct {
	const char *name;
	struct hp_tally tally;
	uint64_t counted, lost;	      /* by the programs */
	uint64_t pending, never_told; /* wanted */
} pending_cases[] = {
	{ "nothing", { 0 }, 0, 0, 0, 0 },
	{ "no lines", { 0 }, 7, 0, 7, 0 },
	{ "no records", { 0 }, 7, 7, 0, 7 },
	{ "all told", { .delivered = 3, .folded = 7 }, 10, 0, 0, 0 },
	{ "two are not", { .delivered = 3, .folded = 7 }, 12, 0, 2, 0 },
	{ "they are lost", { .delivered = 3, .folded = 7 }, 12, 2, 0, 2 },
	{ "one of them is", { .delivered = 3, .folded = 7 }, 12, 1, 1, 1 },
	{ "lines are ahead", { .delivered = 3, .folded = 7 }, 9, 0, 0, 0 },
	{ "found ones were not counted",
	  { .delivered = 3, .folded = 7, .existing = 4 },
	  6,
	  0,
	  0,
	  0 },
	{ "and others are to come", { .delivered = 3, .folded = 7, .existing = 4 }, 11, 0, 5, 0 },
	{ "or lost", { .delivered = 3, .folded = 7, .existing = 4 }, 11, 3, 2, 3 },
	{ "recovered ones were lost before",
	  { .delivered = 3, .folded = 7, .existing = 4, .recovered = 1 },
	  7,
	  2,
	  0,
	  1 },
	{ "and others are not told yet",
	  { .delivered = 3, .folded = 7, .existing = 4, .recovered = 1 },
	  12,
	  2,
	  5,
	  1 },
	{ "an agent took five along",
	  { .delivered = 3, .folded = 7, .existing = 4, .recovered = 1, .untold = 5 },
	  12,
	  2,
	  0,
	  6 },
	{ "and one is to come",
	  { .delivered = 3, .folded = 7, .existing = 4, .recovered = 1, .untold = 5 },
	  13,
	  2,
	  1,
	  6 },
};

static void test_pending(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pending_cases) / sizeof(pending_cases[0]); i++) {
		const struct hp_tally *tally = &pending_cases[i].tally;

		check_u64(pending_cases[i].name,
			  tally_pending(tally, pending_cases[i].counted, pending_cases[i].lost),
			  pending_cases[i].pending);
		check_u64(pending_cases[i].name, tally_lost(tally, pending_cases[i].lost),
			  pending_cases[i].never_told);
	}
}

/* What an agent took along is counted once, and changes nothing else. */
static void test_untold(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));

	(void)state;
	assert_non_null(told);
	tell(told, 1, 1, 3);
	tally_untold(told, 4);
	tally_untold(told, 2);
	check_u64("untold", told->tally.untold, 6);
	check_u64("lines", told->tally.delivered, 1);
	check_u64("folded", told->tally.folded, 2);
	check_slot("the slot", told, 1, 1, 3);
	check_slot("another", told, 0, 0, 0);
	check_int("nothing is pending", told->step.pending, 0);
	free(told);
}

/* A step that was written down is completed by the next reader, and only once. */
static void test_recover(void **state)
{
	struct hp_told *told = calloc(1, sizeof(*told));

	(void)state;
	tell(told, 2, 1, 3);
	told->step = (struct hp_told_step) {
		.tally = { .delivered = 2, .folded = 9 },
		.slot = { .generation = 1, .seen = 11 },
		.number = 2,
		.pending = 1,
	};
	tally_recover(told);
	check_slot("recovered", told, 2, 1, 11);
	check_u64("recovered: folded", told->tally.folded, 9);
	check_int("recovered: done", told->step.pending, 0);
	told->step.tally.folded = 1000;
	tally_recover(told);
	check_u64("nothing was pending", told->tally.folded, 9);
	free(told);
}

/* A process that tells without end, until it is killed. */
static void tell_for_ever(struct hp_told *told)
{
	for (uint32_t i = 0;; i++) {
		uint32_t slot = i * 2654435761U % HP_FOLD_SLOTS;
		uint32_t generation = told->slots[slot].generation;

		tell(told, slot, generation ? generation : 1, 1 + i % 3);
	}
}

static uint64_t sum_of_slots(const struct hp_told *told)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HP_FOLD_SLOTS; i++)
		sum += told->slots[i].seen;
	return sum;
}

/* Killed at any instruction, what is found adds up: lines, and what they stand for by slot. */
static void test_killed(void **state)
{
	struct hp_told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int pending = 0;

	(void)state;
	assert_ptr_not_equal(told, MAP_FAILED);
	for (int i = 0; i < KILLS; i++) {
		uint64_t before = __atomic_load_n(&told->tally.delivered, __ATOMIC_RELAXED);
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			tell_for_ever(told);
		/* it has begun; how far it gets is up to the scheduler */
		while (__atomic_load_n(&told->tally.delivered, __ATOMIC_RELAXED) < before + 1000)
			;
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		pending += told->step.pending;
		tally_recover(told);
		check_u64("by line and by slot", told->tally.delivered + told->tally.folded,
			  sum_of_slots(told));
	}
	if (!pending)
		print_message("no kill fell into a step\n");
	(void)munmap(told, sizeof(*told));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_generations_wrap),
		cmocka_unit_test(test_new),    cmocka_unit_test(test_pending),
		cmocka_unit_test(test_untold), cmocka_unit_test(test_recover),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
