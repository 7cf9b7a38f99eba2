// SPDX-License-Identifier: MIT
#include "breach_events.h"

#include "../../user/violations/impact.h"

/* struct event is large */
static struct event *new_event(time_t second, uint64_t count)
{
	struct event *e = malloc(sizeof(*e));

	assert_non_null(e);
	audited_event(e, second, count);
	return e;
}

static void add_audited(struct breaks *breaks, const struct event *event, uint8_t cls)
{
	_cleanup_breach_ struct breach breach = { 0 };

	assert_int_equal(breach_from_event(event, &breach), 0);
	assert_int_equal(breaks_add_audited(breaks, &breach, cls), 0);
}

static char *json_of(const struct breaks *breaks, size_t rows, size_t bytes)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	breaks_put(breaks, "would_break", rows, bytes, &w);
	jsonw_object_end(&w);
	return buf_take(&out);
}

#define WEB                                                                                        \
	"\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"},"                               \
	"\"cgroup\":\"/system.slice/web.service\",\"pid\":110,\"uid\":7,\"comm\":\"web\","

static void test_nothing(void **state)
{
	_cleanup_breaks_ struct breaks breaks = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	breaks_settle(&breaks);
	assert_false(breaks_any(&breaks));
	json = json_of(&breaks, SIZE_MAX, SIZE_MAX);
	check_text("nothing", json, "{\"would_break\":[],\"left_out\":0,\"forgotten\":0}");
	breaks.forgotten = 2;
	assert_true(breaks_any(&breaks));
}

static void test_violation(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 3);
	_cleanup_breaks_ struct breaks breaks = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	add_audited(&breaks, e, HP_CLASS_SCOPE);
	breaks_settle(&breaks);
	assert_true(breaks_any(&breaks));
	json = json_of(&breaks, SIZE_MAX, SIZE_MAX);
	check_text("the class is the one of now", json,
		   "{\"would_break\":[{\"class\":\"scope\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080," WEB "\"source\":\"violation\","
		   "\"sockets\":0,\"count\":3,\"first\":\"1970-01-01T00:00:09.000000000Z\","
		   "\"last\":\"1970-01-01T00:00:10.000000005Z\"}],\"left_out\":0,\"forgotten\":0}");
}

static void test_listener(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_breaks_ struct breaks breaks = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	assert_int_equal(breaks_add_socket(&breaks, e), 0);
	assert_int_equal(breaks_add_socket(&breaks, e), 0);
	breaks_settle(&breaks);
	json = json_of(&breaks, SIZE_MAX, SIZE_MAX);
	check_text("two sockets are one row", json,
		   "{\"would_break\":[{\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080," WEB "\"source\":\"listener\","
		   "\"sockets\":2,\"count\":0}],\"left_out\":0,\"forgotten\":0}");
}

/* Who listens now is named; what was told is counted, whatever came first. */
static void test_both(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		_cleanup_free_ struct event *early = new_event(10, 3), *late = new_event(20, 1);
		_cleanup_free_ struct event *now = new_event(0, 1);
		_cleanup_breaks_ struct breaks breaks = { 0 };

		now->pid = 555;
		if (order == 0)
			assert_int_equal(breaks_add_socket(&breaks, now), 0);
		add_audited(&breaks, order ? late : early, HP_CLASS_UNREGISTERED);
		add_audited(&breaks, order ? early : late, HP_CLASS_UNREGISTERED);
		if (order == 1)
			assert_int_equal(breaks_add_socket(&breaks, now), 0);
		breaks_settle(&breaks);
		assert_int_equal(breaks.len, 1);
		assert_int_equal(breaks.list[0].pid, 555);
		assert_int_equal(breaks.list[0].sockets, 1);
		assert_int_equal(breaks.list[0].count, 4);
		assert_int_equal(breaks.list[0].first.tv_sec, 9);
		assert_int_equal(breaks.list[0].last.tv_sec, 20);
	}
}

/* The later of two violations names the process. */
static void test_later(void **state)
{
	_cleanup_free_ struct event *early = new_event(10, 1), *late = new_event(20, 1);
	_cleanup_breaks_ struct breaks breaks = { 0 };

	(void)state;
	add_audited(&breaks, late, HP_CLASS_UNREGISTERED);
	add_audited(&breaks, early, HP_CLASS_UNREGISTERED);
	breaks_settle(&breaks);
	assert_int_equal(breaks.len, 1);
	assert_int_equal(breaks.list[0].pid, 120);
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
		_cleanup_breaks_ struct breaks breaks = { 0 };

		b->proto = cases[i].proto;
		b->port = cases[i].port;
		move_to_cgroup(b, cases[i].cgroup);
		add_audited(&breaks, a, HP_CLASS_UNREGISTERED);
		add_audited(&breaks, b, cases[i].cls);
		breaks_settle(&breaks);
		check_u64(cases[i].name, breaks.len, cases[i].rows);
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
	_cleanup_breaks_ struct breaks breaks = { 0 };
	_cleanup_free_ char *two = NULL, *one = NULL;

	(void)state;
	for (size_t i = ARRAY_LEN(want); i > 0; i--) {
		e->proto = want[i - 1].proto;
		e->port = want[i - 1].port;
		move_to_cgroup(e, want[i - 1].cgroup);
		add_audited(&breaks, e, want[i - 1].cls);
	}
	breaks_settle(&breaks);
	assert_int_equal(breaks.len, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(breaks.list[i].cls, want[i].cls);
		assert_int_equal(breaks.list[i].proto, want[i].proto);
		assert_int_equal(breaks.list[i].port, want[i].port);
		assert_string_equal(breaks.list[i].cgroup, want[i].cgroup);
	}
	two = json_of(&breaks, 2, SIZE_MAX);
	assert_non_null(strstr(two, "\"port\":10,"));
	assert_null(strstr(two, "\"protocol\":\"udp\""));
	assert_non_null(strstr(two, "\"left_out\":3"));
	one = json_of(&breaks, SIZE_MAX, 100);
	assert_non_null(strstr(one, "\"left_out\":4"));
}

static void test_kernel(void **state)
{
	_cleanup_free_ struct event *e = new_event(10, 1);
	_cleanup_breaks_ struct breaks breaks = { 0 };
	_cleanup_free_ char *json = NULL;

	(void)state;
	e->pid = 0;
	e->comm[0] = '\0';
	e->workload = (struct workload) { .kind = WORKLOAD_KERNEL };
	move_to_cgroup(e, "");
	e->workload.kind = WORKLOAD_KERNEL;
	assert_int_equal(breaks_add_socket(&breaks, e), 0);
	breaks_settle(&breaks);
	json = json_of(&breaks, SIZE_MAX, SIZE_MAX);
	check_text("the kernel", json,
		   "{\"would_break\":[{\"class\":\"unregistered\",\"protocol\":\"tcp\","
		   "\"address\":\"0.0.0.0\",\"port\":8080,\"workload\":{\"kind\":\"kernel\"},"
		   "\"uid\":7,\"source\":\"listener\",\"sockets\":1,\"count\":0}],"
		   "\"left_out\":0,\"forgotten\":0}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),	 cmocka_unit_test(test_violation),
		cmocka_unit_test(test_listener), cmocka_unit_test(test_both),
		cmocka_unit_test(test_later),	 cmocka_unit_test(test_rows),
		cmocka_unit_test(test_order),	 cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
