// SPDX-License-Identifier: MIT
/* From observations to answers. */
#include "judge_cases.h"

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct judge_case *c = &cases[i];
		struct made m = c->from();
		struct judgement j;

		c->change(&m);
		judge(&m.way, m.looks, &j);
		check_text(c->name, answer_word(j.answer), answer_word(c->answer));
		check_text(c->name, j.hook, c->hook);
		check_int(c->name, j.harmless, c->harmless);
		if (!j.reason[0])
			fail_msg("%s: no reason", c->name);
	}
}

static void test_facts(void **state)
{
	struct made m = denied();
	struct judgement j;

	(void)state;
	judge(&m.way, m.looks, &j);
	assert_true(j.bind && j.confirmed && j.fails && j.promised);
	m = swept();
	judge(&m.way, m.looks, &j);
	assert_true(!j.bind && !j.confirmed && !j.fails && !j.promised);
	check_text("reason", j.reason, "no hook runs; the sweep finds it");
	m.way.note = "because";
	judge(&m.way, m.looks, &j);
	check_text("note", j.reason, "because");
	lacking(&m);
	judge(&m.way, m.looks, &j);
	check_text("absent", j.reason, "listen: EPROTONOSUPPORT");
	fails_by_itself(&m);
	judge(&m.way, m.looks, &j);
	check_text("fails", j.reason, "fails without the programs, too: bind: EAFNOSUPPORT");
	untried(&m);
	judge(&m.way, m.looks, &j);
	assert_true(!j.bind && !j.confirmed && !j.fails && !j.promised);
	check_text("untried", j.reason, "because");
	check_text("untried: result", judge_error(&m.looks[ROUND_NONE]), "not tried");
}

/* Which ways are tried once more with their port in use. */
static void test_can_be_held(void **state)
{
	struct made m = denied();

	(void)state;
	assert_true(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
	m.looks[ROUND_NONE].before = HELD_YES;
	assert_false(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
	m = denied();
	m.looks[ROUND_NONE].after = HELD_UNKNOWN;
	assert_false(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
	m = denied();
	m.way.outside = true;
	assert_false(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
	m = swept();
	assert_false(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
	m = denied();
	fails_by_itself(&m);
	assert_false(judge_can_be_held(&m.way, &m.looks[ROUND_NONE]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_can_be_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
