// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <stdlib.h>

#include "../../user/event/kube_series.h"

#define NOW 1000

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct kube_series));
	assert_non_null(*state);
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static struct event at_port(const char *pod, uint16_t port)
{
	struct event e = of_pod(pod);

	e.port = port;
	return e;
}

static bool sends(struct kube_series *series, const char *pod, uint16_t port, uint64_t now_s)
{
	const struct event e = at_port(pod, port);

	return kube_series_line(series, &e, now_s) != NULL;
}

/* How many of so many violations, each of a port of its own, make an Event. */
static unsigned int count_sent(struct kube_series *series, const char *pod, unsigned int ports,
			       uint64_t now_s)
{
	unsigned int sent = 0;

	for (unsigned int i = 0; i < ports; i++)
		sent += sends(series, pod, (uint16_t)(1000 + now_s + i), now_s);
	return sent;
}

static void line(struct kube_series *series, const struct event *e, uint64_t now_s, uint64_t count)
{
	struct event copy = *e;

	copy.count = count;
	assert_null(kube_series_line(series, &copy, now_s));
}

static void test_object(void **state)
{
	struct kube_series *series = *state;

	check_u64("a flood", count_sent(series, "a", 855, NOW), KUBE_SERIES_OBJECT_BURST);
	check_u64("dropped", series->dropped, 855 - KUBE_SERIES_OBJECT_BURST);
	check_u64("another pod", count_sent(series, "b", 3, NOW), 3);
	check_u64("soon after", count_sent(series, "a", 9, NOW + KUBE_SERIES_OBJECT_EACH_S - 1), 0);
	check_u64("one each", count_sent(series, "a", 9, NOW + KUBE_SERIES_OBJECT_EACH_S), 1);
	check_u64("two later", count_sent(series, "a", 9, NOW + 3 * KUBE_SERIES_OBJECT_EACH_S), 2);
	check_u64("no more than at first, after however long",
		  count_sent(series, "a", 99, NOW + 1000 * KUBE_SERIES_OBJECT_EACH_S),
		  KUBE_SERIES_OBJECT_BURST);
}

static void test_node(void **state)
{
	struct kube_series *series = *state;
	unsigned int sent = 0;
	char pod[16];

	for (unsigned int i = 0; i < 1000; i++) {
		(void)snprintf(pod, sizeof(pod), "p%u", i);
		sent += count_sent(series, pod, 2, NOW);
	}
	check_u64("a flood of pods", sent, KUBE_SERIES_NODE_BURST);
	assert_false(sends(series, "new", 1, NOW + KUBE_SERIES_NODE_EACH_S - 1));
	assert_true(sends(series, "new", 1, NOW + KUBE_SERIES_NODE_EACH_S));
	assert_false(sends(series, "new", 2, NOW + KUBE_SERIES_NODE_EACH_S));
}

/* Places are taken by others, but a budget that was used up is not forgotten. */
static void test_many_objects(void **state)
{
	struct kube_series *series = *state;
	const struct event untold = at_port("a", (uint16_t)(1000 + NOW));
	unsigned int sent = 0;
	uint64_t now_s = NOW;
	char pod[16];

	check_u64("used up", count_sent(series, "a", 99, now_s), KUBE_SERIES_OBJECT_BURST);
	line(series, &untold, NOW, 1);
	assert_true(kube_series_waits(series));
	for (unsigned int i = 0; i < 2 * KUBE_SERIES_OBJECTS; i++) {
		now_s += 2ULL * KUBE_SERIES_NODE_EACH_S;
		(void)snprintf(pod, sizeof(pod), "p%u", i);
		assert_true(sends(series, pod, 1, now_s));
		sent += sends(series, "a", (uint16_t)(10000 + i), now_s);
	}
	check_u64("one each", sent, (now_s - NOW) / KUBE_SERIES_OBJECT_EACH_S);
	check_u64("as many as there is room for", series->objects_len, KUBE_SERIES_OBJECTS);
	check_u64("as many as there is room for", series->len, KUBE_SERIES_MAX);
	assert_false(kube_series_waits(series)); /* who has no place any more does not wait */
}

static void check_due(const char *name, struct kube_series *series, uint64_t now_s, uint64_t want)
{
	const struct kube_event *due = kube_series_due(series, now_s);

	check_u64(name, due ? due->count : 0, want);
	if (due)
		check_int(name, due->repeats, 1);
}

static void test_repeats(void **state)
{
	struct kube_series *series = *state;
	const struct event e = at_port("a", 1);
	const struct kube_event *first = kube_series_line(series, &e, NOW);

	assert_non_null(first);
	check_int("the first is new", first->repeats, 0);
	assert_false(kube_series_waits(series));
	check_due("nothing to tell", series, NOW + 1000, 0);
	line(series, &e, NOW, 2);
	assert_true(kube_series_waits(series));
	line(series, &e, NOW, 1);
	check_due("too soon", series, NOW + KUBE_SERIES_SOON_S - 1, 0);
	check_due("all so far", series, NOW + KUBE_SERIES_SOON_S, 4);
	check_due("once", series, NOW + KUBE_SERIES_SOON_S, 0);
	assert_false(kube_series_waits(series));
	line(series, &e, NOW + 20, 6);
	check_due("later on seldom", series, NOW + KUBE_SERIES_SOON_S + KUBE_SERIES_EVERY_S - 1, 0);
	check_due("but told", series, NOW + KUBE_SERIES_SOON_S + KUBE_SERIES_EVERY_S, 10);
	check_u64("none is dropped", series->dropped, 0);
}

/* Repeats are of the same budget, and wait until there is some; who has waited for longest is
 * first. */
static void test_repeats_wait(void **state)
{
	struct kube_series *series = *state;
	const struct event first = at_port("a", (uint16_t)(1000 + NOW)), other = at_port("b", 1);
	const struct event second = at_port("a", (uint16_t)(1000 + NOW + 1));

	check_u64("used up", count_sent(series, "a", 99, NOW), KUBE_SERIES_OBJECT_BURST);
	line(series, &first, NOW, 1);
	line(series, &second, NOW, 2);
	check_due("no budget", series, NOW + KUBE_SERIES_SOON_S, 0);
	assert_true(kube_series_waits(series));
	assert_non_null(kube_series_line(series, &other, NOW + 20));
	line(series, &other, NOW + 20, 8);
	check_due("others are not held up", series, NOW + 30, 9);
	check_due("the first", series, NOW + KUBE_SERIES_OBJECT_EACH_S, 2);
	check_due("one alone", series, NOW + KUBE_SERIES_OBJECT_EACH_S, 0);
	line(series, &first, NOW + KUBE_SERIES_OBJECT_EACH_S, 5);
	check_due("the second, before the first again", series,
		  NOW + 2 * KUBE_SERIES_OBJECT_EACH_S + 10, 3);
}

static void test_unwanted(void **state)
{
	struct kube_series *series = *state;
	struct event e = at_port("a", 1);

	e.verdict = HP_VERDICT_EXCEPTED;
	assert_null(kube_series_line(series, &e, NOW));
	check_u64("it is none", series->dropped, 0);
	e = of_unit();
	e.node = "No Name";
	assert_null(kube_series_line(series, &e, NOW));
	check_u64("it can't be made", series->dropped, 1);
	check_u64("nothing is kept of it", series->len, 0);
}

#define WITH_SERIES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERIES(test_object),	WITH_SERIES(test_node),
		WITH_SERIES(test_many_objects), WITH_SERIES(test_repeats),
		WITH_SERIES(test_repeats_wait), WITH_SERIES(test_unwanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
