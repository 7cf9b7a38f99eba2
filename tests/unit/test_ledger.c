// SPDX-License-Identifier: MIT
#include "ledger_makers.h"

static void test_repeats(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	struct found found;

	(void)state;
	found = look(ledger);
	assert_int_equal(found.len, 0);
	violation_event(e, 10, 3);
	ledger_note(ledger, e, 0);
	violation_event(e, 30, 2);
	ledger_note(ledger, e, 0);
	violation_event(e, 20, 1); /* reported late */
	ledger_note(ledger, e, 0);
	found = look(ledger);
	assert_int_equal(found.len, 1);
	assert_int_equal(found.last[0].row.count, 6);
	assert_int_equal(found.last[0].row.first.tv_sec, 9);
	assert_int_equal(found.last[0].row.last.tv_sec, 30);
	assert_int_equal(found.last[0].row.pid, 130);
	assert_int_equal(forgotten(ledger, ALL_CLASSES, false), 0);
}

/* A repeat is added to its entry, unless it is another one, or that one was forgotten. */
static void test_again(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	struct found found;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		violation_event(e, 10 + i, 1);
		ledger_note(ledger, e, 0);
	}
	found = look(ledger);
	assert_int_equal(found.len, 1);
	assert_int_equal(found.count, 3);
	assert_int_equal(found.last[0].row.pid, 112);
	e->addr[0] = 127; /* another scope */
	ledger_note(ledger, e, 0);
	ledger_note(ledger, e, LEDGER_KERNEL_SOCKET);
	assert_int_equal(look(ledger).len, 3);
	note_workloads(ledger, e, LEDGER_MAX, 0); /* of three entries none is left but the last */
	move_to_cgroup(e, "/system.slice/web.service");
	ledger_note(ledger, e, LEDGER_KERNEL_SOCKET);
	found = look(ledger);
	assert_int_equal(found.len, LEDGER_MAX);
	assert_int_equal(found.last[0].row.port, 8080);
	assert_int_equal(found.last[0].row.count, 1);
	assert_true(found.last[0].query.kernel_socket);
}

/* What pods declare is theirs: they have no control group, so the pod's key tells them apart. */
static void test_declared(void **state)
{
	static const char *const keys[] = { "u1", "u2", "ns/file", "u1" };
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_(policy_freep) struct policy *policy = new_policy("");
	const struct ledger_filter filter = {
		.policy = policy,
		.config = { .mode = HP_MODE_AUDIT },
		.verdicts = 1U << HP_VERDICT_AUDITED,
	};
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_ struct impact impact = { 0 };

	(void)state;
	move_to_cgroup(e, "");
	ledger_note(ledger, e, 0); /* of nobody knows whom */
	e->workload = (struct workload) { .kind = WORKLOAD_POD };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		e->pod = keys[i];
		ledger_note(ledger, e, 0);
	}
	assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
	impact_settle(&impact);
	check_u64("rows", impact.len, 4);
	check_text("first", impact.rows[0].workload, "pod ns/file");
	check_text("its pod", impact.rows[0].pod, "ns/file");
	check_text("second", impact.rows[1].workload, "pod u1");
	check_u64("twice", impact.rows[1].count, 2);
	check_text("third", impact.rows[2].pod, "u2");
	check_text("nobody's", impact.rows[3].workload, "unknown workload");
	check_text("no pod", impact.rows[3].pod, NULL);
}

/* Control groups of one workload are one, with the path that was reported first. */
static void test_workloads(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	struct found found;

	(void)state;
	ledger_note(ledger, e, 0);
	e->port++;
	ledger_note(ledger, e, 0);
	move_to_cgroup(e, "/system.slice/db.service");
	ledger_note(ledger, e, 0);
	violation_event(e, 10, 1);
	move_to_cgroup(e, "/system.slice/web.service/worker");
	ledger_note(ledger, e, 0);
	found = look(ledger);
	assert_int_equal(found.len, 3);
	check_text("the first", found.last[0].row.workload, "unit web.service");
	check_text("its cgroup", found.last[0].row.cgroup, "/system.slice/web.service");
	check_u64("twice", found.last[0].row.count, 2);
	check_text("of another port", found.last[1].row.workload, "unit web.service");
	check_u64("which", found.last[1].row.port, 8081);
	check_text("of another workload", found.last[2].row.workload, "unit db.service");
	check_text("its cgroup", found.last[2].row.cgroup, "/system.slice/db.service");
}

/* Each path is read for itself, whatever the paths before it were. */
static void test_paths(void **state)
{
	static const char *const paths[] = { "/a", "/b", "/a/b", "/b/a", "", "/a", "/a/b" };
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		_cleanup_buf_ struct buf want = { 0 };

		move_to_cgroup(e, paths[i]);
		e->port = (uint16_t)(100 + i);
		ledger_note(ledger, e, 0);
		workload_text(&e->workload, paths[i], &want);
		check_text(paths[i], ledger_next(ledger, NULL)->row.workload, want.data);
	}
	e->workload = (struct workload) { .kind = WORKLOAD_KERNEL };
	ledger_note(ledger, e, 0);
	check_text("the kernel", ledger_next(ledger, NULL)->row.workload, "kernel");
}

/* What the verdict or the row depends on keeps two apart; what it does not, not. */
static void test_apart(void **state)
{
	static const struct {
		const char *name, *cgroup;
		uint8_t proto, addr0, how;
		uint16_t port;
		unsigned int flags;
		size_t len;
	} cases[] = {
		{ "the same", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080, 0,
		  1 },
		{ "another address", "/system.slice/web.service", HP_PROTO_TCP, 10, HP_HOW_BIND,
		  8080, 0, 1 },
		{ "found there", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_EXISTING,
		  8080, 0, 1 },
		{ "scope", "/system.slice/web.service", HP_PROTO_TCP, 127, HP_HOW_BIND, 8080, 0,
		  2 },
		{ "protocol", "/system.slice/web.service", HP_PROTO_UDP, 0, HP_HOW_BIND, 8080, 0,
		  2 },
		{ "port", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8081, 0, 2 },
		{ "workload", "/system.slice/db.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080, 0,
		  2 },
		{ "chosen", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND0, 8080, 0,
		  2 },
		{ "the kernel's", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080,
		  LEDGER_KERNEL_SOCKET, 2 },
		{ "enforceable", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080,
		  LEDGER_ENFORCEABLE, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_free_ struct event *e = new_event(10, 1);
		struct found found;

		ledger_note(ledger, e, 0);
		e->proto = cases[i].proto;
		e->addr[0] = cases[i].addr0;
		e->how = cases[i].how;
		e->port = cases[i].port;
		move_to_cgroup(e, cases[i].cgroup);
		ledger_note(ledger, e, cases[i].flags);
		found = look(ledger);
		check_u64(cases[i].name, found.len, cases[i].len);
		check_int(cases[i].name, found.last[0].query.kernel_socket,
			  !!(cases[i].flags & LEDGER_KERNEL_SOCKET));
		check_int(cases[i].name, found.last[0].enforceable,
			  !!(cases[i].flags & LEDGER_ENFORCEABLE));
		check_int(cases[i].name, found.last[0].query.chosen, cases[i].how == HP_HOW_BIND0);
		check_int(cases[i].name, found.last[0].query.scope,
			  cases[i].addr0 == 127 ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL);
	}
}

/* A port that the kernel chose is decided as such: no row names it, so class ephemeral counts. */
static void test_chosen(void **state)
{
	static const struct {
		const char *name;
		uint8_t cls, how;
		bool chosen;
	} cases[] = {
		{ "named by bind()", HP_CLASS_UNREGISTERED, HP_HOW_BIND, false },
		{ "found there", HP_CLASS_UNREGISTERED, HP_HOW_EXISTING, false },
		{ "the kernel's", HP_CLASS_UNREGISTERED, HP_HOW_KERNEL, false },
		{ "bind() to port 0", HP_CLASS_UNREGISTERED, HP_HOW_BIND0, true },
		{ "listen() without bind()", HP_CLASS_UNREGISTERED, HP_HOW_LISTEN, true },
		{ "found there, of its class", HP_CLASS_EPHEMERAL, HP_HOW_EXISTING, true },
	};
	_cleanup_(policy_freep) struct policy *policy = new_policy("");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_free_ struct event *e = new_event(10, 1);
		_cleanup_impact_ struct impact impact = { 0 };
		const struct ledger_filter filter = {
			.policy = policy,
			.config = { .mode = HP_MODE_ENFORCE,
				    .denies = 1U << HP_CLASS_UNREGISTERED },
			.verdicts = 1U << HP_VERDICT_DENIED,
		};

		e->cls = cases[i].cls;
		e->how = cases[i].how;
		ledger_note(ledger, e, 0);
		check_int(cases[i].name, look(ledger).last[0].query.chosen, cases[i].chosen);
		assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
		check_u64(cases[i].name, impact.len, !cases[i].chosen);
	}
}

/* Ports that the kernel chose are many, and one fact. */
static void test_ephemeral(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	struct found found;

	(void)state;
	e->cls = HP_CLASS_EPHEMERAL;
	e->how = HP_HOW_BIND0;
	for (e->port = 40000; e->port < 40010; e->port++)
		ledger_note(ledger, e, 0);
	found = look(ledger);
	assert_int_equal(found.len, 1);
	assert_int_equal(found.last[0].row.port, 0);
	assert_int_equal(found.last[0].row.count, 10);
	assert_true(found.last[0].query.chosen);
}

/* The newest are kept, and what came again is new; what was pushed out is counted by class. */
static void test_bound(void **state)
{
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);
	struct found found;

	(void)state;
	e->cls = HP_CLASS_SCOPE;
	note_workloads(ledger, e, LEDGER_MAX, 0);
	assert_int_equal(forgotten(ledger, ALL_CLASSES, false), 0);
	set_workload(e, 0);
	(void)ledger_note(ledger, e, 0);
	e->cls = HP_CLASS_UNREGISTERED;
	set_workload(e, LEDGER_MAX);
	(void)ledger_note(ledger, e, 0);
	found = look(ledger);
	assert_int_equal(found.len, LEDGER_MAX);
	check_text("the new one", found.last[0].row.workload, "unit 4096.service");
	check_text("the one again", found.last[1].row.workload, "unit 0.service");
	assert_int_equal(found.count, LEDGER_MAX + 1); /* without 1.service */
	assert_int_equal(forgotten(ledger, 1U << HP_CLASS_SCOPE, false), 1);
	assert_int_equal(forgotten(ledger, 1U << HP_CLASS_UNREGISTERED, false), 0);
	check_text("whose", ledger_losses(ledger)[0].workload, "unit 1.service");
	check_u64("how many", ledger_losses(ledger)[0].ports, 1);
	assert_null(ledger_losses(ledger)[1].workload);
	check_u64("of others", ledger_losses(ledger)[1].ports, 0);
	e->port++;
	note_workloads(ledger, e, LEDGER_MAX, 0);
	found = look(ledger);
	assert_int_equal(found.len, LEDGER_MAX);
	assert_int_equal(found.count, LEDGER_MAX);
	assert_int_equal(forgotten(ledger, ALL_CLASSES, false), 1 + LEDGER_MAX);
	assert_int_equal(forgotten(ledger, 1U << HP_CLASS_SCOPE, false), LEDGER_MAX);
	check_u64("of others", ledger_losses(ledger)[LEDGER_LOSERS].ports,
		  1 + LEDGER_MAX - LEDGER_LOSERS);
	assert_null(ledger_losses(ledger)[LEDGER_LOSERS].workload);
}

/* What a later registry says of it counts, not what was said then. */
static void test_decided_again(void **state)
{
	static const struct {
		const char *name, *lists;
		uint32_t denies, deny_kernel;
		bool kernel;
		uint8_t verdict, cls;
	} cases[] = {
		{ "still", "", POLICY_DENIES_DEFAULT, 0, false, HP_VERDICT_DENIED,
		  HP_CLASS_UNREGISTERED },
		{ "registered", "entries: [{ports: 8080, protocol: tcp, process: p}]",
		  POLICY_DENIES_DEFAULT, 0, false, HP_VERDICT_ALLOWED, HP_CLASS_NONE },
		{ "for localhost",
		  "entries: [{ports: 8080, protocol: tcp, process: p, scope: localhost}]",
		  POLICY_DENIES_DEFAULT, 0, false, HP_VERDICT_DENIED, HP_CLASS_SCOPE },
		{ "excepted",
		  "exceptions: [{ports: 8080, protocol: tcp, class: unregistered,"
		  " until: 2099-01-01, reason: r}]",
		  POLICY_DENIES_DEFAULT, 0, false, HP_VERDICT_EXCEPTED, HP_CLASS_UNREGISTERED },
		{ "a class that is not denied", "", 1U << HP_CLASS_SCOPE, 0, false,
		  HP_VERDICT_AUDITED, HP_CLASS_UNREGISTERED },
		{ "the kernel's", "", POLICY_DENIES_DEFAULT, 0, true, HP_VERDICT_AUDITED,
		  HP_CLASS_UNREGISTERED },
		{ "the kernel's, too", "", POLICY_DENIES_DEFAULT, 1, true, HP_VERDICT_DENIED,
		  HP_CLASS_UNREGISTERED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(policy_freep) struct policy *policy = new_policy(cases[i].lists);
		_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
		_cleanup_free_ struct event *e = new_event(10, 1);
		struct ledger_filter filter = {
			.policy = policy,
			.config = {
				.mode = HP_MODE_ENFORCE,
				.denies = cases[i].denies,
				.deny_kernel = cases[i].deny_kernel,
			},
		};

		ledger_note(ledger, e, cases[i].kernel ? LEDGER_KERNEL_SOCKET : 0);
		for (unsigned int verdict = 0; verdict < HP_VERDICT_MAX; verdict++) {
			_cleanup_impact_ struct impact impact = { 0 };

			filter.verdicts = 1U << verdict;
			assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
			check_u64(cases[i].name, impact.len, verdict == cases[i].verdict);
			if (impact.len)
				check_u64(cases[i].name, impact.rows[0].cls, cases[i].cls);
		}
	}
}

/* One ledger decides under each policy that comes; what it has stays. */
static void test_policy_change(void **state)
{
	static const struct {
		const char *lists;
		size_t len;
	} policies[] = {
		{ "", 2 },
		{ "entries: [{ports: 8080, protocol: tcp, process: p}]", 1 },
		{ "entries: [{ports: 8080-8081, protocol: tcp, process: p}]", 0 },
		{ "", 2 },
	};
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);

	(void)state;
	ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	e->port++;
	ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		_cleanup_(policy_freep) struct policy *policy = new_policy(policies[i].lists);
		_cleanup_impact_ struct impact impact = { 0 };
		const struct ledger_filter filter = {
			.policy = policy,
			.config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
			.verdicts = 1U << HP_VERDICT_DENIED,
			.enforceable = true,
		};

		assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
		check_u64(policies[i].lists, impact.len, policies[i].len);
	}
}

/* What enforcement would deny is part of what is learned, in entries and in what is forgotten. */
static void test_filters(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = new_policy("");
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 3);
	_cleanup_impact_ struct impact learned = { 0 }, would_break = { 0 };
	struct ledger_filter filter = {
		.policy = policy,
		.config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.verdicts = 1U << HP_VERDICT_DENIED,
	};

	(void)state;
	ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	e->verdict = HP_VERDICT_DENIED;
	e->count = 4;
	ledger_note(ledger, e, 0);
	assert_int_equal(ledger_select(ledger, &filter, &learned), 0);
	impact_settle(&learned);
	assert_int_equal(learned.len, 1);
	assert_int_equal(learned.rows[0].count, 7);
	filter.enforceable = true;
	assert_int_equal(ledger_select(ledger, &filter, &would_break), 0);
	impact_settle(&would_break);
	assert_int_equal(would_break.len, 1);
	assert_int_equal(would_break.rows[0].count, 3);
	note_workloads(ledger, e, LEDGER_MAX, 0);
	assert_int_equal(forgotten(ledger, ALL_CLASSES, false), 2);
	assert_int_equal(forgotten(ledger, ALL_CLASSES, true), 1);
	assert_int_equal(forgotten(ledger, 1U << HP_CLASS_SCOPE, false), 0);
}

/* What a pod did not declare stays so, whoever the pod was, while the rows allow the port. */
static void test_undeclared(void **state)
{
	static const struct {
		const char *name, *lists;
		uint8_t cls;
		uint32_t verdicts; /* that are looked for */
		size_t len;
	} cases[] = {
		{ "as it was", "entries: [{ports: 8080, protocol: tcp, process: p}]\n",
		  HP_CLASS_UNDECLARED, 1U << HP_VERDICT_DENIED, 1 },
		{ "no row any more", "", HP_CLASS_UNREGISTERED, 1U << HP_VERDICT_AUDITED, 1 },
		{ "excepted",
		  "entries: [{ports: 8080, protocol: tcp, process: p}]\n"
		  "exceptions: [{ports: 8080, protocol: tcp, class: undeclared, until: 2099-01-01,"
		  " reason: r}]\n",
		  HP_CLASS_UNDECLARED, 1U << HP_VERDICT_DENIED, 0 },
	};
	_cleanup_(ledger_freep) struct ledger *ledger = new_ledger();
	_cleanup_free_ struct event *e = new_event(10, 1);

	(void)state;
	e->cls = HP_CLASS_UNDECLARED;
	ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(policy_freep) struct policy *policy = new_policy(cases[i].lists);
		_cleanup_impact_ struct impact impact = { 0 };
		const struct ledger_filter filter = {
			.policy = policy,
			.config = { .mode = HP_MODE_ENFORCE, .denies = 1U << HP_CLASS_UNDECLARED },
			.verdicts = cases[i].verdicts,
			.enforceable = true,
		};

		assert_int_equal(ledger_select(ledger, &filter, &impact), 0);
		check_u64(cases[i].name, impact.len, cases[i].len);
		if (impact.len)
			check_u64(cases[i].name, impact.rows[0].cls, cases[i].cls);
	}
	/* the same port, taken otherwise, is another entry */
	e->cls = HP_CLASS_OWNER;
	ledger_note(ledger, e, LEDGER_ENFORCEABLE);
	check_u64("two", look(ledger).len, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeats),	      cmocka_unit_test(test_again),
		cmocka_unit_test(test_declared),      cmocka_unit_test(test_workloads),
		cmocka_unit_test(test_apart),	      cmocka_unit_test(test_ephemeral),
		cmocka_unit_test(test_bound),	      cmocka_unit_test(test_decided_again),
		cmocka_unit_test(test_policy_change), cmocka_unit_test(test_filters),
		cmocka_unit_test(test_paths),	      cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_undeclared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
