/* SPDX-License-Identifier: MIT */
/* What a fold told of, for its tests. */
#pragma once

#include <stdlib.h>

#include "test.h"

#include "../../user/event/fold.h"

/* Lines as they were told: one after another, and sums for each holder. */
#define LINES_MAX 64
#define SLOTS	  4
#define HOLDERS	  20000

struct line {
	uint32_t generation, pid;
	uint64_t count, first_ns, last_ns;
};

struct told {
	struct line lines[LINES_MAX];
	size_t len;
	uint64_t sum[SLOTS][HOLDERS];
	uint64_t total;
};

static inline void on_line(void *data, const struct hp_event *event, uint64_t count,
			   uint64_t first_ns, uint64_t last_ns)
{
	struct told *told = data;
	uint32_t generation = event->fold.generation;

	assert_true(count > 0);
	assert_true(first_ns <= last_ns);
	assert_true(event->fold.slot < SLOTS && generation < HOLDERS);
	told->lines[told->len % LINES_MAX] =
		(struct line) { generation, event->pid, count, first_ns, last_ns };
	told->len++;
	told->sum[event->fold.slot][generation] += count;
	told->total += count;
}

/* A record, each one a nanosecond after the last. */
static inline struct hp_event record_of(uint32_t slot, uint32_t generation, uint64_t seen,
					uint64_t prev)
{
	static uint64_t now;

	return (struct hp_event) {
		.fold = { slot, generation, seen, prev },
		.time_ns = ++now,
	};
}
