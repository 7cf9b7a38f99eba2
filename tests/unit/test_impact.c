// SPDX-License-Identifier: MIT
#include "declared_pods.h"
#include "impact_fixture.h"

#include "../../user/policy/receiver.h"

#define WEB                                                                                        \
	"\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"},"                               \
	"\"cgroup\":\"/system.slice/web.service\",\"pid\":110,\"uid\":7,\"comm\":\"web\","

static void test_nothing(void **state)
{
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	impact_settle(&impact);
	assert_false(impact_any(&impact));
	json = json_of(&impact, SIZE_MAX, SIZE_MAX);
	check_text("nothing", json, "{\"would_break\":[],\"left_out\":0,\"forgotten\":0}");
	impact.forgotten = 2;
	assert_true(impact_any(&impact));
}

static void test_violation(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 3);
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	add_violations(&impact, e, HP_CLASS_SCOPE);
	impact_settle(&impact);
	assert_true(impact_any(&impact));
	json = json_of(&impact, SIZE_MAX, SIZE_MAX);
	check_text("the class is the one of now", json,
		   "{\"would_break\":[{\"class\":\"scope\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080," WEB "\"source\":\"violation\","
		   "\"sockets\":0,\"held_by\":null,\"count\":3,\"first\":\"1970-01-01T00:00:09."
		   "000000000Z\","
		   "\"last\":\"1970-01-01T00:00:10.000000005Z\"}],\"left_out\":0,\"forgotten\":0}");
}

static void test_listener(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	assert_int_equal(impact_add_socket(&impact, e, RECEIVER_HOLDER_PROCESS), 0);
	assert_int_equal(impact_add_socket(&impact, e, RECEIVER_HOLDER_PROCESS), 0);
	impact_settle(&impact);
	json = json_of(&impact, SIZE_MAX, SIZE_MAX);
	check_text("two sockets are one row", json,
		   "{\"would_break\":[{\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080," WEB "\"source\":\"listener\","
		   "\"sockets\":2,\"held_by\":\"process\",\"count\":0}],\"left_out\":0,"
		   "\"forgotten\":0}");
}

/* A pod whose names became known meanwhile is the same workload. */
static void test_named_later(void **state)
{
	static const char cgroup[] = "/kubepods/pod0b6e1f2a-1111-4222-8333-444455556666";
	_cleanup_free_ struct event *before = new_event(10, 1), *now = new_event(20, 1);
	_cleanup_impact_ struct impact impact = { 0 };

	(void)state;
	before->cgroup = now->cgroup = cgroup;
	workload_parse("", cgroup, &before->workload);
	now->workload = before->workload;
	(void)strcpy(now->workload.namespace_, "shop");
	(void)strcpy(now->workload.pod, "web-1");
	add_violations(&impact, before, HP_CLASS_UNREGISTERED);
	assert_int_equal(impact_add_socket(&impact, now, RECEIVER_HOLDER_PROCESS), 0);
	impact_settle(&impact);
	check_u64("one row", impact.len, 1);
	check_u64("the socket", impact.rows[0].sockets, 1);
	check_u64("and the violation", impact.rows[0].count, 1);
}

/* The process that listens now is named; what was reported is counted, whatever came first. */
static void test_both(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		_cleanup_free_ struct event *early = new_event(10, 3), *late = new_event(20, 1);
		_cleanup_free_ struct event *now = new_event(0, 1);
		_cleanup_impact_ struct impact impact = { 0 };

		now->pid = 555;
		if (order == 0)
			assert_int_equal(impact_add_socket(&impact, now, RECEIVER_HOLDER_PROCESS),
					 0);
		add_violations(&impact, order ? late : early, HP_CLASS_UNREGISTERED);
		add_violations(&impact, order ? early : late, HP_CLASS_UNREGISTERED);
		if (order == 1)
			assert_int_equal(impact_add_socket(&impact, now, RECEIVER_HOLDER_PROCESS),
					 0);
		impact_settle(&impact);
		assert_int_equal(impact.len, 1);
		assert_int_equal(impact.rows[0].pid, 555);
		assert_int_equal(impact.rows[0].sockets, 1);
		assert_int_equal(impact.rows[0].count, 4);
		assert_int_equal(impact.rows[0].first.tv_sec, 9);
		assert_int_equal(impact.rows[0].last.tv_sec, 20);
	}
}

/* A listener without a process is one all the same. */
static void test_holders(void **state)
{
	static const struct {
		uint8_t holder;
		const char *json;
	} cases[] = {
		{ RECEIVER_HOLDER_NONE, "\"held_by\":\"none\"" },
		{ RECEIVER_HOLDER_KERNEL, "\"held_by\":\"kernel\"" },
		{ RECEIVER_HOLDER_UNKNOWN, "\"held_by\":\"unknown\"" },
		{ RECEIVER_HOLDER_MAX, "\"held_by\":\"unknown\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ struct event *e = new_event(10, 1), *before = new_event(9, 1);
		_cleanup_impact_ struct impact impact = { 0 };
		_cleanup_free_ char *json = NULL;

		e->pid = 0;
		e->comm[0] = '\0';
		add_violations(&impact, before, HP_CLASS_UNREGISTERED);
		assert_int_equal(impact_add_socket(&impact, e, cases[i].holder), 0);
		impact_settle(&impact);
		assert_int_equal(impact.len, 1);
		json = json_of(&impact, SIZE_MAX, SIZE_MAX);
		assert_non_null(strstr(json, cases[i].json));
		check_u64("no process", impact.rows[0].pid, 0);
	}
}

/* The later of two violations names the process. */
static void test_later(void **state)
{
	_cleanup_free_ struct event *early = new_event(10, 1), *late = new_event(20, 1);
	_cleanup_impact_ struct impact impact = { 0 };

	(void)state;
	add_violations(&impact, late, HP_CLASS_UNREGISTERED);
	add_violations(&impact, early, HP_CLASS_UNREGISTERED);
	impact_settle(&impact);
	assert_int_equal(impact.len, 1);
	assert_int_equal(impact.rows[0].pid, 120);
}

/* Each differs from the first in one thing that makes it another row, or in one that does not. */
static void test_rows(void **state)
{
	static const struct {
		const char *name, *cgroup;
		uint8_t cls, proto;
		uint16_t port;
		size_t rows;
	} cases[] = {
		{ "the same", "/system.slice/web.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP,
		  8080, 1 },
		{ "below it", "/system.slice/web.service/worker", HP_CLASS_UNREGISTERED,
		  HP_PROTO_TCP, 8080, 1 },
		{ "class", "/system.slice/web.service", HP_CLASS_SCOPE, HP_PROTO_TCP, 8080, 2 },
		{ "protocol", "/system.slice/web.service", HP_CLASS_UNREGISTERED, HP_PROTO_UDP,
		  8080, 2 },
		{ "port", "/system.slice/web.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 8081,
		  2 },
		{ "workload", "/system.slice/db.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 8080,
		  2 },
		{ "workload not known", "", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 8080, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ struct event *a = new_event(10, 1), *b = new_event(10, 1);
		_cleanup_impact_ struct impact impact = { 0 };

		b->proto = cases[i].proto;
		b->port = cases[i].port;
		move_to_cgroup(b, cases[i].cgroup);
		add_violations(&impact, a, HP_CLASS_UNREGISTERED);
		add_violations(&impact, b, cases[i].cls);
		impact_settle(&impact);
		check_u64(cases[i].name, impact.len, cases[i].rows);
	}
}

/* By class, then workload, then protocol and port; no more than fits. */
static void test_order(void **state)
{
	static const struct {
		const char *cgroup;
		uint8_t cls, proto;
		uint16_t port;
	} want[] = {
		{ "/a.slice/a.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 9 },
		{ "/a.slice/a.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 10 },
		{ "/a.slice/a.service", HP_CLASS_UNREGISTERED, HP_PROTO_UDP, 1 },
		{ "/a.slice/b.service", HP_CLASS_UNREGISTERED, HP_PROTO_TCP, 1 },
		{ "/a.slice/a.service", HP_CLASS_SCOPE, HP_PROTO_TCP, 1 },
	};
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ char *two = NULL, *one = NULL;

	(void)state;
	for (size_t i = ARRAY_LEN(want); i > 0; i--) {
		e->proto = want[i - 1].proto;
		e->port = want[i - 1].port;
		move_to_cgroup(e, want[i - 1].cgroup);
		add_violations(&impact, e, want[i - 1].cls);
	}
	impact_settle(&impact);
	assert_int_equal(impact.len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(impact.rows[i].cls, want[i].cls);
		assert_int_equal(impact.rows[i].proto, want[i].proto);
		assert_int_equal(impact.rows[i].port, want[i].port);
		assert_string_equal(impact.rows[i].cgroup, want[i].cgroup);
	}
	two = json_of(&impact, 2, SIZE_MAX);
	assert_non_null(strstr(two, "\"port\":10,"));
	assert_null(strstr(two, "\"protocol\":\"udp\""));
	assert_non_null(strstr(two, "\"left_out\":3"));
	one = json_of(&impact, SIZE_MAX, 100);
	assert_non_null(strstr(one, "\"left_out\":4"));
}

/* A pod that binds nothing is named as its source names it now. */
static void test_declared(void **state)
{
	struct pods *pods = calloc(1, sizeof(*pods));
	const struct workload_facts facts = { .pods = pods };
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_row_ struct impact_row row = { 0 };
	struct workload who;

	(void)state;
	assert_non_null(pods);
	pods->len = 1;
	move_to_cgroup(e, "");
	e->pod = "u1";
	assert_int_equal(impact_row_new(e, "pod u1", &row), 0);
	who = impact_row_workload(&row, &facts);
	check_u64("not known: kind", who.kind, WORKLOAD_POD);
	check_text("not known: UID", who.uid, "u1");
	check_text("not known: name", who.pod, "");
	put_declared_pod(pods, &(struct declared_pod) { .name = "web", .uid = "u1" });
	who = impact_row_workload(&row, &facts);
	check_u64("kind", who.kind, WORKLOAD_POD);
	check_text("UID", who.uid, "u1");
	check_text("namespace", who.namespace_, "ns");
	check_text("name", who.pod, "web");
	check_text("no container", who.container, "");
	pods_free(pods);
	free(pods);
}

/* Each process and each address is named, whichever came first; one that is started again is not
 * two. */
static void test_others(void **state)
{
	static const struct {
		const char *name, *comm;
		uint8_t addr;
		size_t others;
	} cases[] = {
		{ "the same", "web", 0, 0 },
		{ "another name", "db", 0, 1 },
		{ "another address", "web", 10, 1 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		bool swapped = i >= ARRAY_LEN(cases);
		size_t c = i % ARRAY_LEN(cases);
		_cleanup_free_ struct event *a = new_event(10, 1), *b = new_event(20, 1);
		_cleanup_impact_ struct impact impact = { 0 };
		_cleanup_free_ char *json = NULL;

		(void)strcpy(b->comm, cases[c].comm);
		b->addr[0] = cases[c].addr;
		add_violations(&impact, swapped ? b : a, HP_CLASS_UNREGISTERED);
		add_violations(&impact, swapped ? a : b, HP_CLASS_UNREGISTERED);
		add_violations(&impact, swapped ? b : a, HP_CLASS_UNREGISTERED);
		impact_settle(&impact);
		check_u64(cases[c].name, impact.len, 1);
		check_u64("the later one is named", impact.rows[0].pid, 120);
		check_text("the later one is named", impact.rows[0].comm, cases[c].comm);
		check_u64(cases[c].name, impact.rows[0].others.len, cases[c].others);
		json = json_of(&impact, SIZE_MAX, SIZE_MAX);
		check_int(cases[c].name,
			  strstr(json, ",\"others\":[{\"address\":\"0.0.0.0\",\"pid\":110,"
				       "\"uid\":7,\"comm\":\"web\"}],") != NULL,
			  cases[c].others != 0);
	}
}

/* More ports than a few are one row, if they differ in nothing else; whichever kind they are. */
static void test_many(void **state)
{
	static const struct {
		const char *name;
		unsigned int ports, step;
		bool twice;   /* each port */
		bool set;     /* half of them come as one row */
		bool sockets; /* a socket each, too */
		bool other;   /* half of them are of another scope */
		size_t rows;
	} cases[] = {
		{ "few", IMPACT_PORTS_MAX, 1, false, false, false, false, IMPACT_PORTS_MAX },
		{ "few, twice", IMPACT_PORTS_MAX, 1, true, false, false, false, IMPACT_PORTS_MAX },
		{ "many", IMPACT_PORTS_MAX + 1, 1, false, false, false, false, 1 },
		{ "many, apart", 300, 200, false, false, false, false, 1 },
		{ "many, twice", 300, 200, true, false, false, false, 1 },
		{ "some that were many", 4, 1, false, true, false, false, 1 },
		{ "with sockets", 300, 200, false, true, true, false, 1 },
		{ "two scopes", 300, 200, false, false, true, true, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_impact_ struct impact impact = { 0 };
		_cleanup_free_ struct event *e = new_event(10, 1);
		_cleanup_free_ struct portset *set = calloc(1, sizeof(*set));
		_cleanup_impact_row_ struct impact_row row = { 0 };
		uint64_t ports = 0, count = 0, sockets = 0;
		uint16_t last = 0;

		for (unsigned int n = 0; n < cases[i].ports; n++) {
			e->port = (uint16_t)(1000 + n * cases[i].step);
			e->addr[0] = cases[i].other && n % 2 ? 127 : 0;
			if (cases[i].set && n % 2)
				portset_add(set, e->port);
			else
				add_violations(&impact, e, HP_CLASS_UNREGISTERED);
			if (cases[i].twice)
				add_violations(&impact, e, HP_CLASS_UNREGISTERED);
			if (cases[i].sockets)
				assert_int_equal(
					impact_add_socket(&impact, e, RECEIVER_HOLDER_PROCESS), 0);
		}
		assert_int_equal(impact_row_new(e, "unit web.service", &row), 0);
		if (cases[i].set)
			assert_int_equal(impact_add_violations(&impact, &row, HP_CLASS_UNREGISTERED,
							       set),
					 0);
		impact_settle(&impact);
		check_u64(cases[i].name, impact.len, cases[i].rows);
		for (size_t r = 0; r < impact.len; r++) {
			size_t n = impact_row_ports(&impact.rows[r], &last);

			ports += n ? n : 1;
			count += impact.rows[r].count;
			sockets += impact.rows[r].sockets;
		}
		check_u64(cases[i].name, ports, cases[i].ports);
		check_u64(cases[i].name, sockets, cases[i].sockets ? cases[i].ports : 0);
		check_u64(cases[i].name, count,
			  cases[i].set ? cases[i].ports / 2 + 1 :
					 cases[i].ports * (cases[i].twice ? 2U : 1U));
		check_u64(cases[i].name, impact.rows[0].port, 1000);
	}
}

/* Port 0 is any that the kernel chooses, and stays by itself. */
static void test_many_without_zero(void **state)
{
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ struct event *e = new_event(10, 1);

	(void)state;
	for (e->port = 0; e->port <= IMPACT_PORTS_MAX + 1; e->port++)
		add_violations(&impact, e, HP_CLASS_EPHEMERAL);
	impact_settle(&impact);
	assert_int_equal(impact.len, 2);
	assert_null(impact.rows[0].ports);
	assert_int_equal(impact.rows[0].port, 0);
	assert_int_equal(impact.rows[1].port, 1);
	assert_non_null(impact.rows[1].ports);
}

static void test_kernel(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_impact_ struct impact impact = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	e->pid = 0;
	e->comm[0] = '\0';
	e->workload = (struct workload) { .kind = WORKLOAD_KERNEL };
	move_to_cgroup(e, "");
	e->workload.kind = WORKLOAD_KERNEL;
	assert_int_equal(impact_add_socket(&impact, e, RECEIVER_HOLDER_KERNEL), 0);
	impact_settle(&impact);
	json = json_of(&impact, SIZE_MAX, SIZE_MAX);
	check_text("the kernel", json,
		   "{\"would_break\":[{\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080,\"workload\":{\"kind\":\"kernel\"},"
		   "\"uid\":7,\"source\":\"listener\",\"sockets\":1,\"held_by\":\"kernel\","
		   "\"count\":0}],"
		   "\"left_out\":0,\"forgotten\":0}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	 cmocka_unit_test(test_violation),
		cmocka_unit_test(test_listener), cmocka_unit_test(test_named_later),
		cmocka_unit_test(test_both),	 cmocka_unit_test(test_later),
		cmocka_unit_test(test_holders),	 cmocka_unit_test(test_rows),
		cmocka_unit_test(test_order),	 cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_many),	 cmocka_unit_test(test_many_without_zero),
		cmocka_unit_test(test_declared), cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
