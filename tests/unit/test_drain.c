// SPDX-License-Identifier: MIT
/* From the ring and the slots to lines, turn by turn: the test is the kernel, the clock and the
 * loop. */
#include "stream_fixture.h"

#include "../../user/stream/drain.h"

#define MS 1000000ULL

static int start(struct fixture *f, uint64_t fold_ms)
{
	f->stream.fold_ns = fold_ms * MS;
	return drain_start(&f->stream);
}

static struct loop_source *ring(const struct fixture *f)
{
	return fake_source(f->stream.loop, -1);
}

/* Violations that the programs counted. */
static void count(struct fixture *f, uint64_t n)
{
	f->stream.kernel->counters.count[HP_CLASS_UNREGISTERED][HP_VERDICT_AUDITED][0] += n;
}

static void put_slot(struct fixture *f, uint32_t slot, uint32_t generation, uint64_t seen)
{
	struct kernel *kernel = f->stream.kernel;

	for (size_t i = 0; i < kernel->slots_len; i++)
		if (kernel->slots[i].slot == slot) {
			kernel->slots[i].value.generation = generation;
			kernel->slots[i].value.seen = seen;
			return;
		}
	kernel->slots[kernel->slots_len].slot = slot;
	kernel->slots[kernel->slots_len].value.generation = generation;
	kernel->slots[kernel->slots_len++].value.seen = seen;
}

static int finish(void **state)
{
	struct fixture *f = *state;

	drain_stop(&f->stream);
	return teardown(state);
}

/* Before the start there is nothing to take. */
static void test_before(void **state)
{
	struct fixture *f = *state;

	drain_all(&f->stream);
	check_u64("nothing is taken", f->stream.kernel->takes, 0);
}

/* A wake-up drains, sets the timer for more and begins to tick. */
static void test_wakes(void **state)
{
	struct fixture *f = *state;
	struct kernel *kernel = f->stream.kernel;

	assert_int_equal(start(f, 1000), 0);
	check_u64("it does not tick", f->stream.tick->times_set, 0);
	fake_put_record(kernel, record_of(1, 1, 1, 0));
	fake_fire(ring(f), EPOLLIN);
	check_u64("a line", noted_len, 1);
	check_u64("written", flushed, 1);
	check_u64("and counted", told->tally.delivered, 1);
	check_u64("given back", kernel->released, 1);
	check_u64("seen", observed_records, 1);
	check_u64("again in", f->stream.drain_timer->ms, 10);
	check_u64("once", f->stream.drain_timer->every_ms, 0);
	check_u64("ticks", f->stream.tick->ms, 1000);
	check_u64("and so on", f->stream.tick->every_ms, 1000);
	fake_fire(ring(f), EPOLLIN);
	check_u64("the tick is not put off", f->stream.tick->times_set, 1);
	check_u64("drained again", f->stream.drain_timer->times_set, 2);
	fake_fire(f->stream.drain_timer, 0);
	check_u64("nothing came, so no more", f->stream.drain_timer->times_set, 2);
	fake_put_record(kernel, record_of(2, 1, 1, 0));
	fake_fire(f->stream.drain_timer, 0);
	check_u64("one came", f->stream.drain_timer->times_set, 3);
	check_u64("two lines", noted_len, 2);
	check_u64("to both readers", control_told, 2);
}

static void test_tick_times(void **state)
{
	static const struct {
		uint64_t fold_ns;
		unsigned int ms;
	} cases[] = {
		{ 0, 1000 },	   { 1, 100 },	      { 50 * MS, 100 },	   { 99 * MS, 100 },
		{ 100 * MS, 100 }, { 101 * MS, 101 }, { 5000 * MS, 5000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f;

		if (i > 0)
			assert_int_equal(setup(state), 0);
		f = *state;
		f->stream.fold_ns = cases[i].fold_ns;
		assert_int_equal(drain_start(&f->stream), 0);
		fake_fire(ring(f), EPOLLIN);
		check_u64("ticks", f->stream.tick->ms, cases[i].ms);
		if (i + 1 < ARRAY_LEN(cases))
			(void)finish(state);
	}
}

/* The more came, the sooner it drains again: before a sixteenth of the ring waits. */
static void test_drain_times(void **state)
{
	static const struct {
		unsigned int records, ms;
	} cases[] = {
		{ 1, 10 }, { 13, 10 }, { 14, 9 }, { 27, 5 }, { 300, 1 }, { 3000, 1 },
	};
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned int n = 0; n < cases[i].records; n++)
			fake_put_record(f->stream.kernel, record_of(5, 1, 1, HP_FOLD_SAME));
		fake_fire(ring(f), EPOLLIN);
		check_u64("again in", f->stream.drain_timer->ms, cases[i].ms);
	}
}

/* Without folding each record is a line; they are written and given back 64 at a time. */
static void test_batches(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 0), 0);
	for (uint64_t n = 1; n <= 130; n++)
		fake_put_record(f->stream.kernel, record_of(5, 1, n, n == 1 ? 0 : HP_FOLD_SAME));
	fake_fire(ring(f), EPOLLIN);
	check_u64("lines", noted_len, 130);
	check_u64("takes", f->stream.kernel->takes, 3);
	for (size_t i = 0; i < noted_len; i++)
		check_u64("counted before", noted[i].delivered, i / 64 * 64);
	check_u64("in the end", told->tally.delivered, 130);
	check_u64("given back", f->stream.kernel->released, 130);
	check_u64("the observer sees one of a holder", observed_records, 1);
	check_u64("and each line first", noted[129].observed, 130);
}

static void refill(struct kernel *kernel)
{
	kernel->len = kernel->taken = 0;
	for (unsigned int i = 0; i < 64; i++)
		fake_put_record(kernel, record_of(5, 1, 1, HP_FOLD_SAME));
}

/* Records that come as fast as they are taken hold nothing up for ever. */
static void test_bound(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	f->stream.kernel->on_take = refill;
	fake_fire(ring(f), EPOLLIN);
	check_u64("one drain", f->stream.kernel->takes, 16384 / 64);
	f->stream.kernel->takes = 0;
	drain_records(&f->stream);
	check_u64("all that a ring can hold", f->stream.kernel->takes, 32 * 16384 / 64);
	f->stream.kernel->on_take = NULL;
	f->stream.kernel->taken = f->stream.kernel->len;
	f->stream.kernel->takes = 0;
	drain_records(&f->stream);
	check_u64("nothing is there", f->stream.kernel->takes, 1);
}

/* The observer sees a holder once a moment, and what has no holder each time. */
static void test_observes(void **state)
{
	struct fixture *f = *state;
	struct kernel *kernel = f->stream.kernel;

	assert_int_equal(start(f, 1000), 0);
	for (unsigned int i = 1; i <= 3; i++)
		fake_put_record(kernel, record_of(5, 1, i, i == 1 ? 0 : HP_FOLD_SAME));
	fake_fire(ring(f), EPOLLIN);
	check_u64("one of a holder", observed_records, 1);
	fake_put_record(kernel, record_of(5, 1, 9, HP_FOLD_SAME));
	fake_put_record(kernel, record_of(5, 1, 10, HP_FOLD_SAME));
	fake_fire(ring(f), EPOLLIN);
	check_u64("again at another moment", observed_records, 2);
	fake_put_record(kernel, record_of(5, 2, 1, 10));
	fake_put_record(kernel, record_of(6, 1, 1, 0));
	fake_fire(ring(f), EPOLLIN);
	check_u64("other holders", observed_records, 4);
	check_log("nothing is wrong", "");
	fake_put_record(kernel, record_of(7, 0, 1, 0));
	fake_put_record(kernel, record_of(7, 0, 1, 0));
	fake_put_record(kernel, record_of(HP_FOLD_SLOTS, 1, 1, 0));
	fake_fire(ring(f), EPOLLIN);
	check_u64("of no holder", observed_records, 7);
	check_log_has("said", "error: a violation can't be logged: Invalid argument\n");
	assert_false(f->stream.settled);
}

/* A tick makes lines of what the slots counted, but not of who had one lately. */
static void test_ticks(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	fake_put_record(f->stream.kernel, record_of(5, 1, 1, 0));
	f->stream.kernel->ring[0].time_ns = (uint64_t)fake_boot.tv_sec * 1000 * MS;
	count(f, 4);
	fake_fire(ring(f), EPOLLIN);
	put_slot(f, 5, 1, 4);
	fake_pass_ms(1249);
	fake_fire(f->stream.tick, 0);
	check_u64("lately", noted_len, 1);
	fake_pass_ms(1);
	fake_fire(f->stream.tick, 0);
	check_u64("a line", noted_len, 2);
	check_u64("of three", noted[1].count, 3);
	check_u64("counted", told->tally.delivered + told->tally.folded, 4);
	put_slot(f, 5, 1, 6);
	drain_all(&f->stream);
	check_u64("at once, when all is asked for", noted[2].count, 2);
}

/* A slot is read before the ring is drained: what waits there tells of itself. */
static void late_record(struct kernel *kernel)
{
	kernel->on_read = NULL;
	fake_put_record(kernel, record_of(5, 1, 3, HP_FOLD_SAME));
}

static void test_order(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	fake_put_record(f->stream.kernel, record_of(5, 1, 1, 0));
	fake_fire(ring(f), EPOLLIN);
	put_slot(f, 5, 1, 3);
	f->stream.kernel->on_read = late_record;
	drain_all(&f->stream);
	check_u64("one line", noted_len, 2);
	check_u64("the record's", noted[1].count, 2);
}

/* When nothing has happened for three ticks, it stops ticking, and wakes again. */
static void test_quiet(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	count(f, 1);
	fake_put_record(f->stream.kernel, record_of(5, 1, 1, 0));
	fake_fire(ring(f), EPOLLIN);
	for (unsigned int i = 0; i < 3; i++) {
		fake_fire(f->stream.tick, 0);
		check_u64("it ticks", f->stream.tick->times_set, 1);
	}
	fake_fire(f->stream.tick, 0);
	check_u64("it stops", f->stream.tick->ms + f->stream.tick->every_ms, 0);
	fake_fire(ring(f), EPOLLIN);
	check_u64("it ticks again", f->stream.tick->ms, 1000);
	fake_fire(f->stream.tick, 0);
	fake_fire(f->stream.tick, 0);
	count(f, 1);
	fake_fire(f->stream.tick, 0);
	fake_fire(f->stream.tick, 0);
	fake_fire(f->stream.tick, 0);
	check_u64("something happened", f->stream.tick->ms, 1000);
	fake_fire(f->stream.tick, 0);
	check_u64("quiet", f->stream.tick->ms, 0);
	check_log("nothing was lost", "");
	check_u64("nothing was lost", told->tally.untold, 0);
}

/* After an agent that died, what never gets a line is counted as lost once all is quiet. */
static void test_settles(void **state)
{
	struct fixture *f = *state;

	f->stream.kernel->adopted = true;
	count(f, 10);
	told->tally.delivered = 3;
	told->tally.folded = 4;
	assert_int_equal(start(f, 1000), 0);
	check_u64("it ticks from the start", f->stream.tick->ms, 1000);
	for (unsigned int i = 0; i < 3; i++)
		fake_fire(f->stream.tick, 0);
	check_u64("not yet", told->tally.untold, 0);
	fake_fire(f->stream.tick, 0);
	check_u64("lost", told->tally.untold, 3);
	check_log("said", "warning: 3 violations were never logged: a previous agent died while"
			  " logging, or there was no memory\n");
	assert_true(f->stream.settled);
	fake_fire(ring(f), EPOLLIN);
	count(f, 1);
	for (unsigned int i = 0; i < 5; i++)
		fake_fire(f->stream.tick, 0);
	check_u64("only once", told->tally.untold, 3);
}

/* It goes on where the agent before ended: with names that are of the holders of now. */
static void test_restores(void **state)
{
	struct fixture *f = *state;
	struct kernel *kernel = f->stream.kernel;

	kernel->adopted = true;
	told->slots[5] = (struct hp_told_slot) { .generation = 4, .seen = 7 };
	told->slots[6] = (struct hp_told_slot) { .generation = 2, .seen = 1 };
	kernel->kept[kernel->kept_len++] = record_of(5, 4, 1, 0);
	kernel->kept[kernel->kept_len++] = record_of(6, 1, 1, 0); /* of an earlier holder */
	kernel->kept[kernel->kept_len++] = record_of(HP_FOLD_SLOTS, 1, 1, 0);
	assert_int_equal(start(f, 1000), 0);
	check_u64("the observer learns of it", observed_records, 1);
	put_slot(f, 5, 4, 9);
	put_slot(f, 6, 2, 3);
	drain_all(&f->stream);
	check_u64("of the one with a name", noted_len, 1);
	check_u64("the two that are new", noted[0].count, 2);
	check_u64("whom the slot does not know", noted[0].pid, 4);
	fake_put_record(kernel, record_of(6, 2, 4, HP_FOLD_SAME));
	drain_all(&f->stream);
	check_u64("of the other with its record", noted_len, 2);
	check_u64("all three", noted[1].count, 3);
	put_slot(f, 5, 4, 10);
	kernel->slots[0].value.binders.latest = (struct hp_binder) { .pid = 99, .family = 4 };
	drain_all(&f->stream);
	check_u64("the slot's latest", noted[2].pid, 99);
	check_u64("the slot's latest", noted[2].count, 1);
}

static void test_slots_unread(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(start(f, 1000), 0);
	f->stream.kernel->slots_error = -EIO;
	fake_put_record(f->stream.kernel, record_of(5, 1, 1, 0));
	drain_all(&f->stream);
	check_log("said", "error: reading fold slots: Input/output error\n");
	check_u64("records come all the same", noted_len, 1);
}

static void test_start_fails(void **state)
{
	struct fixture *f = *state;

	f->stream.loop->error = -EMFILE;
	assert_int_equal(start(f, 1000), -EMFILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_before, setup, finish),
		cmocka_unit_test_setup_teardown(test_wakes, setup, finish),
		cmocka_unit_test_setup_teardown(test_tick_times, setup, finish),
		cmocka_unit_test_setup_teardown(test_drain_times, setup, finish),
		cmocka_unit_test_setup_teardown(test_batches, setup, finish),
		cmocka_unit_test_setup_teardown(test_bound, setup, finish),
		cmocka_unit_test_setup_teardown(test_observes, setup, finish),
		cmocka_unit_test_setup_teardown(test_ticks, setup, finish),
		cmocka_unit_test_setup_teardown(test_order, setup, finish),
		cmocka_unit_test_setup_teardown(test_quiet, setup, finish),
		cmocka_unit_test_setup_teardown(test_settles, setup, finish),
		cmocka_unit_test_setup_teardown(test_restores, setup, finish),
		cmocka_unit_test_setup_teardown(test_slots_unread, setup, finish),
		cmocka_unit_test_setup_teardown(test_start_fails, setup, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
