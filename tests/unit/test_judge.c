// SPDX-License-Identifier: MIT
/* From observations to answers and findings. */
#include "test.h"

#include "../../user/coverage/findings.h"
#include "judge_cases.h"

static void check_finding(const char *name, const struct buf *findings, const char *part)
{
	if (!part && findings->len)
		fail_msg("%s: found: %s", name, findings->data);
	if (part && (!findings->len || !strstr(findings->data, part)))
		fail_msg("%s: '%s' is not in: %s", name, part,
			 findings->len ? findings->data : "(nothing)");
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct judge_case *c = &cases[i];
		_cleanup_buf_ struct buf findings = { 0 };
		struct made m = c->from();
		struct judgement j;

		c->change(&m);
		judge(&m.way, m.looks, &j);
		findings_of_way(&m.way, m.looks, &j, &findings);
		check_text(c->name, answer_word(j.answer), answer_word(c->answer));
		check_text(c->name, j.hook, c->hook);
		check_int(c->name, j.harmless, c->harmless);
		check_finding(c->name, &findings, c->finding);
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

static void test_control(void **state)
{
	static const enum round rounds[] = { ROUND_NONE, ROUND_AUDIT, ROUND_ENFORCE };
	_cleanup_buf_ struct buf findings = { 0 };
	struct look looks[ROUND_MAX] = { took(), took(), took() };

	(void)state;
	findings_of_control(looks, &findings);
	check_finding("allowed", &findings, NULL);
	for (size_t i = 0; i < ARRAY_LEN(rounds); i++) {
		struct look *look = &looks[rounds[i]];

		buf_reset(&findings);
		look->result.error = EPERM;
		findings_of_control(looks, &findings);
		check_finding("refused", &findings, "listen: EPERM");
		*look = took();
		buf_reset(&findings);
		see(look, HP_HOOK_SWEEP, HP_VERDICT_AUDITED, HP_HOW_EXISTING);
		findings_of_control(looks, &findings);
		check_finding("seen", &findings, "made an event");
		*look = took();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_can_be_held),
		cmocka_unit_test(test_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
