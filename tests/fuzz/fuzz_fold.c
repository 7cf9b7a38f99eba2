// SPDX-License-Identifier: MIT
/*
 * Records and readings of slots, in any order. With an odd first byte they come
 * from a model of the kernel's slots (struct hp_fold_slot), out of order within
 * a window: never is more told of a holder than it has seen, and in the end
 * exactly that, also where nothing is folded. With an even one they are any bytes: nothing is told
 * twice, and no more of a holder than the most that anything said of it.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/event/fold.h"

#define SLOTS	  3
#define HOLDERS	  256
#define KEYS	  7
#define WINDOW	  8
#define LATE_MAX  16 /* holders of a slot that may come before a record of it; fold.c says why */
#define STEPS_MAX 512

struct tale {
	uint64_t told[SLOTS][HOLDERS];
	uint64_t most[SLOTS][HOLDERS]; /* that was said of a holder */
};

struct model {
	struct feed feed;
	struct hp_fold_slot slots[SLOTS];
	bool known[SLOTS][HOLDERS];
	struct hp_event queue[WINDOW];
	size_t queued;
	uint64_t now;
	struct tale tale;
	struct fold *fold;
};

static void on_line(void *data, const struct fold_line *line)
{
	struct tale *tale = data;
	const struct hp_fold_ref *ref = &line->record->fold;

	CHECK(line->count > 0 && line->first_ns <= line->last_ns);
	CHECK(line->processes > 0 && line->processes <= line->count);
	CHECK(line->addresses > 0 && line->addresses <= line->count);
	CHECK(ref->slot < SLOTS && ref->generation > 0 && ref->generation < HOLDERS);
	tale->told[ref->slot][ref->generation] += line->count;
	CHECK(tale->told[ref->slot][ref->generation] <= tale->most[ref->slot][ref->generation]);
}

static void say(struct tale *tale, uint32_t slot, uint32_t generation, uint64_t seen)
{
	if (seen > tale->most[slot][generation])
		tale->most[slot][generation] = seen;
}

/* ---- any bytes ---------------------------------------------------------------------------- */
static struct hp_binders any_binders(struct model *m)
{
	struct hp_binders b = { .latest = { .family = 4, .pid = feed_u8(&m->feed) } };

	for (size_t i = 0; i < HP_FOLD_MEMBERS; i++) {
		b.pid[i] = feed_u8(&m->feed) % 4;
		b.address[i] = feed_u8(&m->feed) % 4;
	}
	return b;
}

static void any_record(struct model *m)
{
	struct hp_event e = { .time_ns = feed_u8(&m->feed) };
	struct hp_fold_ref *ref = &e.fold;
	uint8_t bits = feed_u8(&m->feed);

	if (bits & 0x20)
		e.binders = any_binders(m);
	e.recent = feed_u8(&m->feed);
	e.current = feed_u8(&m->feed);
	ref->slot = bits % SLOTS;
	ref->generation = feed_u8(&m->feed);
	ref->seen = bits & 0x40 ? feed_u64(&m->feed) : feed_u8(&m->feed);
	ref->prev_seen = bits & 0x80 ? HP_FOLD_SAME : feed_u8(&m->feed);
	say(&m->tale, ref->slot, ref->generation, ref->seen);
	if (ref->generation > 1 && ref->prev_seen != HP_FOLD_SAME)
		say(&m->tale, ref->slot, ref->generation - 1, ref->prev_seen);
	CHECK(fold_record(m->fold, &e) == (ref->generation ? 0 : -EINVAL));
	ref->slot += HP_FOLD_SETS * HP_FOLD_WAYS;
	CHECK(fold_record(m->fold, &e) == -EINVAL);
}

static void any_reading(struct model *m)
{
	struct hp_fold_slot slot = { .generation = feed_u8(&m->feed), .seen = feed_u8(&m->feed) };
	uint32_t n = feed_u8(&m->feed) % SLOTS;

	slot.binders = any_binders(m);
	slot.recent = feed_u8(&m->feed);
	slot.current = feed_u8(&m->feed);
	say(&m->tale, n, slot.generation, slot.seen);
	fold_slot(m->fold, n, &slot, feed_u8(&m->feed), UINT64_MAX);
	fold_slot(m->fold, n + HP_FOLD_SETS * HP_FOLD_WAYS, &slot, 0, UINT64_MAX);
}

static void run_any(struct model *m)
{
	for (size_t n = 0; n < STEPS_MAX && m->feed.left; n++) {
		if (feed_u8(&m->feed) & 3)
			any_record(m);
		else
			any_reading(m);
	}
}

/* ---- the model ---------------------------------------------------------------------------- */
static void deliver(struct model *m, size_t at)
{
	struct hp_event e = m->queue[at];

	memmove(&m->queue[at], &m->queue[at + 1], (m->queued - at - 1) * sizeof(e));
	m->queued--;
	m->known[e.fold.slot][e.fold.generation] = true;
	CHECK(fold_record(m->fold, &e) == 0);
}

/* Records of one slot come late, but not by any number of holders. */
static void deliver_late_ones(struct model *m, uint32_t slot)
{
	for (size_t i = m->queued; i-- > 0;)
		if (m->queue[i].fold.slot == slot &&
		    m->queue[i].fold.generation + LATE_MAX <= m->slots[slot].generation)
			deliver(m, i);
}

static void send(struct model *m, uint32_t slot, uint64_t prev_seen)
{
	const struct hp_fold_slot *s = &m->slots[slot];

	deliver_late_ones(m, slot);
	if (m->queued == WINDOW)
		deliver(m, feed_u8(&m->feed) % WINDOW);
	m->queue[m->queued++] = (struct hp_event) {
		.fold = { slot, s->generation, s->seen, prev_seen },
		.time_ns = ++m->now,
	};
}

/* A violation of a key: of the slot's holder, or of a new one. */
static void violate(struct model *m, uint8_t bits)
{
	uint32_t slot = (bits >> 4) % SLOTS;
	struct hp_fold_slot *s = &m->slots[slot];
	uint64_t before = s->seen;
	uint16_t key = bits % KEYS;

	if (s->generation && s->key.port == key) {
		say(&m->tale, slot, s->generation, ++s->seen);
		if (bits & 0x80)
			send(m, slot, HP_FOLD_SAME);
		return;
	}
	if (s->generation == HOLDERS - 1)
		return;
	*s = (struct hp_fold_slot) { .key.port = key, .seen = 1, .generation = s->generation + 1 };
	say(&m->tale, slot, s->generation, 1);
	send(m, slot, before);
}

static void read_slot(struct model *m, uint32_t slot)
{
	fold_slot(m->fold, slot, &m->slots[slot], ++m->now, UINT64_MAX);
}

static void run_model(struct model *m)
{
	uint8_t what;

	for (size_t n = 0; n < STEPS_MAX && m->feed.left; n++) {
		what = feed_u8(&m->feed);
		if (what % 8 == 0)
			read_slot(m, (what >> 3) % SLOTS);
		else if (what % 8 == 1 && m->queued)
			deliver(m, (what >> 3) % m->queued);
		else
			violate(m, feed_u8(&m->feed));
	}
	while (m->queued)
		deliver(m, feed_u8(&m->feed) % m->queued);
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		read_slot(m, slot);
		for (uint32_t g = 1; g <= m->slots[slot].generation; g++)
			CHECK(m->known[slot][g] && m->tale.told[slot][g] == m->tale.most[slot][g]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(fold_freep) struct fold *fold = NULL;
	struct model m = { .feed = { data, size } };
	uint8_t how = feed_u8(&m.feed);

	CHECK(fold_new(on_line, &m.tale, &fold) == 0);
	m.fold = fold;
	if ((how & 3) == 3)
		fold_turn_off(fold);
	if (how & 1)
		run_model(&m);
	else
		run_any(&m);
	return 0;
}
