// SPDX-License-Identifier: MIT
/* The maps and constants: what the programs know before they are loaded, and what they find then.
 */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "kernel_internal.h"

#define RING_MIN     (512U * 1024)
#define RING_MAX     (16U * 1024 * 1024)
#define RING_PER_CPU (128 * (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ))

/*
 * A ring that holds the bursts of four workloads, and a third of one on every CPU: a power of
 * two, as the kernel wants it.
 */
static uint32_t ring_size(int cpus)
{
	uint32_t size = RING_MIN;

	while (size < RING_MAX && size < RING_PER_CPU * (size_t)cpus)
		size *= 2;
	return size;
}

static bool has_helper(enum bpf_prog_type type, enum bpf_func_id helper)
{
	return libbpf_probe_bpf_helper(type, helper, NULL) == 1;
}

/*
 * The helpers came to other program types first, so that neither the kernel's
 * version nor its BTF tells: ask by loading.
 */
static bool has_retval(void)
{
	return has_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_set_retval) &&
	       has_helper(BPF_PROG_TYPE_CGROUP_SOCK, BPF_FUNC_get_retval);
}

/* Nanoseconds in jiffies, whose length is that of the coarse clocks' steps. */
static uint64_t ticks_of(uint64_t ns)
{
	struct timespec tick = { .tv_nsec = 10000000 };

	(void)clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return tick.tv_nsec > 0 ? (ns + (uint64_t)tick.tv_nsec - 1) / (uint64_t)tick.tv_nsec : ns;
}

static void set_constants(const struct kernel *kernel, const struct kernel_settings *settings,
			  bool can_cast)
{
	struct hostport_bpf__rodata *rodata = kernel->skel->rodata;

	rodata->hp_netns_cookie = settings->netns_cookie;
	rodata->hp_netns_inum = settings->netns_inum;
	rodata->hp_can_cast = can_cast;
	rodata->hp_root_cgroup = settings->root_cgroup;
	rodata->hp_fold_ticks = ticks_of(settings->fold_ns);
	rodata->hp_has_retval = has_retval();
	if (!settings->fold_ns) {
		/* no rate either, also over the tokens of an agent that had one */
		rodata->hp_token_ns = 0;
		rodata->hp_burst_ns = UINT64_MAX;
	}
}

int maps_prepare(struct kernel *kernel, const struct kernel_settings *settings, bool can_cast)
{
	struct bpf_map *ring = kernel->skel->maps.hp_ring;
	uint32_t bytes = settings->ring_bytes ? settings->ring_bytes : ring_size(kernel->cpus);
	int r = bpf_map__set_max_entries(ring, bytes);

	set_constants(kernel, settings, can_cast);
	if (r == 0 && kernel->adopted)
		r = adopt_maps(kernel, kernel->skel);
	if (r == 0 && kernel->first_row_map.row_maps >= 0)
		r = bpf_map__reuse_fd(kernel->skel->maps.hp_rows, kernel->first_row_map.row_maps);
	/* one that is taken over has another size */
	kernel->skel->rodata->hp_wake_bytes = bpf_map__max_entries(ring) / 8;
	return r;
}

/* ---- afterwards --------------------------------------------------------------------------- */

static int share_told(struct kernel *kernel)
{
	void *p = mmap(NULL, sizeof(*kernel->told), PROT_READ | PROT_WRITE, MAP_SHARED,
		       bpf_map__fd(kernel->skel->maps.hp_told), 0);

	if (p == MAP_FAILED)
		return -errno;
	kernel->told = p;
	return 0;
}

/* Policies are numbered on from the one that is in force. */
static int read_generation(struct kernel *kernel)
{
	uint32_t word = kernel->skel->bss->hp_active, active = word & HP_ACTIVE_POLICY;
	struct hp_config config;

	if (bpf_map_lookup_elem(bpf_map__fd(kernel->skel->maps.hp_configs), &active, &config))
		return -errno;
	kernel->generation = config.generation;
	kernel->generation_before = config.generation;
	kernel->active_before = word;
	return 0;
}

int maps_ready(struct kernel *kernel)
{
	int r = share_told(kernel);

	if (r < 0)
		return r;
	if (kernel->adopted) {
		/* what a canary that was killed left there */
		kernel->skel->bss->hp_canary = (struct hp_canary) { 0 };
		return read_generation(kernel);
	}
	kernel_set_chosen_range(kernel, 1, UINT16_MAX); /* any port, until the range is read */
	return kernel->pins ? adopt_begin(kernel) : 0;
}
