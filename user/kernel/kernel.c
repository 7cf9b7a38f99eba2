// SPDX-License-Identifier: MIT
/* Policies, records and counters of the loaded programs. */
#include <errno.h>
#include <string.h>

#include "kernel_internal.h"

void kernel_set_chosen_range(struct kernel *kernel, uint16_t first, uint16_t last)
{
	kernel->skel->bss->hp_chosen_first = first;
	kernel->skel->bss->hp_chosen_last = last;
}

bool kernel_lsm_ran(const struct kernel *kernel)
{
	return kernel->skel->bss->hp_lsm_ran;
}

void kernel_set_guard(struct kernel *kernel, bool guard)
{
	kernel->skel->bss->hp_guard = guard;
}

bool kernel_guards(const struct kernel *kernel)
{
	return kernel->skel->bss->hp_guard;
}

bool kernel_has_errno(const struct kernel *kernel)
{
	return kernel->skel->rodata->hp_has_retval;
}

int kernel_ring_fd(const struct kernel *kernel)
{
	return bpf_map__fd(kernel->skel->maps.hp_ring);
}

uint32_t kernel_ring_bytes(const struct kernel *kernel)
{
	return bpf_map__max_entries(kernel->skel->maps.hp_ring);
}

int kernel_on_event(struct kernel *kernel, kernel_event_fn fn, void *data)
{
	kernel->on_event = fn;
	kernel->on_event_data = data;
	return records_open(kernel_ring_fd(kernel), kernel_ring_bytes(kernel),
			    sizeof(struct hp_event), &kernel->records);
}

static void on_sample(void *ctx, const void *record)
{
	struct kernel *kernel = ctx;

	kernel->on_event(kernel->on_event_data, record);
}

unsigned int kernel_take(struct kernel *kernel, unsigned int max)
{
	return records_take(kernel->records, max, on_sample, kernel);
}

void kernel_release(struct kernel *kernel)
{
	records_release(kernel->records);
}

int kernel_read_folds(struct kernel *kernel, kernel_slot_fn fn, void *data)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_folds);
	struct hp_fold_set set;

	for (uint32_t i = 0; i < HP_FOLD_SETS; i++) {
		/* under the set's lock: generation and count belong together */
		if (bpf_map_lookup_elem_flags(fd, &i, &set, BPF_F_LOCK))
			return -errno;
		for (uint32_t way = 0; way < HP_FOLD_WAYS; way++) {
			struct hp_fold_slot *slot = &set.slot[way];

			slot->seen -= slot->base;
			slot->base = 0;
			if (slot->generation)
				fn(data, i * HP_FOLD_WAYS + way, slot);
		}
	}
	return 0;
}

int kernel_counters(struct kernel *kernel, struct hp_counters *ret_counters)
{
	struct hp_counters sum = { 0 };
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(kernel->skel->maps.hp_counts), &zero, kernel->per_cpu))
		return -errno;
	for (int cpu = 0; cpu < kernel->cpus; cpu++) {
		const struct hp_counters *one = &kernel->per_cpu[cpu];

		for (size_t c = 0; c < HP_CLASS_MAX; c++)
			for (size_t v = 0; v < HP_VERDICT_MAX; v++)
				for (size_t p = 0; p < HP_PROTO_MAX; p++)
					sum.count[c][v][p] += one->count[c][v][p];
		for (size_t i = 0; i < HP_LOST_MAX; i++)
			sum.lost[i] += one->lost[i];
	}
	*ret_counters = sum;
	return 0;
}

size_t kernel_losses(const struct kernel *kernel, struct kernel_loss *losses)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_losses);
	__u64 keys[HP_LOSERS];
	struct hp_loss values[HP_LOSERS];
	__u32 next, len = HP_LOSERS;

	/* at the end of the map it fails with ENOENT, and has read what there is */
	if (bpf_map_lookup_batch(fd, NULL, &next, keys, values, &len, NULL) && errno != ENOENT)
		return 0;
	for (__u32 i = 0; i < len; i++) {
		losses[i].workload = keys[i];
		losses[i].lost = values[i].lost;
		memcpy(losses[i].ancestors, values[i].ancestors, sizeof(losses[i].ancestors));
	}
	return len;
}

struct hp_told *kernel_told(const struct kernel *kernel)
{
	return kernel->told;
}

int kernel_put_names(struct kernel *kernel, const struct hp_event *events, unsigned int len)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_names);

	for (unsigned int i = 0; i < len; i++)
		if (bpf_map_update_elem(fd, &events[i].fold.slot, &events[i], BPF_ANY))
			return -errno;
	return 0;
}

int kernel_read_names(struct kernel *kernel, kernel_event_fn fn, void *data)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_names);
	uint32_t key, *before = NULL;
	struct hp_event event = { 0 }; /* HP_NAME_LEN bytes of it are kept */

	while (bpf_map_get_next_key(fd, before, &key) == 0) {
		if (bpf_map_lookup_elem(fd, &key, &event) == 0)
			fn(data, &event);
		before = &key;
	}
	return errno == ENOENT ? 0 : -errno;
}

volatile struct hp_canary *kernel_canary(struct kernel *kernel)
{
	return (volatile struct hp_canary *)&kernel->skel->bss->hp_canary;
}

uint32_t kernel_generation(const struct kernel *kernel)
{
	return kernel->generation;
}
