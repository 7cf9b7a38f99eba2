// SPDX-License-Identifier: MIT
#include "breach_events.h"

#include "../../user/violations/audited.h"
#include "registry_cases.h"

#define ALL_CLASSES (~0U)

/* What is handed out: the last three, and how many. */
struct seen {
	struct audited_violation last[3];
	size_t len;
	uint64_t count;
};

static void on_violation(void *data, const struct audited_violation *v)
{
	struct seen *seen = data;

	if (seen->len < ARRAY_LEN(seen->last))
		seen->last[seen->len] = *v;
	seen->len++;
	seen->count += v->breach.count;
}

static struct seen look(const struct audited *audited)
{
	struct seen seen = { 0 };

	audited_each(audited, on_violation, &seen);
	return seen;
}

static struct audited *new_audited(void)
{
	struct audited *audited = NULL;

	assert_int_equal(audited_new(&audited), 0);
	return audited;
}

static void test_repeats(void **state)
{
	_cleanup_(audited_freep) struct audited *audited = new_audited();
	_cleanup_free_ struct event *e = malloc(sizeof(*e));
	struct seen seen;

	(void)state;
	assert_non_null(e);
	seen = look(audited);
	assert_int_equal(seen.len, 0);
	audited_event(e, 10, 3);
	audited_add(audited, e, false);
	audited_event(e, 30, 2);
	audited_add(audited, e, false);
	audited_event(e, 20, 1); /* told late */
	audited_add(audited, e, false);
	seen = look(audited);
	assert_int_equal(seen.len, 1);
	assert_int_equal(seen.last[0].breach.count, 6);
	assert_int_equal(seen.last[0].breach.first.tv_sec, 9);
	assert_int_equal(seen.last[0].breach.last.tv_sec, 30);
	assert_int_equal(seen.last[0].breach.pid, 130);
	assert_int_equal(audited_forgotten(audited, ALL_CLASSES), 0);
}

/* What was found once is found again without looking, unless it is another one, or gone. */
static void test_again(void **state)
{
	_cleanup_(audited_freep) struct audited *audited = new_audited();
	_cleanup_free_ struct event *e = malloc(sizeof(*e));
	struct audited_ref ref = { 0 };
	struct hp_query q;
	struct seen seen;

	(void)state;
	assert_non_null(e);
	for (unsigned int i = 0; i < 3; i++) {
		audited_event(e, 10 + i, 1);
		q = audited_query(e);
		audited_again(audited, &ref, e, &q, false);
	}
	seen = look(audited);
	assert_int_equal(seen.len, 1);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.last[0].breach.pid, 112);
	e->addr[0] = 127; /* another scope */
	q = audited_query(e);
	audited_again(audited, &ref, e, &q, false);
	audited_again(audited, &ref, e, &q, true);
	assert_int_equal(look(audited).len, 3);
	/* others push it out: what is known of where it was is worth nothing */
	for (e->port = 1; e->port <= AUDITED_MAX; e->port++)
		audited_add(audited, e, false);
	e->port = 8080;
	q = audited_query(e);
	audited_again(audited, &ref, e, &q, true);
	seen = look(audited);
	assert_int_equal(seen.len, AUDITED_MAX);
	assert_int_equal(seen.last[0].breach.port, 8080);
	assert_int_equal(seen.last[0].breach.count, 1);
	assert_true(seen.last[0].kernel);
}

/* Events that say of themselves to be of the same place are of one workload. */
static void test_places(void **state)
{
	_cleanup_(audited_freep) struct audited *audited = new_audited();
	_cleanup_free_ struct event *e = malloc(sizeof(*e));
	struct seen seen;

	(void)state;
	assert_non_null(e);
	audited_event(e, 10, 1);
	e->place = 1;
	audited_add(audited, e, false);
	e->port++;
	audited_add(audited, e, false);
	move_to_cgroup(e, "/system.slice/db.service");
	e->place = 2;
	audited_add(audited, e, false);
	audited_event(e, 10, 1);
	e->place = 3; /* asked anew, and the same */
	audited_add(audited, e, false);
	seen = look(audited);
	assert_int_equal(seen.len, 3);
	check_text("the first", seen.last[0].breach.workload, "unit web.service");
	check_u64("twice", seen.last[0].breach.count, 2);
	check_text("of another place", seen.last[1].breach.workload, "unit db.service");
	check_text("its cgroup", seen.last[1].breach.cgroup, "/system.slice/db.service");
	check_text("of the first place", seen.last[2].breach.workload, "unit web.service");
}

/* What the verdict or the row depends on keeps two apart; what it does not, not. */
static void test_apart(void **state)
{
	static const struct {
		const char *name, *cgroup;
		uint8_t proto, addr0, how;
		uint16_t port;
		bool kernel;
		size_t len;
	} cases[] = {
		{ "the same", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080,
		  false, 1 },
		{ "another address", "/system.slice/web.service", HP_PROTO_TCP, 10, HP_HOW_BIND,
		  8080, false, 1 },
		{ "found there", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_EXISTING,
		  8080, false, 1 },
		{ "scope", "/system.slice/web.service", HP_PROTO_TCP, 127, HP_HOW_BIND, 8080, false,
		  2 },
		{ "protocol", "/system.slice/web.service", HP_PROTO_UDP, 0, HP_HOW_BIND, 8080,
		  false, 2 },
		{ "port", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8081, false,
		  2 },
		{ "workload", "/system.slice/db.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080, false,
		  2 },
		{ "chosen", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND0, 8080, false,
		  2 },
		{ "the kernel's", "/system.slice/web.service", HP_PROTO_TCP, 0, HP_HOW_BIND, 8080,
		  true, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(audited_freep) struct audited *audited = new_audited();
		_cleanup_free_ struct event *e = malloc(sizeof(*e));
		struct seen seen;

		assert_non_null(e);
		audited_event(e, 10, 1);
		audited_add(audited, e, false);
		e->proto = cases[i].proto;
		e->addr[0] = cases[i].addr0;
		e->how = cases[i].how;
		e->port = cases[i].port;
		move_to_cgroup(e, cases[i].cgroup);
		audited_add(audited, e, cases[i].kernel);
		seen = look(audited);
		check_u64(cases[i].name, seen.len, cases[i].len);
		check_int(cases[i].name, seen.last[0].kernel, cases[i].kernel);
		check_int(cases[i].name, seen.last[0].chosen, cases[i].how == HP_HOW_BIND0);
		check_int(cases[i].name, seen.last[0].scope,
			  cases[i].addr0 == 127 ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL);
	}
}

/* Ports that the kernel chose are many, and one fact. */
static void test_ephemeral(void **state)
{
	_cleanup_(audited_freep) struct audited *audited = new_audited();
	_cleanup_free_ struct event *e = malloc(sizeof(*e));
	struct seen seen;

	(void)state;
	assert_non_null(e);
	audited_event(e, 10, 1);
	e->cls = HP_CLASS_EPHEMERAL;
	e->how = HP_HOW_BIND0;
	for (e->port = 40000; e->port < 40010; e->port++)
		audited_add(audited, e, false);
	seen = look(audited);
	assert_int_equal(seen.len, 1);
	assert_int_equal(seen.last[0].breach.port, 0);
	assert_int_equal(seen.last[0].breach.count, 10);
	assert_true(seen.last[0].chosen);
}

/* The newest are kept; what came again is new; those pushed out are counted by class. */
static void test_bound(void **state)
{
	_cleanup_(audited_freep) struct audited *audited = new_audited();
	_cleanup_free_ struct event *e = malloc(sizeof(*e));
	struct seen seen;

	(void)state;
	assert_non_null(e);
	audited_event(e, 10, 1);
	e->cls = HP_CLASS_SCOPE;
	for (unsigned int i = 1; i <= AUDITED_MAX; i++) {
		e->port = (uint16_t)i;
		audited_add(audited, e, false);
	}
	assert_int_equal(audited_forgotten(audited, ALL_CLASSES), 0);
	e->port = 1;
	audited_add(audited, e, false);
	e->cls = HP_CLASS_UNREGISTERED;
	e->port = AUDITED_MAX + 1;
	audited_add(audited, e, false);
	seen = look(audited);
	assert_int_equal(seen.len, AUDITED_MAX);
	assert_int_equal(seen.last[0].breach.port, AUDITED_MAX + 1);
	assert_int_equal(seen.last[1].breach.port, 1);
	assert_int_equal(seen.count, AUDITED_MAX + 1); /* without port 2 */
	assert_int_equal(audited_forgotten(audited, 1U << HP_CLASS_SCOPE), 1);
	assert_int_equal(audited_forgotten(audited, 1U << HP_CLASS_UNREGISTERED), 0);
	for (unsigned int i = 1; i <= 3 * AUDITED_MAX; i++) {
		e->port = (uint16_t)(20000 + i);
		audited_add(audited, e, false);
	}
	seen = look(audited);
	assert_int_equal(seen.len, AUDITED_MAX);
	assert_int_equal(seen.count, AUDITED_MAX);
	assert_int_equal(audited_forgotten(audited, ALL_CLASSES), 1 + 3 * AUDITED_MAX);
	assert_int_equal(audited_forgotten(audited, 1U << HP_CLASS_SCOPE), AUDITED_MAX);
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
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		_cleanup_(policy_freep) struct policy *policy = NULL;
		_cleanup_(audited_freep) struct audited *audited = new_audited();
		_cleanup_free_ struct event *e = malloc(sizeof(*e));
		struct node_facts facts = { .today = { 2026, 11, 22 } };
		struct hp_config config = {
			.mode = HP_MODE_ENFORCE,
			.denies = cases[i].denies,
			.deny_kernel = cases[i].deny_kernel,
		};
		struct hp_decision d;
		struct seen seen;

		assert_non_null(e);
		audited_event(e, 10, 1);
		audited_add(audited, e, cases[i].kernel);
		assert_int_equal(policy_build(reg, &facts, &policy), 0);
		seen = look(audited);
		d = audited_decide(&seen.last[0], policy, &config);
		check_u64(cases[i].name, d.verdict, cases[i].verdict);
		check_u64(cases[i].name, d.cls, cases[i].cls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeats),	  cmocka_unit_test(test_again),
		cmocka_unit_test(test_places),	  cmocka_unit_test(test_apart),
		cmocka_unit_test(test_ephemeral), cmocka_unit_test(test_decided_again),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
