// SPDX-License-Identifier: MIT
/* Opening and loading the object, with the programs that this kernel takes. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../base/log.h"
#include "ahead.h"
#include "parts.h"

#define RING_MIN     (256U * 1024)
#define RING_MAX     (16U * 1024 * 1024)
#define RING_PER_CPU (128 * (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ)) /* one burst */
#define LINES_SHOWN  20 /* of what libbpf says at once */

struct bpf_program *part_program(const struct hostport_bpf *skel, enum part part)
{
	struct bpf_program *const programs[PART_MAX] = {
		skel->progs.hp_bind4,	       skel->progs.hp_bind6,
		skel->progs.hp_post_bind4,     skel->progs.hp_post_bind6,
		skel->progs.hp_listen_sockops, skel->progs.hp_listen_fexit,
		skel->progs.hp_sctp_bind,      skel->progs.hp_sctp_listen,
		skel->progs.hp_sctp_bindx,
	};

	return programs[part];
}

/* The last lines of a text; the verifier's log may have thousands before the one that matters. */
static char *tail_of(char *text, int lines)
{
	char *at = text + strlen(text);

	while (at > text && at[-1] == '\n')
		at--;
	while (at > text && lines > 0)
		lines -= *--at == '\n';
	return lines > 0 ? at : at + 1;
}

/* libbpf's reasons, a line each. */
static int print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	_cleanup_buf_ struct buf text = { 0 };
	char *save = NULL, *line;

	if (level != LIBBPF_WARN)
		return 0;
	buf_vprintf(&text, fmt, ap);
	if (text.failed || !text.data)
		return 0;
	for (line = strtok_r(tail_of(text.data, LINES_SHOWN), "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		log_warning("%s", line);
	return 0;
}

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

static int share(const struct bpf_map *map, size_t size, void **ret)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	if (p == MAP_FAILED)
		return -errno;
	*ret = p;
	return 0;
}

static int share_maps(struct kernel *kernel)
{
	int r = share(kernel->skel->maps.hp_fronts, HP_POLICIES * sizeof(struct hp_front),
		      (void **)&kernel->fronts);

	return r < 0 ? r :
		       share(kernel->skel->maps.hp_told, sizeof(*kernel->told),
			     (void **)&kernel->told);
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

/* Maps that were there go on as they are; what is new begins from nothing. */
static int ready_maps(struct kernel *kernel)
{
	int r = share_maps(kernel);

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

/* Open and load with these programs beside the four. */
static int load_with(struct kernel *kernel, const struct kernel_settings *settings, uint32_t parts)
{
	int r = object_open(kernel);

	if (r < 0)
		return r;
	r = configure(kernel, settings);
	if (r == 0 && kernel->adopted)
		r = adopt_maps(kernel, kernel->skel);
	if (r == 0 && kernel->row_maps >= 0)
		r = bpf_map__reuse_fd(kernel->skel->maps.hp_rows, kernel->row_maps);
	kernel->skel->rodata->hp_wake_bytes = kernel_ring_bytes(kernel) / 8;
	for (enum part p = KERNEL_ATTACHMENTS; p < PART_MAX && r == 0; p++)
		r = bpf_program__set_autoload(part_program(kernel->skel, p), parts & 1U << p);
	if (r == 0)
		r = hostport_bpf__load(kernel->skel);
	if (r < 0) {
		hostport_bpf__destroy(kernel->skel);
		kernel->skel = NULL;
	}
	return r;
}

/*
 * Some machines refuse tracing and LSM programs whatever is in them, before they
 * look at it: then the fruitless loading, of milliseconds, can be spared. Here
 * the function to trace is missing on purpose.
 */
static bool may_trace(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FEXIT);
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_close_ int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "hp_may_trace", "GPL", insns,
					       ARRAY_LEN(insns), &opts);

	return fd >= 0 || errno != EPERM;
}

/* What to try, the most wished first; the last one is what must load. */
static size_t plan(const struct kernel_settings *settings, uint32_t attempts[4])
{
	bool tracing = may_trace();
	uint32_t must = settings->listen == KERNEL_LISTEN_SOCKOPS ? PARTS_SOCKOPS : 0;
	uint32_t sctp = tracing && settings->sctp ? PARTS_SCTP : 0;
	uint32_t fexit = tracing && settings->listen == KERNEL_LISTEN_AUTO ? PARTS_FEXIT : 0;
	size_t n = 0;

	if (settings->listen == KERNEL_LISTEN_FEXIT)
		must = PARTS_FEXIT;
	if (fexit && sctp)
		attempts[n++] = must | fexit | sctp;
	if (sctp)
		attempts[n++] = must | sctp;
	if (fexit)
		attempts[n++] = must | fexit;
	attempts[n++] = must;
	return n;
}

static int load_first(struct kernel *kernel, const struct kernel_settings *settings,
		      const uint32_t attempts[], size_t n, bool last)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		/* that a part of the kernel is missing is no news; that all fails is */
		libbpf_set_print(last && i + 1 == n ? print : NULL);
		kernel->parts = attempts[i];
		r = load_with(kernel, settings, attempts[i]);
		if (r == 0)
			break;
	}
	libbpf_set_print(print);
	return r;
}

static int load_most(struct kernel *kernel, const struct kernel_settings *settings)
{
	uint32_t attempts[4];
	size_t n = plan(settings, attempts);
	int r = load_first(kernel, settings, attempts, n, false);

	/* nothing loads: without what only newer kernels have, or to hear why */
	if (r < 0) {
		kernel->plain = true;
		r = load_first(kernel, settings, attempts, n, true);
	}
	/* is it the one program, or is there no loading at all? */
	if (r < 0 && settings->listen == KERNEL_LISTEN_FEXIT) {
		r = load_with(kernel, settings, 0);
		return r < 0 ? r : -EOPNOTSUPP;
	}
	return r;
}

/* The first policy needs not wait for its place then, if it is as small as was said. */
static int load_and_make_room(struct kernel *kernel, const struct kernel_settings *settings)
{
	_cleanup_ahead_ struct ahead ahead = AHEAD_NONE;
	int r;

	if (settings->rows && !kernel->adopted)
		ahead_begin(&ahead, settings->rows);
	kernel->row_maps = ahead.outer;
	r = load_most(kernel, settings);
	kernel->row_maps = -1;
	kernel->rows = ahead_end(&ahead);
	kernel->spare_len = kernel->rows >= 0 ? settings->rows : 0;
	return r;
}

int kernel_load(const struct kernel_settings *settings, struct kernel **ret_kernel)
{
	_cleanup_(kernel_freep) struct kernel *kernel = calloc(1, sizeof(*kernel));
	int r;

	if (!kernel)
		return -ENOMEM;
	kernel->rows = -1;
	kernel->types = (struct types)TYPES_NONE;
	libbpf_set_print(print);
	kernel->cpus = libbpf_num_possible_cpus();
	if (kernel->cpus < 0)
		return kernel->cpus;
	kernel->per_cpu = calloc((size_t)kernel->cpus, sizeof(*kernel->per_cpu));
	if (!kernel->per_cpu)
		return -ENOMEM;
	r = adopt_find(kernel, settings);
	if (r == 0)
		r = load_and_make_room(kernel, settings);
	if (r == 0)
		r = ready_maps(kernel);
	if (r < 0)
		return r;
	*ret_kernel = TAKE_PTR(kernel);
	return 0;
}
