/* SPDX-License-Identifier: MIT */
/* Violations for tests of what becomes of them in the kernel: nothing is registered. */
#pragma once

#include "world.h"

#define LONG_NS 1000000000000000ULL /* no test takes as long */

static inline void begin(struct world *w, const struct world_load *how)
{
	world_start(w, how);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	world_mark(w);
}

static inline void violate(uint16_t port)
{
	assert_int_equal(world_bind(UDP4(NULL, port)), 0);
}

static inline void check_violations(const char *name, struct world *w, uint64_t n)
{
	check_u64(name, world_counted(w, HP_CLASS_UNREGISTERED, HP_VERDICT_AUDITED), n);
	check_u64(name, world_counted_all(w), n);
}

static inline void check_fold(const char *name, const struct hp_fold_ref *got, uint32_t generation,
			      uint64_t seen, uint64_t prev_seen)
{
	check_u64(name, got->generation, generation);
	check_u64(name, got->seen, seen);
	check_u64(name, got->prev_seen, prev_seen);
}

/* Other keys than that of a violation hold the set, quiet since `ticks`. */
static inline void plant(struct world *w, uint32_t number, const uint64_t ticks[HP_FOLD_WAYS],
			 uint32_t generation)
{
	struct hp_fold_set set = world_fold_set(w, number);

	for (uint32_t i = 0; i < HP_FOLD_WAYS; i++)
		set.slot[i] = (struct hp_fold_slot) {
			.key = { .workload = 1 + i, .port = (uint16_t)(1 + i) },
			.seen = 100 + i,
			.base = 10 * i,
			.sent_tick = ticks[i],
			.generation = generation,
		};
	world_set_fold_set(w, number, &set);
}
