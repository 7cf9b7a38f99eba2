// SPDX-License-Identifier: MIT
/* The ends of exceptions, by a clock that the test sets. */
#include <stdio.h>
#include <stdlib.h>

#include "fake_clock.h"
#include "fake_log.h"
#include "fake_loop.h"
#include "registry_cases.h"

#include "../../user/agent/exception_timer.h"

#define DAY	 86400
#define NOV_30	 1795996800 /* 2026-11-30T00:00:00Z */
#define DEC_1	 (NOV_30 + DAY)
#define YEAR_366 (366L * DAY)

static struct config config;
static struct in_force in_force;
static struct policy_load load = { .config = &config, .in_force = &in_force };
static struct exception_timer timer = { .load = &load, .in_force = &in_force };
static struct loop *loop;
static int publish_error;
static unsigned int published;
static struct buf reported;

struct node_facts policy_load_facts(const struct policy_load *l)
{
	return node_options_facts(&l->config->node);
}

int policy_load_today(struct policy_load *l)
{
	published++;
	if (publish_error)
		return publish_error;
	l->in_force->facts = policy_load_facts(l);
	return 0;
}

void policy_load_report(struct policy_load *l, enum notice_kind kind, const struct buf *message)
{
	(void)l;
	buf_printf(&reported, "%s%s\n",
		   kind == NOTICE_EXCEPTION_ENDED ? "" : "error: ", message->data);
}

static int setup(void **state)
{
	(void)state;
	fake_wall = (struct timespec) { .tv_sec = NOV_30 + 100 };
	publish_error = 0;
	published = 0;
	in_force = (struct in_force) { .facts = node_options_facts(&config.node) };
	return loop_new(&loop);
}

static int teardown(void **state)
{
	(void)state;
	registry_free(in_force.registry);
	loop_free(loop);
	buf_free(&reported);
	buf_free(&fake_log);
	return 0;
}

static void use_exceptions(const char *list)
{
	registry_free(in_force.registry);
	in_force.registry = registry_of_lists(list);
}

static void check_reported(const char *name, const char *want)
{
	check_text(name, reported.len ? reported.data : "", want);
	buf_free(&reported);
}

#define ONE                                                                                        \
	"exceptions: [{ports: 8080-8081, protocol: tcp, class: unregistered,"                      \
	" until: 2026-11-30, reason: moves soon}]\n"
#define ENDED                                                                                      \
	"exception ended: 8080-8081/tcp, class unregistered, until 2026-11-30: moves soon"         \
	" (t.yaml:3:14)\n"

/* It wakes at the midnight after the day, makes the policy anew and says what ended. */
static void test_ends(void **state)
{
	(void)state;
	use_exceptions(ONE);
	assert_int_equal(exception_timer_start(&timer, loop), 0);
	check_int("the next end", timer.clock->when, DEC_1);
	fake_wall.tv_sec = DEC_1 - 1;
	fake_fire(timer.clock, 0);
	check_u64("not yet", published, 0);
	check_int("still", timer.clock->when, DEC_1);
	fake_wall.tv_sec = DEC_1;
	fake_fire(timer.clock, 0);
	check_u64("published", published, 1);
	check_reported("ended", ENDED);
	check_int("then for a jump of the clock", timer.clock->when, DEC_1 + YEAR_366);
	fake_fire(timer.clock, 0);
	check_u64("once", published, 1);
	check_reported("once", "");
	check_log("nothing else", "");
}

/* A day on which nothing ends makes no policy. */
static void test_other_days(void **state)
{
	(void)state;
	use_exceptions("exceptions: [{ports: 1, protocol: tcp, class: scope, until: 2026-12-05,"
		       " reason: r}, {ports: 2, protocol: tcp, class: scope, until: 2030-01-01,"
		       " reason: r}]\n");
	assert_int_equal(exception_timer_start(&timer, loop), 0);
	check_int("the first end", timer.clock->when, NOV_30 + 6 * DAY);
	fake_wall.tv_sec = NOV_30 + 3 * DAY;
	fake_fire(timer.clock, 0);
	check_u64("nothing ended", published, 0);
	fake_wall.tv_sec = NOV_30 + 6 * DAY;
	fake_fire(timer.clock, 0);
	check_u64("one ended", published, 1);
	check_int("the other is too far", timer.clock->when, NOV_30 + 6 * DAY + YEAR_366);
	check_reported("it",
		       "exception ended: 1/tcp, class scope, until 2026-12-05: r (t.yaml:3:14)\n");
}

/* If the clock is set back, what had ended holds again, and ends again. */
static void test_set_back(void **state)
{
	(void)state;
	use_exceptions(ONE);
	fake_wall.tv_sec = DEC_1;
	in_force.facts = node_options_facts(&config.node);
	assert_int_equal(exception_timer_start(&timer, loop), 0);
	fake_wall.tv_sec = NOV_30;
	fake_fire(timer.clock, 0);
	check_u64("published", published, 1);
	check_log("said", "warning: the clock was set back: exceptions that hold again: 1\n");
	check_reported("none ended", "");
	check_int("its end", timer.clock->when, DEC_1);
	fake_wall.tv_sec = DEC_1;
	fake_fire(timer.clock, 0);
	check_reported("again", ENDED);
}

/* What could not be published is said, and tried again after a minute. */
static void test_fails(void **state)
{
	(void)state;
	use_exceptions(ONE);
	assert_int_equal(exception_timer_start(&timer, loop), 0);
	publish_error = -ENOMEM;
	fake_wall.tv_sec = DEC_1;
	fake_fire(timer.clock, 0);
	check_reported("said", "error: registry: exceptions that have ended still hold: Cannot"
			       " allocate memory\n");
	check_int("again", timer.clock->when, DEC_1 + 60);
	publish_error = 0;
	fake_wall.tv_sec = DEC_1 + 60;
	fake_fire(timer.clock, 0);
	check_u64("tried twice", published, 2);
	check_reported("ended", ENDED);
}

/* Of very many a notice each would be a flood: the rest is counted. */
static void check_many(unsigned int n, unsigned int lines, const char *last)
{
	_cleanup_buf_ struct buf list = { 0 };
	unsigned int got = 0;

	buf_puts(&list, "exceptions:\n");
	for (unsigned int i = 0; i < n; i++)
		buf_printf(&list,
			   "  - {ports: %u, protocol: tcp, class: scope, until: 2026-11-30,"
			   " reason: r}\n",
			   1000 + i);
	use_exceptions(list.data);
	fake_wall.tv_sec = NOV_30;
	in_force.facts = node_options_facts(&config.node);
	fake_wall.tv_sec = DEC_1;
	exception_timer_check(&timer);
	for (const char *at = reported.data; (at = strchr(at, '\n')); at++)
		got++;
	check_u64("lines", got, lines);
	check_int("the rest", strstr(reported.data, " more\n") != NULL, last != NULL);
	if (last)
		assert_non_null(strstr(reported.data, last));
	buf_free(&reported);
}

static void test_many(void **state)
{
	(void)state;
	check_many(64, 64, NULL);
	check_many(65, 65, "exception ended: and 1 more\n");
	check_many(100, 65, "exception ended: and 36 more\n");
}

static void test_no_clock(void **state)
{
	(void)state;
	use_exceptions("");
	loop->error = -EMFILE;
	assert_int_equal(exception_timer_start(&timer, loop), -EMFILE);
	loop->error = 0;
	assert_int_equal(exception_timer_start(&timer, loop), 0);
	check_int("for a jump of the clock", timer.clock->when, NOV_30 + 100 + YEAR_366);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_days, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_clock, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
