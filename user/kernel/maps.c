// SPDX-License-Identifier: MIT
/* The maps: made with what the programs are to know before they are loaded, or taken over. */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>

#include "kernel_internal.h"

#define RING_MIN     (256U * 1024)
#define RING_MAX     (16U * 1024 * 1024)
#define RING_PER_CPU (128 * (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ)) /* one burst */

/* A ring that holds a burst of every CPU: a power of two, as the kernel wants it. */
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

static int configure(struct kernel *kernel, const struct kernel_settings *settings)
{
	struct hostport_bpf *skel = kernel->skel;
	uint32_t ring = settings->ring_bytes ? settings->ring_bytes : ring_size(kernel->cpus);

	skel->rodata->hp_netns_cookie = settings->netns_cookie;
	skel->rodata->hp_netns_inum = settings->netns_inum;
	skel->rodata->hp_can_cast = !kernel->plain && kernel_btf_can_cast(&kernel->btf);
	skel->rodata->hp_root_cgroup = settings->root_cgroup;
	skel->rodata->hp_fold_ticks = ticks_of(settings->fold_ns);
	skel->rodata->hp_has_retval = has_retval();
	if (!settings->fold_ns) {
		/* no rate either, also over the tokens of an agent that had one */
		skel->rodata->hp_token_ns = 0;
		skel->rodata->hp_burst_ns = UINT64_MAX;
	}
	return bpf_map__set_max_entries(skel->maps.hp_ring, ring);
}

uint32_t kernel_ring_bytes(const struct kernel *kernel)
{
	return bpf_map__max_entries(kernel->skel->maps.hp_ring);
}

static void load_no_program(const struct hostport_bpf *skel)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, skel->obj)
	{
		(void)bpf_program__set_autoload(program, false);
	}
}

int maps_load(struct kernel *kernel, const struct kernel_settings *settings)
{
	int r = object_open(kernel);

	if (r < 0)
		return r;
	load_no_program(kernel->skel);
	r = configure(kernel, settings);
	if (r == 0 && kernel->adopted)
		r = adopt_maps(kernel, kernel->skel);
	if (r == 0 && kernel->row_maps >= 0)
		r = bpf_map__reuse_fd(kernel->skel->maps.hp_rows, kernel->row_maps);
	kernel->skel->rodata->hp_wake_bytes = kernel_ring_bytes(kernel) / 8;
	return r < 0 ? r : hostport_bpf__load(kernel->skel);
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

/* What the published policy is counted by goes on from there. */
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
		/* of a canary that was killed */
		kernel->skel->bss->hp_canary = (struct hp_canary) { 0 };
		return read_generation(kernel);
	}
	kernel_set_chosen_range(kernel, 1, UINT16_MAX); /* any, until somebody knows better */
	return kernel->pins ? adopt_begin(kernel) : 0;
}
