// SPDX-License-Identifier: MIT
/* From observations and answers to findings. */
#include "judge_cases.h"

#include "../../user/coverage/findings.h"

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
		check_finding(c->name, &findings, c->finding);
	}
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
		cmocka_unit_test(test_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
