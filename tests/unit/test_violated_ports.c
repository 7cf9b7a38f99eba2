// SPDX-License-Identifier: MIT
#include "violation_events.h"

#include "../../user/violations/ledger.h"
#include "../../user/violations/violated_ports.h"
#include "registry_cases.h"

#define EXCEPT "exceptions: [{until: 2099-01-01, reason: r, "

/* What was reported, and whether the first exception of the registry has a use then. */
static const struct {
	const char *name, *lists;
	uint16_t port;
	uint8_t proto, cls, how, addr0;
	bool uses;
} cases[] = {
	{ "the port", EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]", 8080,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "on loopback", EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]", 8080,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 127, true },
	{ "another port", EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]", 8081,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
	{ "another protocol", EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]", 8080,
	  HP_PROTO_UDP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
	{ "the first of a range", EXCEPT "ports: 100-1000, protocol: tcp, class: unregistered}]",
	  100, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "the last of a range", EXCEPT "ports: 100-1000, protocol: tcp, class: unregistered}]",
	  1000, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "within a range", EXCEPT "ports: 100-1000, protocol: tcp, class: unregistered}]", 512,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "before a range", EXCEPT "ports: 100-1000, protocol: tcp, class: unregistered}]", 99,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
	{ "after a range", EXCEPT "ports: 100-1000, protocol: tcp, class: unregistered}]", 1001,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
	{ "all ports", EXCEPT "ports: 1-65535, protocol: tcp, class: unregistered}]", 65535,
	  HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "of the class that the policy makes of it now",
	  EXCEPT "ports: 8080, protocol: tcp, class: scope}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p, scope: localhost}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, true },
	{ "of the class that it was",
	  EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p, scope: localhost}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
	{ "a localhost row, on loopback",
	  EXCEPT "ports: 8080, protocol: tcp, class: scope}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p, scope: localhost}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 127, false },
	{ "chosen by the kernel", EXCEPT "ports: 40000, protocol: tcp, class: unregistered}]",
	  40000, HP_PROTO_TCP, HP_CLASS_EPHEMERAL, HP_HOW_BIND0, 0, false },
	{ "chosen, with a row",
	  EXCEPT "ports: 40000, protocol: tcp, class: scope}]\n"
		 "entries: [{ports: 40000, protocol: tcp, process: p, scope: localhost}]",
	  40000, HP_PROTO_TCP, HP_CLASS_SCOPE, HP_HOW_BIND0, 0, true },
	{ "undeclared",
	  EXCEPT "ports: 8080, protocol: tcp, class: undeclared}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNDECLARED, HP_HOW_BIND, 0, true },
	{ "undeclared, no row",
	  EXCEPT "ports: 8080, protocol: tcp, class: undeclared}]\n"
		 "entries: [{ports: 8081, protocol: tcp, process: p}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNDECLARED, HP_HOW_BIND, 0, false },
	{ "undeclared, an exception for another class",
	  EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p}]",
	  8080, HP_PROTO_TCP, HP_CLASS_UNDECLARED, HP_HOW_BIND, 0, false },
	{ "of another class, an exception for undeclared",
	  EXCEPT "ports: 8080, protocol: tcp, class: undeclared}]\n"
		 "entries: [{ports: 8080, protocol: tcp, process: p}]",
	  8080, HP_PROTO_TCP, HP_CLASS_OWNER, HP_HOW_BIND, 0, false },
	{ "no protocol", EXCEPT "ports: 8080, protocol: tcp, class: unregistered}]", 8080,
	  HP_PROTO_MAX, HP_CLASS_UNREGISTERED, HP_HOW_BIND, 0, false },
};

static const struct reg_row *first_exception(const struct registry *reg)
{
	for (size_t i = 0; i < reg->layers[0].len; i++)
		if (reg->layers[0].rows[i].kind == REG_EXCEPTION)
			return &reg->layers[0].rows[i];
	return NULL;
}

static void test_uses(void **state)
{
	const struct node_facts facts = { .today = { 2026, 11, 22 } };
	const struct hp_config config = {
		.mode = HP_MODE_AUDIT,
		.denies = POLICY_DENIES_DEFAULT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		_cleanup_(policy_freep) struct policy *policy = NULL;
		_cleanup_(ledger_freep) struct ledger *ledger = NULL;
		_cleanup_free_ struct excepted_ports *excepted = calloc(1, sizeof(*excepted));
		_cleanup_free_ struct event *e = malloc(sizeof(*e));

		assert_true(e && excepted && ledger_new(&ledger) == 0);
		assert_int_equal(policy_build(reg, &facts, &policy), 0);
		violated_ports_except(ledger_ports(ledger), policy, &config, excepted);
		check_int(cases[i].name, excepted_ports_use(excepted, first_exception(reg)), false);
		violation_event(e, 10, 1);
		e->port = cases[i].port;
		e->proto = cases[i].proto;
		e->cls = cases[i].cls;
		e->how = cases[i].how;
		e->addr[0] = cases[i].addr0;
		ledger_note(ledger, e, 0);
		violated_ports_except(ledger_ports(ledger), policy, &config, excepted);
		check_int(cases[i].name, excepted_ports_use(excepted, first_exception(reg)),
			  cases[i].uses);
	}
}

/* Sockets of the table: only those that an exception lets through count. */
static void test_decisions(void **state)
{
	static const struct {
		uint8_t verdict, cls;
		bool uses;
	} decisions[] = {
		{ HP_VERDICT_EXCEPTED, HP_CLASS_SCOPE, true },
		{ HP_VERDICT_EXCEPTED, HP_CLASS_RETIRED, false },
		{ HP_VERDICT_AUDITED, HP_CLASS_SCOPE, false },
		{ HP_VERDICT_DENIED, HP_CLASS_SCOPE, false },
		{ HP_VERDICT_ALLOWED, HP_CLASS_NONE, false },
	};
	const struct reg_row row = {
		.kind = REG_EXCEPTION,
		.first = 80,
		.last = 80,
		.proto = HP_PROTO_UDP,
		.cls = HP_CLASS_SCOPE,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(decisions); i++) {
		_cleanup_free_ struct excepted_ports *excepted = calloc(1, sizeof(*excepted));

		assert_non_null(excepted);
		excepted_ports_add(excepted, HP_PROTO_UDP, 80,
				   (struct hp_decision) { .verdict = decisions[i].verdict,
							  .cls = decisions[i].cls });
		check_int("used", excepted_ports_use(excepted, &row), decisions[i].uses);
		excepted_ports_add(excepted, HP_PROTO_MAX, 80,
				   (struct hp_decision) { .verdict = HP_VERDICT_EXCEPTED,
							  .cls = HP_CLASS_MAX });
		check_int("of no protocol", excepted_ports_use(excepted, &row), decisions[i].uses);
	}
}

/* The scan over words equals one over ports. */
static void test_ranges(void **state)
{
	_cleanup_free_ struct excepted_ports *excepted = calloc(1, sizeof(*excepted));
	struct reg_row row = { .kind = REG_EXCEPTION, .cls = HP_CLASS_SCOPE };
	uint32_t random = 1;

	(void)state;
	assert_non_null(excepted);
	for (unsigned int i = 0; i < 20; i++)
		portset_add(&excepted->ports[0][HP_CLASS_SCOPE], (uint16_t)(1 + 3163 * i));
	for (unsigned int i = 0; i < 2000; i++) {
		bool want = false;
		uint32_t first, length;

		random = random * 1664525U + 1013904223U;
		first = 1 + random % 65535;
		random = random * 1664525U + 1013904223U;
		length = random >> 8 & 0x3ff;
		row.first = (uint16_t)first;
		row.last = (uint16_t)(first + length < 65535 ? first + length : 65535);
		for (uint32_t port = row.first; port <= row.last; port++)
			want |= portset_has(&excepted->ports[0][HP_CLASS_SCOPE], (uint16_t)port);
		check_int("range", excepted_ports_use(excepted, &row), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
