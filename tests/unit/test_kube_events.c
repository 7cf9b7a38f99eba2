// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <errno.h>

#include "../../user/agent/kube_events.h"
#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"

static struct kube_event given[64];
static size_t given_len;
static int give_error; /* of the process */

/* The process, in place of pod_process.c. */
int pod_process_send(const struct pod_process *process, const void *bytes, size_t len)
{
	(void)process;
	if (give_error)
		return give_error;
	check_int("given", kube_event_parse(bytes, len, &given[given_len]), 0);
	given_len++;
	return 0;
}

struct fixture {
	struct kube_events events;
	struct loop *loop;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(loop_new(&f->loop), 0);
	f->events.wanted = true;
	assert_int_equal(kube_events_start(&f->events, f->loop), 0);
	given_len = 0;
	give_error = 0;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	kube_events_stop(&f->events);
	loop_free(f->loop);
	free(f);
	return 0;
}

static void check_counts(const char *name, const struct fixture *f, uint64_t sent, uint64_t failed,
			 uint64_t dropped, uint64_t pending)
{
	check_u64(name, f->events.sent, sent);
	check_u64(name, f->events.failed, failed);
	check_u64(name, kube_events_dropped(&f->events), dropped);
	check_u64(name, kube_events_pending(&f->events), pending);
}

static void test_sent(void **state)
{
	struct fixture *f = *state;
	const struct event e = of_pod("a");

	check_counts("nothing", f, 0, 0, 0, 0);
	kube_events_on_line(&f->events, &e);
	check_int("given", (int)given_len, 1);
	check_counts("on its way", f, 0, 0, 0, 1);
	kube_events_ended(&f->events, NULL);
	check_counts("sent", f, 1, 0, 0, 0);
	kube_events_ended(&f->events, NULL); /* the other process may say what it likes */
	check_counts("never less than nothing", f, 2, 0, 0, 0);
}

static void test_repeats(void **state)
{
	struct fixture *f = *state;
	const struct event e = of_pod("a");
	struct loop_source *tick = f->events.tick;

	kube_events_on_line(&f->events, &e);
	check_u64("an idle agent", tick->ms, 0);
	kube_events_on_line(&f->events, &e);
	assert_true(tick->ms > 0 && tick->every_ms == tick->ms);
	kube_events_on_line(&f->events, &e);
	check_u64("set once", tick->times_set, 1);
	check_int("not at once", (int)given_len, 1);
	fake_fire(tick, 0);
	check_int("not so soon", (int)given_len, 1);
	fake_pass_ms(KUBE_SERIES_SOON_S * 1000);
	fake_fire(tick, 0);
	check_int("then all of them", (int)given_len, 2);
	check_u64("count", given[1].count, 3);
	check_int("repeats", given[1].repeats, 1);
	check_text("the same", given[1].name, given[0].name);
	check_u64("idle again", tick->ms, 0);
}

static void test_no_room(void **state)
{
	struct fixture *f = *state;
	struct event e = of_pod("a");

	give_error = -EAGAIN;
	kube_events_on_line(&f->events, &e);
	check_counts("no room", f, 0, 0, 1, 0);
	give_error = 0;
	e.port = 1;
	kube_events_on_line(&f->events, &e);
	check_counts("there is some", f, 0, 0, 1, 1);
}

static void test_errors(void **state)
{
	struct fixture *f = *state;

	kube_events_ended(&f->events, "HTTP 403");
	check_log("why", "warning: kube-events: HTTP 403\n");
	check_text("why", f->events.error.data, "HTTP 403");
	kube_events_ended(&f->events, "HTTP 403");
	check_log("once", "");
	kube_events_ended(&f->events, NULL);
	check_u64("no error is left", f->events.error.len, 0);
	kube_events_ended(&f->events, "");
	check_log("no reason", "warning: kube-events: no reason was given\n");
	for (int i = 0; i < 100; i++)
		kube_events_ended(&f->events, i % 2 ? "a" : "b");
	check_log("not for ever", "warning: kube-events: b\n");
	check_counts("all count", f, 1, 103, 0, 0);
}

static void test_off(void **state)
{
	struct kube_events events = { 0 };
	struct fixture *f = *state;
	const struct event e = of_pod("a");

	check_int("start", kube_events_start(&events, f->loop), 0);
	kube_events_on_line(&events, &e);
	check_int("nothing", (int)given_len, 0);
	assert_null(events.series);
	check_u64("nothing", kube_events_dropped(&events), 0);
	kube_events_stop(&events);
}

#define WITH_EVENTS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_EVENTS(test_sent),	  WITH_EVENTS(test_repeats), WITH_EVENTS(test_no_room),
		WITH_EVENTS(test_errors), WITH_EVENTS(test_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
