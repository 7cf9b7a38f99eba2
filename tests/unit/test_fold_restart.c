// SPDX-License-Identifier: MIT
/*
 * One agent after another over the same slots: whenever one ends, the next goes on
 * from what was kept (struct hp_told, and the names), and each violation is in
 * exactly one line of one of them. Records come in the order of the ring, where they
 * wait from one agent to the next; the same random numbers in every run.
 */
#include "test.h"

#include <stdbool.h>

#include "../../user/event/tally.h"
#include "fold_lines.h"

#define KEYS  9
#define RING  24
#define STEPS 20000

struct world {
	uint64_t random;
	struct hp_fold_slot slots[SLOTS];
	uint64_t seen[SLOTS][HOLDERS];
	struct hp_event ring[RING];
	size_t waiting;
	/* what outlives an agent */
	struct hp_told *kept;
	struct hp_event names[SLOTS];
	/* the agent */
	struct fold *fold;
	struct told told; /* of all agents together */
	unsigned int restarts;
	enum { FOLDS, FOLDS_NOT, FOLDS_IN_TURN } how;
};

/* xorshift64*: the same numbers in every run. */
static uint32_t draw(struct world *w, uint32_t n)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (uint32_t)((w->random * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

static void on_told(void *data, const struct fold_line *line)
{
	const struct hp_event *record = line->record;
	struct tally_line counted = { .holder = &record->fold, .count = line->count };
	struct world *w = data;

	if (tally_is_new(w->kept, &record->fold))
		w->names[record->fold.slot] = *record;
	on_line(&w->told, line);
	tally_line(w->kept, &counted);
}

/* An agent begins, as the last one left it: with the name of each holder. */
static void begin(struct world *w)
{
	assert_int_equal(fold_new(on_told, w, &w->fold), 0);
	if (w->how == FOLDS_NOT || (w->how == FOLDS_IN_TURN && w->restarts % 2))
		fold_turn_off(w->fold);
	for (uint32_t s = 0; s < SLOTS; s++) {
		const struct hp_told_slot *slot = &w->kept->slots[s];
		bool known = w->names[s].fold.generation == slot->generation;

		if (slot->generation)
			assert_int_equal(
				fold_restore(w->fold, s, slot, known ? &w->names[s] : NULL), 0);
	}
	w->restarts++;
}

static void deliver(struct world *w)
{
	struct hp_event e = w->ring[0];

	w->waiting--;
	memmove(w->ring, w->ring + 1, w->waiting * sizeof(w->ring[0]));
	assert_int_equal(fold_record(w->fold, &e), 0);
}

static void send(struct world *w, uint32_t slot, uint64_t prev)
{
	if (w->waiting == RING)
		deliver(w);
	w->ring[w->waiting++] =
		record_of(slot, w->slots[slot].generation, w->slots[slot].seen, prev);
}

static void violate(struct world *w, uint16_t key)
{
	uint32_t slot = draw(w, SLOTS);
	struct hp_fold_slot *s = &w->slots[slot];
	uint64_t prev = s->seen;

	for (uint32_t i = 0; i < SLOTS; i++) {
		if (w->slots[i].generation == 0 || w->slots[i].key.port != key)
			continue;
		w->slots[i].seen++;
		w->seen[i][w->slots[i].generation]++;
		if (draw(w, 5) == 0)
			send(w, i, HP_FOLD_SAME);
		return;
	}
	s->key.port = key;
	s->seen = 1;
	s->generation++;
	assert_true(s->generation < HOLDERS);
	w->seen[slot][s->generation] = 1;
	send(w, slot, prev);
}

static void read_slot(struct world *w, uint32_t slot)
{
	fold_slot(w->fold, slot, &w->slots[slot], record_of(0, 0, 0, 0).time_ns, UINT64_MAX);
}

static void step(struct world *w)
{
	uint32_t what = draw(w, 100);

	if (what == 0) {
		/* the record at hand was taken, and is there once more: it was not done with */
		struct hp_event again = w->ring[0];
		bool repeat = w->waiting > 0 && draw(w, 2) == 0;

		if (repeat)
			deliver(w);
		fold_free(w->fold);
		begin(w);
		if (repeat)
			assert_int_equal(fold_record(w->fold, &again), 0);
	} else if (what < 12) {
		read_slot(w, draw(w, SLOTS));
	} else if (what < 40) {
		if (w->waiting)
			deliver(w);
	} else {
		violate(w, (uint16_t)draw(w, draw(w, 50) ? SLOTS - 1 : KEYS));
	}
}

static void run(uint64_t seed, int how)
{
	struct world *w = calloc(1, sizeof(*w));
	uint64_t all = 0;

	assert_non_null(w);
	w->kept = calloc(1, sizeof(*w->kept));
	assert_non_null(w->kept);
	w->random = seed;
	w->how = how;
	begin(w);
	for (uint32_t i = 0; i < STEPS; i++)
		step(w);
	while (w->waiting)
		deliver(w);
	for (uint32_t s = 0; s < SLOTS; s++)
		read_slot(w, s);
	for (uint32_t s = 0; s < SLOTS; s++) {
		for (uint32_t g = 1; g <= w->slots[s].generation; g++) {
			all += w->seen[s][g];
			if (w->told.sum[s][g] != w->seen[s][g])
				fail_msg("slot %u generation %u: told of %llu, there were %llu", s,
					 g, (unsigned long long)w->told.sum[s][g],
					 (unsigned long long)w->seen[s][g]);
		}
	}
	check_u64("the tally of all agents", w->kept->tally.delivered + w->kept->tally.folded, all);
	assert_true(w->restarts > 50);
	fold_free(w->fold);
	free(w->kept);
	free(w);
}

static void test_restarts(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		run(seed * 0x9e3779b97f4a7c15ULL, FOLDS);
}

/* Agents with --fold=0, and such that take turns with others. */
static void test_restarts_without_folding(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		run(seed * 0x9e3779b97f4a7c15ULL, FOLDS_NOT);
		run(seed * 0x9e3779b97f4a7c15ULL, FOLDS_IN_TURN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_restarts),
		cmocka_unit_test(test_restarts_without_folding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
