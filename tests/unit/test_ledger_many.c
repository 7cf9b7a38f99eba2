// SPDX-License-Identifier: MIT
/* A ledger of workloads that violate on many ports. */
#include "ledger_makers.h"

/* However many ports a workload takes, what is known of others stays. */
static void test_share(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	const struct ledger_entry *entry = NULL;
	size_t others = 0;

	(void)state;
	note_workloads(ledger, e, 3000, 0);
	move_to_cgroup(e, "/system.slice/scanner.service");
	for (unsigned int flags = 0; flags < 4; flags++)
		for (e->proto = 0; e->proto < HP_PROTO_MAX; e->proto++)
			for (unsigned int port = 1; port < HP_PORTS; port++)
				for (int scope = 0; scope < 2; scope++) {
					e->port = (uint16_t)port;
					e->addr[0] = scope ? 127 : 10;
					(void)ledger_note(ledger, e, flags);
				}
	while ((entry = ledger_next(ledger, entry)))
		others += strcmp(entry->row.workload, "unit scanner.service") != 0;
	check_u64("all others", others, 3000);
	check_text("of whom ports were forgotten", ledger_losses(ledger)[0].workload,
		   "unit scanner.service");
	assert_null(ledger_losses(ledger)[1].workload);
}

/* Few ports are an entry each; more of one kind are one, which has all of them. */
static void test_many(void **state)
{
	static const struct {
		const char *name;
		unsigned int ports;
		bool other_class, other_scope; /* half of them */
		size_t entries;
	} cases[] = {
		{ "few", IMPACT_PORTS_MAX, false, false, IMPACT_PORTS_MAX },
		{ "many", IMPACT_PORTS_MAX + 1, false, false, 1 },
		{ "all", 65535, false, false, 1 },
		{ "two classes, few", 2 * IMPACT_PORTS_MAX, true, false, 2 * IMPACT_PORTS_MAX },
		{ "two classes, many", 2 * IMPACT_PORTS_MAX + 2, true, false, 2 },
		{ "two scopes, few", 2 * IMPACT_PORTS_MAX, false, true, 2 * IMPACT_PORTS_MAX },
		{ "two scopes, many", 2 * IMPACT_PORTS_MAX + 2, false, true, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_free_ struct event *e = new_event(10, 1);
		const struct ledger_entry *entry = NULL;
		size_t ports = 0;
		uint16_t last = 0;

		for (unsigned int n = 1; n <= cases[i].ports; n++) {
			bool odd = n % 2;

			violation_event(e, 10 + n, 2);
			e->port = (uint16_t)n;
			e->cls = odd && cases[i].other_class ? HP_CLASS_SCOPE :
							       HP_CLASS_UNREGISTERED;
			e->addr[0] = odd && cases[i].other_scope ? 127 : 0;
			(void)ledger_note(ledger, e, 0);
		}
		check_u64(cases[i].name, look(ledger).len, cases[i].entries);
		check_u64(cases[i].name, look(ledger).count, 2 * (uint64_t)cases[i].ports);
		while ((entry = ledger_next(ledger, entry))) {
			size_t n = impact_row_ports(&entry->row, &last);

			check_int(cases[i].name, n != 0, cases[i].entries <= 2);
			ports += n ? n : 1;
		}
		check_u64(cases[i].name, ports, cases[i].ports);
		check_u64(cases[i].name, forgotten(ledger, ALL_CLASSES, false), 0);
	}
}

/* Many ports are told when they have become many, and each time when they have doubled. */
static void test_told(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	uint64_t told = IMPACT_PORTS_MAX + 1;

	(void)state;
	for (unsigned int n = 1; n <= 1000; n++) {
		const struct ledger_entry *entry;
		uint16_t last = 0;

		e->port = (uint16_t)(65535 - n);
		entry = ledger_note(ledger, e, 0);
		check_int("told", entry != NULL, n == told);
		if (!entry)
			continue;
		check_u64("ports", impact_row_ports(&entry->row, &last), n);
		check_u64("the lowest", entry->row.port, e->port);
		check_u64("the last", last, 65534);
		told *= 2;
		assert_null(ledger_note(ledger, e, 0)); /* again */
	}
	check_u64("told often", told, 64 * (IMPACT_PORTS_MAX + 1));
}

/* Of many ports each is decided anew: a row for each class that they have by now. */
static void test_many_decided_again(void **state)
{
	_cleanup_(policy_freep) struct policy *policy =
		new_policy("entries: [{ports: 100-149, protocol: tcp, process: p},"
			   " {ports: 150-179, protocol: tcp, process: p, scope: localhost}]\n"
			   "exceptions: [{ports: 90-99, protocol: tcp, class: unregistered,"
			   " until: 2099-01-01, reason: r}]");
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_ struct impact impact = { 0 };
	const struct ledger_filter filter = {
		.policy = policy,
		.config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.verdicts = 1U << HP_VERDICT_DENIED,
	};
	uint16_t last = 0;

	(void)state;
	for (e->port = 80; e->port < 200; e->port++)
		(void)ledger_note(ledger, e, 0);
	check_u64("one entry", look(ledger).len, 1);
	assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
	impact_settle(&impact);
	check_u64("two rows", impact.len, 2);
	check_u64("unregistered", impact.rows[0].cls, HP_CLASS_UNREGISTERED);
	check_u64("ports", impact_row_ports(&impact.rows[0], &last), 10 + 20);
	check_u64("from", impact.rows[0].port, 80);
	check_u64("to", last, 199);
	check_u64("of scope", impact.rows[1].cls, HP_CLASS_SCOPE);
	check_u64("ports", impact_row_ports(&impact.rows[1], &last), 30);
	check_u64("from", impact.rows[1].port, 150);
	check_u64("to", last, 179);
}

/* The last program that is known of a process is kept, and that of another name is not its own. */
static void test_exe(void **state)
{
	static const struct {
		const char *comm, *exe, *want;
	} steps[] = {
		{ "a", NULL, NULL },
		{ "a", "", NULL },
		{ "a", "/usr/sbin/a", "/usr/sbin/a" },
		{ "a", "", "/usr/sbin/a" },
		{ "a", "/b", "/b" },
		{ "b", "/b", "/b" },
		{ "c", "", NULL },
		{ "b", "", "/b" },
		{ "d", "/d", "/d" },
		{ "b", NULL, "/b" },
		{ "c", "/c", "/c" },
	};
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		const char *exe;

		violation_event(e, 10 + (time_t)i, 1);
		e->exe = steps[i].exe;
		(void)snprintf(e->comm, sizeof(e->comm), "%s", steps[i].comm);
		(void)ledger_note(ledger, e, 0);
		exe = ledger_next(ledger, NULL)->row.exe;
		check_text("program", exe ? exe : "-", steps[i].want ? steps[i].want : "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share), cmocka_unit_test(test_many),
		cmocka_unit_test(test_told),  cmocka_unit_test(test_many_decided_again),
		cmocka_unit_test(test_exe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
