// SPDX-License-Identifier: MIT
/*
 * From the kernel's records to lines.
 *
 * The kernel wakes the agent once in 10 ms at most, and not again for what
 * comes within that time: so a wake-up is followed by drains on a timer until
 * one finds nothing. Repeats are only counted in the fold slots, so while
 * there are new violations a tick reads the slots, as often as the kernel tells
 * of repeats (--fold). Both stop when nothing happens: an idle node has an idle
 * agent, but for watch.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "../base/log.h"
#include "../event/tally.h"
#include "deliver.h"
#include "../agent/state.h"

#define DRAIN_MS    10
#define TICK_MS	    1000 /* where nothing is folded */
#define TICK_MIN_MS 100
#define DRAIN_MAX   16384 /* records: a bound, for they may come as fast as they are taken */
#define DRAINS_MAX  32	  /* more than the largest ring holds */
#define QUIET_TICKS 3	  /* longer than the kernel folds without a record */

static void on_line(void *data, const struct hp_event *record, uint64_t count, uint64_t first_ns,
		    uint64_t last_ns)
{
	struct tally_line line = { .holder = &record->fold, .count = count };

	deliver_line(data, record, &line, first_ns, last_ns);
}

/*
 * Repeats are known by what they have in common; of their sockets one at a time is
 * enough, as of those that have no record. A flood would fill the memory of what is known.
 */
static bool is_remembered(struct agent *agent, const struct hp_fold_ref *ref)
{
	struct holder *holder = ref->slot < HP_FOLD_SLOTS ? &agent->holders[ref->slot] : NULL;
	bool same = holder && ref->generation && holder->generation == ref->generation;

	if (same && holder->remembered == agent->identity.moment)
		return true;
	if (same)
		holder->remembered = agent->identity.moment;
	return false;
}

static void on_record(void *data, const struct hp_event *record)
{
	struct agent *agent = data;
	int r = fold_record(agent->fold, record);

	if (!is_remembered(agent, &record->fold))
		deliver_remember(agent, record);
	if (r == 0)
		return;
	log_error("a violation can't be told: %s", strerror(-r));
	agent->settled = false; /* it is counted as lost, once nothing is on its way */
}

static uint64_t boot_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* Slots as they were read at one moment. */
struct readings {
	struct reading {
		uint32_t slot, generation;
		uint64_t seen;
	} * list; /* HP_FOLD_SLOTS of them */
	size_t len;
};

static void on_slot(void *data, uint32_t slot, const struct hp_fold_slot *value)
{
	struct readings *readings = data;

	readings->list[readings->len++] = (struct reading) {
		.slot = slot,
		.generation = value->generation,
		.seen = value->seen,
	};
}

/* Tell of waiting records, of at most DRAIN_MAX; how many. */
static unsigned int drain(struct agent *agent)
{
	unsigned int n, sum = 0;

	identity_moment(&agent->identity);
	agent->named = 0;
	do {
		n = kernel_take(agent->kernel, BATCH_RECORDS);
		deliver_flush(agent);
		kernel_release(agent->kernel); /* until then the next agent has them */
		sum += n;
	} while (n == BATCH_RECORDS && sum < DRAIN_MAX);
	return sum;
}

static uint64_t violations(struct agent *agent)
{
	struct hp_counters counters;

	if (kernel_counters(agent->kernel, &counters) < 0)
		return 0;
	return status_violations(&counters);
}

void drain_records(struct agent *agent)
{
	for (int i = 0; i < DRAINS_MAX && drain(agent) == DRAIN_MAX; i++)
		;
}

/*
 * What the slots said before the records were taken that were in the ring then: a new
 * holder is known by its record, and what a record tells of is left to it. Of holders
 * that were told of within `quiet_ns` nothing: their next record tells it.
 */
static void tell_slots(struct agent *agent, uint64_t quiet_ns)
{
	_cleanup_free_ struct reading *list = calloc(HP_FOLD_SLOTS, sizeof(*list));
	struct readings readings = { .list = list };
	uint64_t now = boot_ns();
	int r = list ? kernel_read_folds(agent->kernel, on_slot, &readings) : -ENOMEM;

	if (r < 0)
		log_error("reading fold slots: %s", strerror(-r));
	drain_records(agent);
	for (size_t i = 0; i < readings.len; i++) {
		const struct reading *at = &list[i];
		struct hp_fold_slot value = { .generation = at->generation, .seen = at->seen };

		fold_slot(agent->fold, at->slot, &value, now, now - quiet_ns);
	}
	deliver_name_rest(agent);
	deliver_flush(agent);
}

void drain_all(struct agent *agent)
{
	tell_slots(agent, 0);
}

static unsigned int tick_ms(const struct agent *agent)
{
	uint64_t ms = agent->config->fold_ns / 1000000;

	if (!ms)
		return agent->config->fold_ns ? TICK_MIN_MS : TICK_MS;
	return ms < TICK_MIN_MS ? TICK_MIN_MS : (unsigned int)ms;
}

/* Go on where it ticks: who comes back in between must not put it off. */
static int start_ticking(struct agent *agent)
{
	int r = agent->ticks ? 0 : loop_timer_set(agent->tick, tick_ms(agent), tick_ms(agent));

	agent->ticks = r == 0;
	return r;
}

/*
 * Come back after so many records: before as many have come as make the programs wake us
 * more often.
 */
static void come_back(struct agent *agent, unsigned int drained)
{
	uint64_t bytes = (uint64_t)drained * sizeof(struct hp_event);
	uint64_t ms = DRAIN_MS;

	if (bytes > deliver_little(agent))
		ms = DRAIN_MS * deliver_little(agent) / bytes;
	(void)loop_timer_set(agent->drain_timer, ms ? (unsigned int)ms : 1, 0);
}

static void on_drain_timer(void *data, uint32_t events)
{
	struct agent *agent = data;
	unsigned int n = drain(agent);

	(void)events;
	if (n > 0)
		come_back(agent, n);
}

/*
 * An agent that was killed may have taken a record, of which nobody knows any
 * more, a moment after a later one of its slot. When nothing happens, what still
 * stands in no line never will.
 */
static void settle(struct agent *agent, uint64_t counted)
{
	uint64_t missing = tally_pending(&agent->told->tally, counted, status_unsent(agent));

	agent->settled = true;
	if (!missing)
		return;
	tally_untold(agent->told, missing);
	log_warning(
		"%llu violations stand in no line: an agent ended while it told them, or there was"
		" no memory",
		(unsigned long long)missing);
}

static void on_tick(void *data, uint32_t events)
{
	struct agent *agent = data;
	uint64_t total = violations(agent);

	(void)events;
	/* a bit longer than the kernel waits: who goes on has a record before that */
	tell_slots(agent, agent->config->fold_ns + agent->config->fold_ns / 4);
	agent->quiet_ticks = total == agent->quiet_total ? agent->quiet_ticks + 1 : 0;
	agent->quiet_total = total;
	if (agent->quiet_ticks < QUIET_TICKS)
		return;
	if (!agent->settled)
		settle(agent, total);
	agent->ticks = loop_timer_set(agent->tick, 0, 0) < 0;
}

static void on_ring(void *data, uint32_t events)
{
	struct agent *agent = data;

	(void)events;
	come_back(agent, drain(agent));
	agent->quiet_ticks = 0;
	(void)start_ticking(agent);
}

static void restore_name(void *data, const struct hp_event *event)
{
	struct agent *agent = data;
	const struct hp_fold_ref *ref = &event->fold;

	if (ref->slot >= HP_FOLD_SLOTS ||
	    agent->told->slots[ref->slot].generation != ref->generation)
		return;
	deliver_remember(agent, event);
	if (fold_restore(agent->fold, ref->slot, &agent->told->slots[ref->slot], event) < 0)
		log_warning("repeats of a violation of before the start can't be told: %s",
			    strerror(ENOMEM));
}

/* Go on where the agent before this one ended: what it told is not told again. */
static int restore(struct agent *agent)
{
	int r;

	agent->settled = !kernel_adopted(agent->kernel);
	if (agent->settled)
		return 0;
	r = kernel_read_names(agent->kernel, restore_name, agent);
	for (uint32_t i = 0; i < HP_FOLD_SLOTS && r == 0; i++)
		if (agent->told->slots[i].generation)
			r = fold_restore(agent->fold, i, &agent->told->slots[i], NULL);
	if (r == 0) /* the records that wait woke somebody else */
		r = start_ticking(agent);
	return r;
}

int drain_start(struct agent *agent)
{
	int r = fold_new(on_line, agent, &agent->fold);

	agent->holders = calloc(HP_FOLD_SLOTS, sizeof(*agent->holders));
	if (!agent->holders)
		return -ENOMEM;
	if (r == 0 && !agent->config->fold_ns)
		fold_not(agent->fold);
	if (r == 0)
		r = kernel_on_event(agent->kernel, on_record, agent);
	if (r == 0)
		r = loop_timer(agent->loop, on_drain_timer, agent, &agent->drain_timer);
	if (r == 0)
		r = loop_timer(agent->loop, on_tick, agent, &agent->tick);
	if (r == 0)
		r = loop_add(agent->loop, kernel_ring_fd(agent->kernel), EPOLLIN | EPOLLET, on_ring,
			     agent, NULL);
	return r < 0 ? r : restore(agent);
}
