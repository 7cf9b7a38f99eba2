// SPDX-License-Identifier: MIT
/* The fold against a model of the kernel's slots, with the same random numbers in every run. */
#include "test.h"

#include <stdbool.h>

#include "fold_lines.h"

/*
 * A model of the kernel: keys hold slots as struct hp_fold_slot says, most
 * repeats are not sent, and what is sent comes out of order within a window.
 */
#define KEYS	  9
#define WINDOW	  12
#define QUEUE_MAX (WINDOW + 1)

struct model {
	uint64_t random;
	struct hp_fold_slot slots[SLOTS];
	uint64_t seen[SLOTS][HOLDERS]; /* violations of each holder */
	bool known[SLOTS][HOLDERS];    /* a record of it was delivered */
	struct hp_event queue[QUEUE_MAX];
	size_t queued;
	struct fold *fold;
};

/* xorshift64*: the same numbers in every run. */
static uint32_t draw(struct model *m, uint32_t n)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (uint32_t)((m->random * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

static void deliver(struct model *m)
{
	size_t at = draw(m, (uint32_t)m->queued);
	struct hp_event e = m->queue[at];

	memmove(&m->queue[at], &m->queue[at + 1], (m->queued - at - 1) * sizeof(m->queue[0]));
	m->queued--;
	m->known[e.fold.slot][e.fold.generation] = true;
	assert_int_equal(fold_record(m->fold, &e), 0);
}

static void send(struct model *m, uint32_t slot, uint64_t prev)
{
	m->queue[m->queued++] =
		record_of(slot, m->slots[slot].generation, m->slots[slot].seen, prev);
	if (m->queued == QUEUE_MAX)
		deliver(m);
}

/* A violation of `key`; some are repeated often, some hardly ever. */
static void violate(struct model *m, uint16_t key, uint32_t sent_one_in)
{
	uint32_t slot = draw(m, SLOTS);
	struct hp_fold_slot *s = &m->slots[slot];
	uint64_t prev = s->seen;

	for (uint32_t i = 0; i < SLOTS; i++) {
		if (m->slots[i].generation == 0 || m->slots[i].key.port != key)
			continue;
		m->slots[i].seen++;
		m->seen[i][m->slots[i].generation]++;
		if (draw(m, sent_one_in) == 0)
			send(m, i, HP_FOLD_SAME);
		return;
	}
	s->key.port = key;
	s->seen = 1;
	s->generation++;
	assert_true(s->generation < HOLDERS);
	m->seen[slot][s->generation] = 1;
	send(m, slot, prev);
}

static void read_slot(struct model *m, uint32_t slot)
{
	fold_slot(m->fold, slot, &m->slots[slot], record_of(0, 0, 0, 0).time_ns, UINT64_MAX);
}

/* At no moment is more told of than there was. */
static void check_never_too_much(const struct model *m, const struct told *told)
{
	for (uint32_t s = 0; s < SLOTS; s++) {
		uint32_t g = m->slots[s].generation;

		for (uint32_t back = 0; back < 40 && back < g; back++)
			if (told->sum[s][g - back] > m->seen[s][g - back])
				fail_msg("slot %u generation %u: told of %llu, there were %llu", s,
					 g - back, (unsigned long long)told->sum[s][g - back],
					 (unsigned long long)m->seen[s][g - back]);
	}
}

static void check_exact(const struct model *m, const struct told *told)
{
	for (uint32_t s = 0; s < SLOTS; s++)
		for (uint32_t g = 1; g <= m->slots[s].generation; g++)
			if (told->sum[s][g] != (m->known[s][g] ? m->seen[s][g] : 0))
				fail_msg("slot %u generation %u: told of %llu, there were %llu", s,
					 g, (unsigned long long)told->sum[s][g],
					 (unsigned long long)m->seen[s][g]);
}

static void step_model(struct model *m, uint32_t busy)
{
	switch (draw(m, 8)) {
	case 0:
		read_slot(m, draw(m, SLOTS));
		break;
	case 1:
		if (m->queued)
			deliver(m);
		break;
	default:
		/* At quiet times few keys repeat; at busy ones they throw each other out. */
		violate(m, (uint16_t)draw(m, busy ? KEYS : SLOTS - 1), 1 + draw(m, 6));
	}
}

/*
 * `before`: steps that an earlier agent saw, and that left the slots in use. `folds`: false,
 * each record is a line of one, and of what has no record readings tell.
 */
static void run_model(uint64_t seed, uint32_t before, uint32_t steps, bool folds)
{
	_cleanup_free_ struct model *m = calloc(1, sizeof(*m));
	_cleanup_free_ struct told *earlier = calloc(1, sizeof(*earlier));
	_cleanup_free_ struct told *told = calloc(1, sizeof(*told));

	assert_non_null(m);
	assert_non_null(earlier);
	assert_non_null(told);
	m->random = seed;
	assert_int_equal(fold_new(on_line, earlier, &m->fold), 0);
	for (uint32_t i = 0; i < before; i++)
		step_model(m, 1);
	while (m->queued && before)
		deliver(m);
	fold_free(m->fold);
	memset(m->known, 0, sizeof(m->known));
	assert_int_equal(fold_new(on_line, told, &m->fold), 0);
	if (!folds)
		fold_turn_off(m->fold);
	for (uint32_t i = 0; i < steps; i++) {
		step_model(m, i / 500 % 2);
		check_never_too_much(m, told);
	}
	while (m->queued)
		deliver(m);
	for (uint32_t s = 0; s < SLOTS; s++)
		read_slot(m, s);
	check_exact(m, told);
	fold_free(m->fold);
}

static void test_model(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run_model(seed * 0x9e3779b97f4a7c15ULL, 0, 5000, true);
}

static void test_model_without_folding(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		run_model(seed * 0x9e3779b97f4a7c15ULL, 0, 5000, false);
		run_model(seed * 0x9e3779b97f4a7c15ULL, 40 + (uint32_t)seed, 5000, false);
	}
}

static void test_model_after_another(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++)
		run_model(seed * 0x9e3779b97f4a7c15ULL, 40 + (uint32_t)seed, 5000, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_model_after_another),
		cmocka_unit_test(test_model_without_folding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
