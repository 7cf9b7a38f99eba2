// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/coverage/rules.h"

static const struct way list[] = {
	{ .name = "explicit", .kind = WAY_EXPLICIT, .proto = HP_PROTO_TCP },
	{ .name = "chosen", .kind = WAY_CHOSEN, .proto = HP_PROTO_UDP },
	{ .name = "no row", .kind = WAY_CHOSEN, .proto = HP_PROTO_UDP, .no_row = true },
	{ .name = "portless", .kind = WAY_PORTLESS, .proto = HP_PROTO_OTHER },
	{ .name = "untried", .kind = WAY_UNTRIED, .proto = HP_PROTO_OTHER },
};

static uint8_t class_of(const struct policy *policy, uint8_t proto, uint16_t port)
{
	struct hp_config config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT };
	struct hp_query query = { .proto = proto, .port = port };

	return policy_decide(policy, &config, &query).cls;
}

static void test_policy(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	uint16_t chosen = rules_port(&list[1], 1);

	(void)state;
	assert_int_equal(rules_policy(list, ARRAY_LEN(list), &policy), 0);
	check_int("control", class_of(policy, HP_PROTO_TCP, RULES_ALLOWED), HP_CLASS_NONE);
	check_int("control, udp", class_of(policy, HP_PROTO_UDP, RULES_ALLOWED),
		  HP_CLASS_UNREGISTERED);
	check_int("explicit", class_of(policy, HP_PROTO_TCP, rules_port(&list[0], 0)),
		  HP_CLASS_UNREGISTERED);
	for (uint8_t proto = HP_PROTO_TCP; proto <= HP_PROTO_SCTP; proto++)
		check_int("chosen", class_of(policy, proto, chosen), HP_CLASS_RETIRED);
	check_int("no row", class_of(policy, HP_PROTO_UDP, rules_port(&list[2], 2)),
		  HP_CLASS_UNREGISTERED);
	assert_true(rules_port(&list[2], 2) > RULES_CHOSEN);
	check_int("beside it", class_of(policy, HP_PROTO_TCP, chosen + 2), HP_CLASS_UNREGISTERED);
}

static void test_bounds(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(rules_policy(list, 1, &policy), 0); /* none is chosen */
	assert_int_equal(rules_policy(list, RULES_WAYS_MAX + 1, &policy), -E2BIG);
	assert_true(rules_port(&list[0], RULES_WAYS_MAX) < RULES_CHOSEN);
	assert_true(rules_port(&list[1], RULES_WAYS_MAX) > RULES_CHOSEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
