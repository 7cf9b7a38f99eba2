// SPDX-License-Identifier: MIT
/*
 * Publishing a policy: rows, bitmap and configuration are written to the half that is
 * not in use, and one store puts them in force.
 *
 * To put a map into a map of maps, the kernel waits for all programs that run: some
 * milliseconds. For the first policy this is done while the programs are loaded (load.c),
 * for the next one when there is time (kernel_settle()).
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>

#include "kernel_internal.h"

#define BATCH	  1024
#define SPARE_MIN 512  /* rows that a small policy may grow to before it has to wait */
#define SPARE_MAX 2048 /* more would keep memory of megabytes for the rare case */

static int fill_batch(int fd, const struct policy_row *rows, uint32_t len)
{
	struct hp_row_key keys[BATCH];
	struct hp_row values[BATCH];

	for (uint32_t i = 0; i < len; i++) {
		keys[i] = rows[i].key;
		values[i] = rows[i].row;
	}
	return bpf_map_update_batch(fd, keys, values, &len, NULL) ? -errno : 0;
}

static int fill_rows(int fd, const struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < policy->len && r == 0; i += BATCH) {
		size_t rest = policy->len - i;

		r = fill_batch(fd, policy->rows + i, (uint32_t)(rest < BATCH ? rest : BATCH));
	}
	return r;
}

/* Replacing an element of a map of maps waits for all programs that run. */
static int replace_something(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	_cleanup_close_ int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "hp_wait", 4, 4, 1, NULL);
	_cleanup_close_ int outer = -1;
	uint32_t zero = 0;

	opts.inner_map_fd = (uint32_t)inner;
	if (inner >= 0)
		outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "hp_wait", 4, 4, 1, &opts);
	if (outer < 0 || bpf_map_update_elem(outer, &zero, &inner, BPF_ANY))
		return -errno;
	return 0;
}

/*
 * A program that runs may still read the half that is not in use any more: it would see
 * the rows of one policy and the bitmap of another. Some kernels (nohz_full) and some
 * sandboxes refuse the call.
 */
static int wait_for_readers(struct kernel *kernel)
{
	int r = 0;

	if (!kernel->generation || kernel->unread)
		return 0;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		r = replace_something();
	kernel->unread = r == 0;
	return r;
}

static uint32_t next_half(const struct kernel *kernel)
{
	return kernel->generation ? !(kernel->skel->bss->hp_active & HP_ACTIVE_POLICY) : 0;
}

/* Put a row map into the half that is not in use, which no program reads. */
static int install(const struct kernel *kernel, int rows)
{
	return row_map_install(bpf_map__fd(kernel->skel->maps.hp_rows), next_half(kernel), rows);
}

/*
 * Remember the map that was put in place last, and how many rows go into it. It stays
 * open when it is used, so that an agent has the same number of descriptors at all times.
 */
static void keep_row_map(struct kernel *kernel, int rows, uint32_t spare_len)
{
	cleanup_close(&kernel->rows);
	kernel->rows = rows;
	kernel->spare_len = spare_len;
}

/* Write the rows into the map that is in place already. */
static int write_spare(struct kernel *kernel, const struct policy *policy)
{
	kernel->spare_len = 0; /* in any case: it is in use then, or half full */
	return fill_rows(kernel->rows, policy);
}

static int write_new(struct kernel *kernel, const struct policy *policy)
{
	_cleanup_close_ int rows = row_map_create((uint32_t)policy->len);
	int r = rows < 0 ? rows : fill_rows(rows, policy);

	kernel->spare_len = 0;
	if (r == 0)
		r = wait_for_readers(kernel);
	if (r == 0)
		r = install(kernel, rows);
	if (r == 0)
		keep_row_map(kernel, TAKE_FD(rows), 0);
	return r;
}

static uint32_t active_word(const struct kernel *kernel, uint32_t half,
			    const struct hp_config *config)
{
	uint32_t word = half;

	if (config->mode != HP_MODE_UNSET)
		word |= kernel->has_pods ? HP_ACTIVE_SET | HP_ACTIVE_PODS : HP_ACTIVE_SET;
	if (config->mode == HP_MODE_ENFORCE && config->denies)
		word |= HP_ACTIVE_DENIES;
	if (config->denies & 1U << HP_CLASS_EPHEMERAL)
		word |= HP_ACTIVE_EPHEMERAL;
	return word;
}

int kernel_publish(struct kernel *kernel, const struct policy *policy,
		   const struct hp_config *config)
{
	uint32_t next = next_half(kernel);
	struct hp_config written = *config;
	int r;

	if (kernel->spare_len && policy->len <= kernel->spare_len)
		r = write_spare(kernel, policy);
	else
		r = write_new(kernel, policy);
	if (r < 0)
		return r;
	kernel->skel->bss->hp_bitmaps[next] = policy->bitmap;
	written.generation = kernel->generation + 1;
	if (bpf_map_update_elem(bpf_map__fd(kernel->skel->maps.hp_configs), &next, &written,
				BPF_ANY))
		return -errno;
	__atomic_store_n(&kernel->skel->bss->hp_active, active_word(kernel, next, config),
			 __ATOMIC_RELEASE);
	kernel->generation++;
	kernel->len = (uint32_t)policy->len;
	kernel->unread = kernel->generation == 1; /* no policy was there before the first one */
	return 0;
}

void kernel_set_pods(struct kernel *kernel, bool any, uint32_t level, uint64_t root)
{
	struct hostport_bpf__bss *bss = kernel->skel->bss;
	uint32_t word = bss->hp_active & ~HP_ACTIVE_PODS;

	/* while there is no root, every task may be in a pod */
	if (bss->hp_pods_root != root || bss->hp_pods_level != level) {
		__atomic_store_n(&bss->hp_pods_root, 0, __ATOMIC_RELEASE);
		__atomic_store_n(&bss->hp_pods_level, level, __ATOMIC_RELEASE);
		__atomic_store_n(&bss->hp_pods_root, root, __ATOMIC_RELEASE);
	}
	kernel->has_pods = any;
	/* what is in force may still be another agent's policy, or none */
	if (kernel->generation != kernel->generation_before)
		__atomic_store_n(&bss->hp_active,
				 any && word & HP_ACTIVE_SET ? word | HP_ACTIVE_PODS : word,
				 __ATOMIC_RELEASE);
}

int kernel_settle(struct kernel *kernel)
{
	uint32_t len = kernel->len > SPARE_MAX ? 1 : kernel->len + kernel->len / 4 + SPARE_MIN;
	_cleanup_close_ int rows = -1;
	int r;

	if (!kernel->generation || kernel->spare_len)
		return 0;
	r = wait_for_readers(kernel);
	if (r < 0)
		return r;
	rows = row_map_create(len);
	r = rows < 0 ? rows : install(kernel, rows);
	if (r < 0)
		return r;
	keep_row_map(kernel, TAKE_FD(rows), len);
	return 0;
}
