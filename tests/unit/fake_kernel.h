/* SPDX-License-Identifier: MIT */
/* The kernel's records, slots and counters, as a test makes them. In place of user/kernel/. */
#pragma once

#include <stdlib.h>

#include "test.h"

#include "../../user/kernel/kernel.h"

#define FAKE_RING  40000
#define FAKE_NAMES 512
#define FAKE_SLOTS 512

struct kernel {
	kernel_event_fn on_event;
	void *data;
	struct hp_event *ring; /* of FAKE_RING */
	size_t len, taken, released;
	unsigned int takes;
	void (*on_take)(struct kernel *kernel); /* NULL, or what happens then */
	uint32_t ring_bytes;
	int ring_fd;
	bool adopted;
	struct hp_counters counters;
	int counters_error;
	struct {
		uint32_t slot;
		struct hp_fold_slot value;
	} slots[FAKE_SLOTS];
	size_t slots_len;
	int slots_error;
	void (*on_read)(struct kernel *kernel);
	struct hp_event names[FAKE_NAMES]; /* as they were put */
	size_t names_len;
	struct hp_event kept[8]; /* of the agent before */
	size_t kept_len;
};

static inline struct kernel *fake_kernel_new(void)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	assert_non_null(kernel);
	kernel->ring = calloc(FAKE_RING, sizeof(*kernel->ring));
	assert_non_null(kernel->ring);
	kernel->ring_bytes = KERNEL_RING_MIN;
	kernel->ring_fd = -1;
	return kernel;
}

static inline void fake_kernel_free(struct kernel *kernel)
{
	free(kernel->ring);
	free(kernel);
}

static inline void fake_put_record(struct kernel *kernel, struct hp_event record)
{
	assert_true(kernel->len < FAKE_RING);
	kernel->ring[kernel->len++] = record;
}

uint32_t kernel_ring_bytes(const struct kernel *kernel)
{
	return kernel->ring_bytes;
}

int kernel_ring_fd(const struct kernel *kernel)
{
	return kernel->ring_fd;
}

bool kernel_adopted(const struct kernel *kernel)
{
	return kernel->adopted;
}

int kernel_on_event(struct kernel *kernel, kernel_event_fn fn, void *data)
{
	kernel->on_event = fn;
	kernel->data = data;
	return 0;
}

unsigned int kernel_take(struct kernel *kernel, unsigned int max)
{
	unsigned int n = 0;

	kernel->takes++;
	if (kernel->on_take)
		kernel->on_take(kernel);
	for (; n < max && kernel->taken < kernel->len; n++)
		kernel->on_event(kernel->data, &kernel->ring[kernel->taken++]);
	return n;
}

void kernel_release(struct kernel *kernel)
{
	kernel->released = kernel->taken;
}

int kernel_read_folds(struct kernel *kernel, kernel_slot_fn fn, void *data)
{
	if (kernel->slots_error)
		return kernel->slots_error;
	for (size_t i = 0; i < kernel->slots_len; i++)
		fn(data, kernel->slots[i].slot, &kernel->slots[i].value);
	if (kernel->on_read)
		kernel->on_read(kernel);
	return 0;
}

int kernel_counters(struct kernel *kernel, struct hp_counters *ret_counters)
{
	if (!kernel->counters_error)
		*ret_counters = kernel->counters;
	return kernel->counters_error;
}

int kernel_put_names(struct kernel *kernel, const struct hp_event *events, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		assert_true(kernel->names_len < FAKE_NAMES);
		kernel->names[kernel->names_len++] = events[i];
	}
	return 0;
}

int kernel_read_names(struct kernel *kernel, kernel_event_fn fn, void *data)
{
	for (size_t i = 0; i < kernel->kept_len; i++)
		fn(data, &kernel->kept[i]);
	return 0;
}
