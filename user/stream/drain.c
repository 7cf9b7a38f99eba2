// SPDX-License-Identifier: MIT
/*
 * The kernel wakes the agent at most once in 10 ms, and not for records that come within that
 * time. So after a wake-up a timer drains until a drain finds nothing. Repeats are only counted,
 * in the fold slots. So while there are new violations a tick reads the slots, as often as the
 * kernel sends a record of repeats (--fold). Both stop when nothing happens: on an idle node
 * the agent is idle.
 */
#include "drain.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../event/tally.h"
#include "accounts.h"
#include "deliver.h"

#define DRAIN_MS    10
#define TICK_MS	    1000 /* if nothing is folded */
#define TICK_MIN_MS 100
#define DRAIN_MAX   16384 /* records in one drain: they may come as fast as they are taken */
#define DRAINS_MAX  32	  /* more than the largest ring holds */
#define QUIET_TICKS 3	  /* longer than the kernel folds without sending a record */

static void on_line(void *data, const struct fold_line *line)
{
	const struct tally_line counted = {
		.holder = &line->record->fold,
		.count = line->count,
		.processes = line->processes,
		.addresses = line->addresses,
	};

	deliver_line(data, line->record, &counted, line->first_ns, line->last_ns);
}

/*
 * Has the observer seen a socket of this slot's holder at this moment? Then it need not see
 * another: it knows repeats by what they have in common, and a flood would fill its memory.
 */
static bool was_observed(struct stream *stream, const struct hp_fold_ref *ref)
{
	struct slot_note *note = ref->slot < HP_FOLD_SLOTS ? &stream->notes[ref->slot] : NULL;
	bool same = note && ref->generation && note->generation == ref->generation;

	if (same && note->moment == stream->identity->moment)
		return true;
	if (same)
		note->moment = stream->identity->moment;
	return false;
}

static void observe(struct stream *stream, const struct hp_event *record)
{
	stream->observer.on_record(stream->observer.data, record);
}

static void on_record(void *data, const struct hp_event *record)
{
	struct stream *stream = data;
	int r = fold_record(stream->fold, record);

	if (!was_observed(stream, &record->fold))
		observe(stream, record);
	if (r == 0)
		return;
	log_error("a violation can't be logged: %s", strerror(-r));
	stream->settled = false; /* settle() counts it as lost later */
}

/* The slots, read at one moment. */
struct readings {
	struct reading {
		uint32_t slot;
		struct hp_fold_slot value;
	} * list; /* HP_FOLD_SLOTS of them */
	size_t len;
};

static void on_slot(void *data, uint32_t slot, const struct hp_fold_slot *value)
{
	struct readings *readings = data;

	readings->list[readings->len++] = (struct reading) { slot, *value };
}

/* Take the waiting records, at most DRAIN_MAX, and return how many. */
static unsigned int drain(struct stream *stream)
{
	unsigned int n, sum = 0;

	identity_moment(stream->identity);
	stream->named = 0;
	do {
		n = kernel_take(stream->kernel, BATCH_RECORDS);
		deliver_flush(stream);
		kernel_release(stream->kernel); /* before this the next agent would take them */
		sum += n;
	} while (n == BATCH_RECORDS && sum < DRAIN_MAX);
	return sum;
}

static uint64_t count_violations(const struct stream *stream)
{
	struct accounts accounts;

	accounts_read(stream->kernel, stream->told, &accounts);
	return accounts.violations;
}

void drain_records(struct stream *stream)
{
	for (int i = 0; i < DRAINS_MAX && drain(stream) == DRAIN_MAX; i++)
		;
}

/*
 * Make lines of what the slots have counted. The slots are read first, then the records that were
 * in the ring: a record names its holder and makes a line of its own violations. A holder that
 * had a line within `quiet_ns` gets none: its next record makes one.
 */
static void drain_slots(struct stream *stream, uint64_t quiet_ns)
{
	_cleanup_free_ struct reading *list = calloc(HP_FOLD_SLOTS, sizeof(*list));
	struct readings readings = { .list = list };
	uint64_t now = clock_boot_ns();
	int r = list ? kernel_read_folds(stream->kernel, on_slot, &readings) : -ENOMEM;

	if (r < 0)
		log_error("reading fold slots: %s", strerror(-r));
	drain_records(stream);
	for (size_t i = 0; i < readings.len; i++) {
		const struct reading *at = &list[i];

		fold_slot(stream->fold, at->slot, &at->value, now, now - quiet_ns);
	}
	deliver_name_rest(stream);
	deliver_flush(stream);
}

void drain_all(struct stream *stream)
{
	if (stream->fold)
		drain_slots(stream, 0);
}

static unsigned int tick_ms(const struct stream *stream)
{
	uint64_t ms = stream->fold_ns / 1000000;

	if (!ms)
		return stream->fold_ns ? TICK_MIN_MS : TICK_MS;
	return ms < TICK_MIN_MS ? TICK_MIN_MS : (unsigned int)ms;
}

/* A tick that is set stays: later records must not delay it. */
static int start_ticking(struct stream *stream)
{
	int r = stream->ticks ? 0 : loop_timer_set(stream->tick, tick_ms(stream), tick_ms(stream));

	stream->ticks = r == 0;
	return r;
}

/* Drain again before so many records wait that the programs wake the agent more often. */
static void set_drain_timer(struct stream *stream, unsigned int drained)
{
	uint64_t bytes = (uint64_t)drained * sizeof(struct hp_event);
	uint64_t ms = DRAIN_MS;

	if (bytes > deliver_little(stream))
		ms = DRAIN_MS * deliver_little(stream) / bytes;
	(void)loop_timer_set(stream->drain_timer, ms ? (unsigned int)ms : 1, 0);
}

static void on_drain_timer(void *data, uint32_t events)
{
	struct stream *stream = data;
	unsigned int n = drain(stream);

	(void)events;
	if (n > 0)
		set_drain_timer(stream, n);
}

/*
 * A killed agent may have taken a record and not logged it. When nothing happens any more, a
 * violation without a line will never have one: count it as lost.
 */
static void settle(struct stream *stream, uint64_t counted)
{
	struct accounts accounts;
	uint64_t missing;

	accounts_read(stream->kernel, stream->told, &accounts);
	missing = tally_pending(&accounts.tally, counted, accounts.unsent);
	stream->settled = true;
	if (!missing)
		return;
	tally_untold(stream->told, missing);
	log_warning("%llu violations were never logged: a previous agent died while logging, or"
		    " there was no memory",
		    (unsigned long long)missing);
}

static void on_tick(void *data, uint32_t events)
{
	struct stream *stream = data;
	uint64_t total = count_violations(stream);

	(void)events;
	/* a bit longer than the kernel waits: an active holder sends a record before that */
	drain_slots(stream, stream->fold_ns + stream->fold_ns / 4);
	stream->quiet_ticks = total == stream->quiet_total ? stream->quiet_ticks + 1 : 0;
	stream->quiet_total = total;
	if (stream->quiet_ticks < QUIET_TICKS)
		return;
	if (!stream->settled)
		settle(stream, total);
	stream->ticks = loop_timer_set(stream->tick, 0, 0) < 0;
}

static void on_ring(void *data, uint32_t events)
{
	struct stream *stream = data;

	(void)events;
	set_drain_timer(stream, drain(stream));
	stream->quiet_ticks = 0;
	(void)start_ticking(stream);
}

static void restore_name(void *data, const struct hp_event *event)
{
	struct stream *stream = data;
	const struct hp_fold_ref *ref = &event->fold;

	if (ref->slot >= HP_FOLD_SLOTS ||
	    stream->told->slots[ref->slot].generation != ref->generation)
		return;
	observe(stream, event);
	if (fold_restore(stream->fold, ref->slot, &stream->told->slots[ref->slot], event) < 0)
		log_warning("repeats of a violation from before the start can't be logged: %s",
			    strerror(ENOMEM));
}

/* Go on where the previous agent ended, so that its lines are not written again. */
static int restore(struct stream *stream)
{
	int r;

	stream->settled = !kernel_adopted(stream->kernel);
	if (stream->settled)
		return 0;
	r = kernel_read_names(stream->kernel, restore_name, stream);
	for (uint32_t i = 0; i < HP_FOLD_SLOTS && r == 0; i++)
		if (stream->told->slots[i].generation)
			r = fold_restore(stream->fold, i, &stream->told->slots[i], NULL);
	if (r == 0) /* waiting records woke the previous agent, not this one */
		r = start_ticking(stream);
	return r;
}

int drain_start(struct stream *stream)
{
	int r = fold_new(on_line, stream, &stream->fold);

	stream->notes = calloc(HP_FOLD_SLOTS, sizeof(*stream->notes));
	if (!stream->notes)
		return -ENOMEM;
	if (r == 0 && !stream->fold_ns)
		fold_turn_off(stream->fold);
	if (r == 0)
		r = kernel_on_event(stream->kernel, on_record, stream);
	if (r == 0)
		r = loop_timer(stream->loop, on_drain_timer, stream, &stream->drain_timer);
	if (r == 0)
		r = loop_timer(stream->loop, on_tick, stream, &stream->tick);
	if (r == 0)
		r = loop_add(stream->loop, kernel_ring_fd(stream->kernel), EPOLLIN | EPOLLET,
			     on_ring, stream, NULL);
	return r < 0 ? r : restore(stream);
}

void drain_stop(struct stream *stream)
{
	fold_free(stream->fold);
	free(stream->notes);
}
