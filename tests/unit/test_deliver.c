// SPDX-License-Identifier: MIT
/* Lines on their way out: in which order, and which holders the next agent is to know by name. */
#include "stream_fixture.h"

static int start(void **state)
{
	struct fixture *f;

	assert_int_equal(setup(state), 0);
	f = *state;
	f->stream.notes = calloc(HP_FOLD_SLOTS, sizeof(*f->stream.notes));
	assert_int_equal(fold_new(NULL, NULL, &f->stream.fold), 0);
	return 0;
}

static int stop(void **state)
{
	struct fixture *f = *state;

	free(f->stream.notes);
	fold_free(f->stream.fold);
	return teardown(state);
}

static void deliver(struct fixture *f, uint32_t slot, uint32_t generation, uint64_t count)
{
	struct hp_event record = record_of(slot, generation, 1, 0);
	struct tally_line line = { .holder = &record.fold, .count = count };

	deliver_line(&f->stream, &record, &line, 1000, 2000);
}

/* For replay there are so many lines. */
static void check_kept(struct fixture *f, size_t lines)
{
	assert_non_null(history_back(&f->stream.history, 0, lines - 1));
	assert_null(history_back(&f->stream.history, 0, lines));
}

/* How many processes and addresses a line stands for is its own, and no other line's. */
static void test_others(void **state)
{
	struct fixture *f = *state;
	struct hp_event record = record_of(1, 1, 1, 0);
	struct tally_line line = {
		.holder = &record.fold, .count = 9, .processes = 3, .addresses = 2
	};

	deliver_line(&f->stream, &record, &line, 1000, 2000);
	check_u64("processes", f->stream.event.processes, 3);
	check_u64("addresses", f->stream.event.addresses, 2);
	deliver(f, 2, 1, 4);
	check_u64("not those of the line before", f->stream.event.processes, 0);
	check_u64("not those of the line before", f->stream.event.addresses, 0);
}

static void test_little(void **state)
{
	struct fixture *f = *state;

	f->stream.kernel->ring_bytes = 1 << 20;
	check_u64("a sixteenth", deliver_little(&f->stream), 1 << 16);
}

/* Readers get a line before it is counted, and the observer before them. */
static void test_order(void **state)
{
	struct fixture *f = *state;

	deliver(f, 1, 1, 3);
	deliver(f, 2, 1, 4);
	check_u64("both readers", noted_len + control_told, 4);
	check_u64("the observer first", noted[0].observed, 1);
	check_u64("not written yet", flushed, 0);
	check_u64("nor counted", told->tally.delivered, 0);
	deliver_flush(&f->stream);
	check_u64("written", flushed, 2);
	check_u64("counted", told->tally.delivered, 2);
	check_u64("with what they stand for", told->tally.folded, 5);
	check_u64("by slot", told->slots[2].seen, 4);
	check_kept(f, 2);
}

/* A full batch is written at once. */
static void test_full(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 1; i <= BATCH_LINES + 1; i++) {
		deliver(f, 1, 1, 1);
		check_u64("counted", told->tally.delivered, i < BATCH_LINES ? 0 : BATCH_LINES);
	}
	check_u64("written", flushed, BATCH_LINES);
}

/* A holder is named with its first line, once; not one that comes late. */
static void test_names(void **state)
{
	struct fixture *f = *state;
	struct kernel *kernel = f->stream.kernel;

	deliver(f, 1, 5, 1);
	deliver(f, 1, 5, 1);
	deliver_flush(&f->stream);
	check_u64("once", kernel->names_len, 1);
	check_u64("its record", kernel->names[0].fold.generation, 5);
	deliver(f, 1, 4, 1); /* late */
	deliver(f, 1, 6, 1);
	deliver(f, 1, 5, 1); /* late by now */
	deliver(f, 2, 1, 1);
	deliver_flush(&f->stream);
	check_u64("two more", kernel->names_len, 3);
	check_u64("the next holder", kernel->names[1].fold.generation, 6);
	check_u64("another slot", kernel->names[2].fold.slot, 2);
	check_u64("the newest is noted", f->stream.notes[1].generation, 6);
	deliver_flush(&f->stream);
	check_u64("no more", kernel->names_len, 3);
	deliver(f, 3, UINT32_MAX, 1);
	deliver(f, 3, 1, 1); /* after the largest number */
	deliver_flush(&f->stream);
	check_u64("across the end of numbers", kernel->names_len, 5);
}

/* A holder that the agent before told of has its name. */
static void test_known(void **state)
{
	struct fixture *f = *state;

	told->slots[1] = (struct hp_told_slot) { .generation = 5, .seen = 2 };
	deliver(f, 1, 5, 1);
	deliver_flush(&f->stream);
	check_u64("named before", f->stream.kernel->names_len, 0);
	check_u64("it goes on", told->slots[1].seen, 3);
}

/* A line of no slot names nothing: of a sweep, or of a slot that can't be. */
static void test_no_holder(void **state)
{
	struct fixture *f = *state;
	struct hp_event record = record_of(1, 1, 1, 0);
	struct tally_line line = { .count = 1, .existing = 1 };

	deliver_line(&f->stream, &record, &line, 1000, 2000);
	deliver(f, HP_FOLD_SLOTS, 1, 1);
	deliver_flush(&f->stream);
	check_u64("lines", told->tally.delivered, 2);
	check_u64("existing", told->tally.existing, 1);
	check_u64("names", f->stream.kernel->names_len, 0);
	check_u64("the slot", told->slots[1].generation, 0);
}

/* A port that only a pod declares: its workload is the pod, whatever the record's group. */
static void test_declared(void **state)
{
	const struct pod pod = {
		.key = "u", .namespace_ = "shop", .name = "web", .uid = "u", .mirror_of = ""
	};
	struct fixture *f = *state;
	struct hp_event record = record_of(1, 1, 1, 0);

	record.key.how = HP_HOW_DECLARED;
	deliver_declared(&f->stream, &record, &pod, "nginx");
	deliver_flush(&f->stream);
	check_u64("lines", told->tally.delivered, 1);
	check_u64("no program counted it", told->tally.existing, 1);
	check_u64("by class",
		  told->tally.by_class[HP_CLASS_UNREGISTERED][HP_VERDICT_AUDITED][record.key.proto],
		  1);
	check_u64("of no slot", told->slots[1].generation, 0);
	check_u64("written", flushed, 1);
	check_u64("for one", noted[0].count, 1);
	check_u64("the observer first", noted[0].observed, 1);
	check_text("namespace", f->stream.event.workload.namespace_, "shop");
	check_text("container", f->stream.event.workload.container, "nginx");
	check_text("no group", f->stream.event.cgroup, "");
	check_text("no program", f->stream.event.exe, "");
	check_text("the pod", f->stream.event.pod, "u");
	deliver(f, 2, 1, 1);
	check_text("a bind is no pod's declaration", f->stream.event.pod, NULL);
	check_text("and has its group", f->stream.event.cgroup, fake_cgroup);
}

/* In a flood so many are named in a drain; the rest later, if they are still there. */
static void test_flood(void **state)
{
	struct fixture *f = *state;
	struct kernel *kernel = f->stream.kernel;
	const unsigned int holders = BATCH_NAMES + 10;

	for (uint32_t i = 1; i <= holders; i++) {
		const struct hp_told_slot slot = { .generation = 1, .seen = 1 };
		struct hp_event record = record_of(i, 1, 1, 0);

		if (i != holders) /* the last one is gone */
			assert_int_equal(fold_restore(f->stream.fold, i, &slot, &record), 0);
		deliver(f, i, 1, 1);
	}
	deliver_flush(&f->stream);
	check_u64("so many", kernel->names_len, BATCH_NAMES);
	assert_true(f->stream.unnamed);
	deliver_name_rest(&f->stream);
	deliver_flush(&f->stream);
	check_u64("the rest", kernel->names_len, holders - 1);
	assert_false(f->stream.unnamed);
	for (uint32_t i = 0; i < kernel->names_len; i++)
		check_u64("each", kernel->names[i].fold.slot, i + 1);
	deliver_name_rest(&f->stream);
	deliver_flush(&f->stream);
	f->stream.unnamed = true; /* by another slot */
	deliver_name_rest(&f->stream);
	deliver_flush(&f->stream);
	check_u64("once", kernel->names_len, holders - 1);
	f->stream.named = 0; /* another drain */
	deliver(f, 1000, 1, 1);
	deliver_flush(&f->stream);
	check_u64("named at once again", kernel->names_len, holders);
}

/* A notice goes out at once and counts as no line. */
static void test_notice(void **state)
{
	struct fixture *f = *state;
	struct notice notice = { .kind = NOTICE_REGISTRY, .message = "m" };

	deliver_notice(&f->stream, &notice);
	check_u64("told", notices, 1);
	check_u64("at once", flushes, 1);
	check_u64("to both", control_told, 1);
	check_u64("no line", told->tally.delivered, 0);
	check_kept(f, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_little, start, stop),
		cmocka_unit_test_setup_teardown(test_order, start, stop),
		cmocka_unit_test_setup_teardown(test_others, start, stop),
		cmocka_unit_test_setup_teardown(test_full, start, stop),
		cmocka_unit_test_setup_teardown(test_names, start, stop),
		cmocka_unit_test_setup_teardown(test_known, start, stop),
		cmocka_unit_test_setup_teardown(test_no_holder, start, stop),
		cmocka_unit_test_setup_teardown(test_declared, start, stop),
		cmocka_unit_test_setup_teardown(test_flood, start, stop),
		cmocka_unit_test_setup_teardown(test_notice, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
