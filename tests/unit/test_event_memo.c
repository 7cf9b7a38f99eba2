// SPDX-License-Identifier: MIT
/* A line made with what is remembered of the ones before says what it says without. */
#include "test.h"

#include <stddef.h>

#include "../../user/event/event.h"

static char node[] = "n1", layer[] = "openshift";

/* A byte of an event that is to become another one, and back. */
static const struct change {
	size_t at;
	uint8_t flip;
	bool moves; /* it stands for another place */
} changes[] = {
	{ offsetof(struct event, time.tv_nsec), 1, false },
	{ offsetof(struct event, first.tv_nsec), 1, false },
	{ offsetof(struct event, count), 2, false },
	{ offsetof(struct event, mode), HP_MODE_AUDIT ^ HP_MODE_ENFORCE, false },
	{ offsetof(struct event, verdict), HP_VERDICT_AUDITED ^ HP_VERDICT_DENIED, false },
	{ offsetof(struct event, cls), HP_CLASS_UNREGISTERED ^ HP_CLASS_OWNER, false },
	{ offsetof(struct event, proto), HP_PROTO_TCP ^ HP_PROTO_UDP, false },
	{ offsetof(struct event, how), HP_HOW_BIND ^ HP_HOW_LISTEN, false },
	{ offsetof(struct event, family), 4 ^ 6, false },
	{ offsetof(struct event, addr), 10, false },
	{ offsetof(struct event, addr) + HP_ADDR_LEN - 1, 1, false },
	{ offsetof(struct event, port), 1, false },
	{ offsetof(struct event, pid), 7, false }, /* to be not known, too */
	{ offsetof(struct event, uid), 1, false },
	{ offsetof(struct event, comm), 'n' ^ '"', false }, /* plain, and not */
	{ offsetof(struct event, comm) + 1, 'g', false },   /* shorter */
	{ offsetof(struct event, exe) + 1, 'u' ^ 'v', false },
	{ offsetof(struct event, exe), '/', false },
	{ offsetof(struct event, cgroup) + 1, 'k' ^ 'm', true },
	{ offsetof(struct event, workload.kind), WORKLOAD_POD ^ WORKLOAD_UNIT, true },
	{ offsetof(struct event, workload.unit), 'a' ^ 'b', true },
	{ offsetof(struct event, place), 1, false },
};

static void fill(struct event *e)
{
	*e = (struct event) {
		.count = 1,
		.node = node,
		.mode = HP_MODE_AUDIT,
		.verdict = HP_VERDICT_AUDITED,
		.cls = HP_CLASS_UNREGISTERED,
		.proto = HP_PROTO_TCP,
		.how = HP_HOW_BIND,
		.family = 4,
		.port = 8080,
		.pid = 7,
		.comm = "nginx",
		.exe = "/usr/sbin/nginx",
		.cgroup = "/kubepods.slice/x",
		.workload = { .kind = WORKLOAD_POD, .uid = "u", .unit = "a.service" },
		.place = 1,
		.entry_layer = layer,
	};
}

static void check(const struct event *e, struct event_memo *memo)
{
	_cleanup_buf_ struct buf want = { 0 }, got = { 0 };

	event_json(e, NULL, &want);
	for (int i = 0; i < 2; i++) {
		buf_reset(&got);
		event_json(e, memo, &got);
		assert_false(got.failed);
		check_text("remembered", got.data, want.data);
	}
}

static void flip(struct event *e, const struct change *change)
{
	((uint8_t *)e)[change->at] ^= change->flip;
	if (change->moves)
		e->place += 2;
}

/* Each thing changed after each other, and with it. */
static void test_changes(void **state)
{
	static struct event_memo memo;
	static struct event e;

	(void)state;
	fill(&e);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		for (size_t j = 0; j < ARRAY_LEN(changes); j++) {
			flip(&e, &changes[i]);
			check(&e, &memo);
			flip(&e, &changes[j]);
			check(&e, &memo);
			flip(&e, &changes[i]);
		}
		fill(&e);
	}
}

/* Texts that others own are looked at, not where they are. */
static void test_texts_of_others(void **state)
{
	static struct event_memo memo;
	static struct event e;

	(void)state;
	fill(&e);
	check(&e, &memo);
	node[0] = 'm';
	layer[0] = 'O';
	check(&e, &memo);
	e.node = NULL;
	e.entry_layer = NULL;
	check(&e, &memo);
	e.node = node;
	check(&e, &memo);
}

/* Around what is remembered at most, and what goes through a line's block in pieces. */
static void test_lengths(void **state)
{
	static struct event_memo memo;
	static struct event e;

	(void)state;
	for (size_t n = 900; n < 2300; n++) {
		fill(&e);
		check(&e, &memo);
		memset(e.exe, 'e', n);
		check(&e, &memo);
		e.exe[n / 2] = 'E';
		check(&e, &memo);
	}
}

/* No place: another path is another line, though the rest is the same. */
static void test_no_place(void **state)
{
	static struct event_memo memo;
	static struct event e;

	(void)state;
	fill(&e);
	e.place = 0;
	check(&e, &memo);
	e.cgroup[1] = 'm';
	check(&e, &memo);
}

/* It does remember: what the place promises is not looked at again. */
static void test_used(void **state)
{
	static struct event_memo memo;
	static struct event e;
	_cleanup_buf_ struct buf first = { 0 }, second = { 0 }, third = { 0 };

	(void)state;
	fill(&e);
	event_json(&e, &memo, &first);
	e.cgroup[1] = 'm';
	event_json(&e, &memo, &second);
	check_text("the same place", second.data, first.data);
	e.place = 2;
	event_json(&e, &memo, &third);
	assert_non_null(strstr(third.data, "/mubepods.slice/x"));
	assert_null(strstr(first.data, "/mubepods.slice/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes), cmocka_unit_test(test_texts_of_others),
		cmocka_unit_test(test_lengths), cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
