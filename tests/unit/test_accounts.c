// SPDX-License-Identifier: MIT
#include "fake_kernel.h"

#include <errno.h>

#include "../../user/stream/accounts.h"

/* Violations of each verdict but "allowed", and three without a record. */
static const struct hp_counters counters = {
	.count = {
		[HP_CLASS_UNREGISTERED] = {
			[HP_VERDICT_ALLOWED] = { 1000 },
			[HP_VERDICT_AUDITED] = { [HP_PROTO_TCP] = 4, [HP_PROTO_UDP] = 6 },
			[HP_VERDICT_DENIED] = { 20 },
			[HP_VERDICT_EXCEPTED] = { [HP_PROTO_OTHER] = 30 },
		},
		[HP_CLASS_RETIRED] = { [HP_VERDICT_AUDITED] = { 5 } },
	},
	.lost = { [HP_LOST_RING] = 1, [HP_LOST_RATE] = 2 },
};

static void test_sums(void **state)
{
	struct accounts accounts;

	(void)state;
	accounts_make(&counters, &(struct hp_tally) { 0 }, &accounts);
	check_u64("violations", accounts.violations, 65);
	check_u64("without a record", accounts.unsent, 3);
	check_u64("lost", accounts.lost, 3);
	check_u64("pending", accounts.pending, 62);
	check_u64("the counters",
		  accounts.counters.count[HP_CLASS_RETIRED][HP_VERDICT_AUDITED][HP_PROTO_TCP], 5);
	check_u64("of all protocols",
		  accounts_count(&counters, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED), 10);
}

/* A line makes up for what it stands for, and a sweep finds what was lost. */
static void test_lines(void **state)
{
	const struct hp_tally tally = { .delivered = 2, .folded = 61, .recovered = 1 };
	struct accounts accounts;

	(void)state;
	accounts_make(&counters, &tally, &accounts);
	check_u64("lost", accounts.lost, 2);
	check_u64("pending", accounts.pending, 0);
	check_u64("the lines", accounts.tally.delivered, 2);
}

/* What an agent that died had taken is lost; what a sweep alone found was never counted. */
static void test_died(void **state)
{
	const struct hp_tally tally = {
		.delivered = 50,
		.existing = 10,
		.untold = 4,
		.by_class = { [HP_CLASS_RETIRED] = { [HP_VERDICT_AUDITED] = { 7 },
						     [HP_VERDICT_EXCEPTED] = { 3 } } },
	};
	struct accounts accounts;

	(void)state;
	accounts_make(&counters, &tally, &accounts);
	check_u64("lost", accounts.lost, 7);
	check_u64("the programs'", accounts.violations, 65);
	check_u64("by class",
		  accounts.counters.count[HP_CLASS_RETIRED][HP_VERDICT_AUDITED][HP_PROTO_TCP], 12);
	check_u64("by class",
		  accounts.counters.count[HP_CLASS_RETIRED][HP_VERDICT_EXCEPTED][HP_PROTO_TCP], 3);
	check_u64("of no other protocol",
		  accounts.counters.count[HP_CLASS_RETIRED][HP_VERDICT_EXCEPTED][HP_PROTO_UDP], 0);
	check_u64("pending", accounts.pending, 18);
}

static void test_nothing(void **state)
{
	struct accounts accounts;

	(void)state;
	accounts_make(&(struct hp_counters) { 0 }, &(struct hp_tally) { 0 }, &accounts);
	check_u64("violations", accounts.violations, 0);
	check_u64("lost", accounts.lost, 0);
	check_u64("pending", accounts.pending, 0);
}

/* Each count of a violation adds to them, and no other count does. */
static void test_each(void **state)
{
	(void)state;
	for (int cls = 0; cls < HP_CLASS_MAX; cls++)
		for (int verdict = 0; verdict < HP_VERDICT_MAX; verdict++) {
			struct hp_counters one = { 0 };
			struct accounts accounts;

			one.count[cls][verdict][(cls + verdict) % HP_PROTO_MAX] = 1;
			accounts_make(&one, &(struct hp_tally) { 0 }, &accounts);
			check_u64("violations", accounts.violations, verdict > HP_VERDICT_ALLOWED);
		}
	for (int cause = 0; cause < HP_LOST_MAX; cause++) {
		struct hp_counters one = { 0 };
		struct accounts accounts;

		one.lost[cause] = 1;
		accounts_make(&one, &(struct hp_tally) { 0 }, &accounts);
		check_u64("without a record", accounts.unsent, 1);
	}
}

/* What can't be read counts as nothing; the lines are known all the same. */
static void test_read(void **state)
{
	struct kernel *kernel = fake_kernel_new();
	const struct hp_told told = { .tally = { .delivered = 2, .folded = 61, .untold = 4 } };
	struct accounts accounts;

	(void)state;
	kernel->counters = counters;
	accounts_read(kernel, &told, &accounts);
	check_u64("violations", accounts.violations, 65);
	check_u64("lines", accounts.tally.delivered, 2);
	check_u64("lost", accounts_lost(kernel, &told), 7);
	kernel->counters_error = -EIO;
	accounts_read(kernel, &told, &accounts);
	check_u64("no violations", accounts.violations, 0);
	check_u64("nothing without a record", accounts.unsent, 0);
	check_u64("lines as before", accounts.tally.folded, 61);
	check_u64("lost: by an agent that died", accounts_lost(kernel, &told), 4);
	fake_kernel_free(kernel);
}

static void test_causes(void **state)
{
	(void)state;
	check_text("ring", accounts_lost_word(HP_LOST_RING), "ring");
	check_text("rate", accounts_lost_word(HP_LOST_RATE), "rate");
	check_text("note", accounts_lost_word(HP_LOST_NOTE), "note");
}

#define MILLION	 1000000ULL
#define HUGE_ONE (1ULL << 60)
#define COUNTED	 .count[HP_CLASS_SCOPE][HP_VERDICT_DENIED][HP_PROTO_UDP]
#define BY_CLASS .by_class[HP_CLASS_SCOPE][HP_VERDICT_DENIED][HP_PROTO_UDP]
#define NOTHING                                                                                    \
	{                                                                                          \
		COUNTED = 0                                                                        \
	}

/* Lines that stand for more than was counted, and numbers that nobody can have counted. */
static void test_sense(void **state)
{
	static const struct {
		const char *name;
		struct hp_counters counters;
		struct hp_tally tally;
		bool make_sense;
	} cases[] = {
		{ "nothing", NOTHING, { 0 }, true },
		{ "all is told", { COUNTED = 10 }, { .delivered = 4, .folded = 6 }, true },
		{ "some is pending", { COUNTED = 10 }, { .delivered = 4 }, true },
		{ "counted meanwhile", NOTHING, { .delivered = 1 }, true },
		{ "lines of what was not counted", NOTHING, { .delivered = 2 * MILLION }, false },
		{ "they are counted",
		  { COUNTED = 2 * MILLION },
		  { .delivered = 2 * MILLION },
		  true },
		{ "folded", NOTHING, { .folded = 2 * MILLION }, false },
		{ "never logged", NOTHING, { .untold = 2 * MILLION }, false },
		{ "lost", { .lost[HP_LOST_RING] = 2 * MILLION }, { 0 }, false },
		{ "found by sweeps",
		  NOTHING,
		  { .delivered = 2 * MILLION, .existing = 2 * MILLION, BY_CLASS = 2 * MILLION },
		  true },
		{ "more of a class than are found",
		  NOTHING,
		  { .existing = 1, BY_CLASS = 2 },
		  false },
		{ "of no class", NOTHING, { .existing = 2, BY_CLASS = 1 }, true },
		{ "found again",
		  { COUNTED = 2 * MILLION, .lost[HP_LOST_RATE] = 2 * MILLION },
		  { .delivered = 2 * MILLION, .recovered = 2 * MILLION },
		  true },
		{ "found again, and never lost",
		  { COUNTED = 2 * MILLION },
		  { .delivered = 2 * MILLION, .recovered = 2 * MILLION },
		  false },
		{ "a counter", { COUNTED = HUGE_ONE }, { 0 }, false },
		{ "lines", { COUNTED = 1 }, { .delivered = HUGE_ONE }, false },
		{ "folded, and wraps", NOTHING, { .delivered = 1, .folded = ~0ULL }, false },
		{ "existing", NOTHING, { .existing = HUGE_ONE }, false },
		{ "recovered", NOTHING, { .recovered = ~0ULL }, false },
		{ "a loss", { .lost[HP_LOST_NOTE] = HUGE_ONE }, { 0 }, false },
		{ "a class", NOTHING, { .existing = 1, BY_CLASS = ~0ULL }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct accounts accounts;

		accounts_make(&cases[i].counters, &cases[i].tally, &accounts);
		check_int(cases[i].name, accounts_make_sense(&accounts), cases[i].make_sense);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),   cmocka_unit_test(test_lines),
		cmocka_unit_test(test_died),   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_each),   cmocka_unit_test(test_read),
		cmocka_unit_test(test_causes), cmocka_unit_test(test_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
