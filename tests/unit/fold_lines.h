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
	uint32_t processes, addresses;
};

struct told {
	struct line lines[LINES_MAX];
	size_t len;
	uint64_t sum[SLOTS][HOLDERS];
	uint64_t total;
};

static inline void on_line(void *data, const struct fold_line *line)
{
	const struct hp_event *record = line->record;
	struct told *told = data;
	uint32_t generation = record->fold.generation;

	assert_true(line->count > 0);
	assert_true(line->first_ns <= line->last_ns);
	assert_true(line->processes > 0 && line->processes <= line->count);
	assert_true(line->addresses > 0 && line->addresses <= line->count);
	assert_true(record->fold.slot < SLOTS && generation < HOLDERS);
	told->lines[told->len % LINES_MAX] = (struct line) {
		.generation = generation,
		.pid = record->pid,
		.count = line->count,
		.first_ns = line->first_ns,
		.last_ns = line->last_ns,
		.processes = line->processes,
		.addresses = line->addresses,
	};
	told->len++;
	told->sum[record->fold.slot][generation] += line->count;
	told->total += line->count;
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
