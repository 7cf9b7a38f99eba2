// SPDX-License-Identifier: MIT
#include "kernel.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/log.h"
#include "bpf/hostport.skel.h"
#include "libbpf.h"

#define RING_MIN     (256U * 1024)
#define RING_MAX     (16U * 1024 * 1024)
#define RING_PER_CPU (128 * (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ)) /* one burst */
#define LINES_SHOWN  20 /* of what libbpf says at once */

struct kernel {
	struct hostport_bpf *skel;
	struct bpf_link *links[KERNEL_ATTACHMENTS];
	struct ring_buffer *ring;
	struct hp_front *fronts;     /* mapped: HP_POLICIES of them */
	struct hp_counters *per_cpu; /* room for one reading */
	int cpus;
	uint32_t generation;
	int budget; /* records that the drain at hand may still take */
	kernel_event_fn on_event;
	void *on_event_data;
};

static const char *const hooks[KERNEL_ATTACHMENTS] = {
	"cgroup_inet4_bind",
	"cgroup_inet6_bind",
	"cgroup_inet4_post_bind",
	"cgroup_inet6_post_bind",
};

/* In the order of `hooks`. */
static void programs(const struct kernel *kernel, struct bpf_program **ret)
{
	ret[0] = kernel->skel->progs.hp_bind4;
	ret[1] = kernel->skel->progs.hp_bind6;
	ret[2] = kernel->skel->progs.hp_post_bind4;
	ret[3] = kernel->skel->progs.hp_post_bind6;
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

static int create_rows(uint32_t len)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "hp_policy_rows", sizeof(struct hp_row_key),
				sizeof(struct hp_row), len ? len : 1, &opts);

	return fd < 0 ? -errno : fd;
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

static int configure(struct kernel *kernel, const struct kernel_settings *settings)
{
	struct hostport_bpf *skel = kernel->skel;
	uint32_t ring = ring_size(kernel->cpus);

	skel->rodata->hp_netns_cookie = settings->netns_cookie;
	skel->rodata->hp_netns_inum = settings->netns_inum;
	skel->rodata->hp_root_cgroup = settings->root_cgroup;
	skel->rodata->hp_wake_bytes = ring / 8;
	skel->rodata->hp_has_retval = has_retval();
	return bpf_map__set_max_entries(skel->maps.hp_ring, ring);
}

static int map_fronts(struct kernel *kernel)
{
	size_t size = HP_POLICIES * sizeof(struct hp_front);
	int fd = bpf_map__fd(kernel->skel->maps.hp_fronts);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	kernel->fronts = p;
	return 0;
}

int kernel_load(const struct kernel_settings *settings, struct kernel **ret_kernel)
{
	_cleanup_(kernel_freep) struct kernel *kernel = calloc(1, sizeof(*kernel));
	int r;

	if (!kernel)
		return -ENOMEM;
	libbpf_set_print(print);
	kernel->cpus = libbpf_num_possible_cpus();
	if (kernel->cpus < 0)
		return kernel->cpus;
	kernel->per_cpu = calloc((size_t)kernel->cpus, sizeof(*kernel->per_cpu));
	if (!kernel->per_cpu)
		return -ENOMEM;
	kernel->skel = hostport_bpf__open();
	if (!kernel->skel)
		return -errno;
	r = configure(kernel, settings);
	if (r < 0)
		return r;
	r = hostport_bpf__load(kernel->skel);
	if (r < 0)
		return r;
	r = map_fronts(kernel);
	if (r < 0)
		return r;
	*ret_kernel = TAKE_PTR(kernel);
	return 0;
}

void kernel_free(struct kernel *kernel)
{
	if (!kernel)
		return;
	kernel_detach(kernel);
	if (kernel->fronts)
		(void)munmap(kernel->fronts, HP_POLICIES * sizeof(struct hp_front));
	ring_buffer__free(kernel->ring);
	hostport_bpf__destroy(kernel->skel);
	free(kernel->per_cpu);
	free(kernel);
}

static int fill_rows(int fd, const struct policy *policy)
{
	for (size_t i = 0; i < policy->len; i++)
		if (bpf_map_update_elem(fd, &policy->rows[i].key, &policy->rows[i].row, BPF_ANY))
			return -errno;
	return 0;
}

/*
 * The new half must not have a reader left that took it for the active one two
 * policies ago. Replacing an element of a map of maps waits for all readers.
 */
int kernel_publish(struct kernel *kernel, const struct policy *policy,
		   const struct hp_config *config)
{
	uint32_t next = kernel->generation ? !kernel->skel->bss->hp_active : 0;
	struct hp_config written = *config;
	_cleanup_close_ int rows = create_rows((uint32_t)policy->len);
	int r;

	if (rows < 0)
		return rows;
	r = fill_rows(rows, policy);
	if (r < 0)
		return r;
	if (bpf_map_update_elem(bpf_map__fd(kernel->skel->maps.hp_rows), &next, &rows, BPF_ANY))
		return -errno;
	kernel->fronts[next] = policy->front;
	written.generation = kernel->generation + 1;
	if (bpf_map_update_elem(bpf_map__fd(kernel->skel->maps.hp_configs), &next, &written,
				BPF_ANY))
		return -errno;
	__atomic_store_n(&kernel->skel->bss->hp_active, next, __ATOMIC_RELEASE);
	kernel->generation++;
	return 0;
}

bool kernel_has_errno(const struct kernel *kernel)
{
	return kernel->skel->rodata->hp_has_retval;
}

int kernel_attach(struct kernel *kernel, int cgroup_fd)
{
	struct bpf_program *progs[KERNEL_ATTACHMENTS];

	programs(kernel, progs);
	for (size_t i = 0; i < KERNEL_ATTACHMENTS; i++) {
		kernel->links[i] = bpf_program__attach_cgroup(progs[i], cgroup_fd);
		if (!kernel->links[i])
			return -errno;
	}
	return 0;
}

void kernel_detach(struct kernel *kernel)
{
	for (size_t i = 0; i < KERNEL_ATTACHMENTS; i++) {
		(void)bpf_link__destroy(kernel->links[i]);
		kernel->links[i] = NULL;
	}
}

int kernel_ring_fd(const struct kernel *kernel)
{
	return bpf_map__fd(kernel->skel->maps.hp_ring);
}

static int on_sample(void *ctx, void *data, size_t size)
{
	struct kernel *kernel = ctx;

	if (size >= sizeof(struct hp_event))
		kernel->on_event(kernel->on_event_data, data);
	return --kernel->budget > 0 ? 0 : -EAGAIN;
}

int kernel_on_event(struct kernel *kernel, kernel_event_fn fn, void *data)
{
	kernel->on_event = fn;
	kernel->on_event_data = data;
	kernel->ring = ring_buffer__new(kernel_ring_fd(kernel), on_sample, kernel, NULL);
	return kernel->ring ? 0 : -errno;
}

int kernel_drain(struct kernel *kernel)
{
	int r;

	kernel->budget = KERNEL_DRAIN_MAX;
	r = ring_buffer__consume(kernel->ring);
	return r == -EAGAIN ? KERNEL_DRAIN_MAX : r;
}

int kernel_read_folds(struct kernel *kernel, kernel_slot_fn fn, void *data)
{
	int fd = bpf_map__fd(kernel->skel->maps.hp_folds);
	struct hp_fold_set set;

	for (uint32_t i = 0; i < HP_FOLD_SETS; i++) {
		/* under the set's lock: generation and count belong together */
		if (bpf_map_lookup_elem_flags(fd, &i, &set, BPF_F_LOCK))
			return -errno;
		for (uint32_t way = 0; way < HP_FOLD_WAYS; way++)
			if (set.slot[way].generation)
				fn(data, i * HP_FOLD_WAYS + way, &set.slot[way]);
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
				sum.count[c][v] += one->count[c][v];
		for (size_t i = 0; i < HP_LOST_MAX; i++)
			sum.lost[i] += one->lost[i];
	}
	*ret_counters = sum;
	return 0;
}

volatile struct hp_canary *kernel_canary(struct kernel *kernel)
{
	return (volatile struct hp_canary *)&kernel->skel->bss->hp_canary;
}

size_t kernel_attachments(struct kernel *kernel, struct kernel_attachment *attachments)
{
	struct bpf_program *progs[KERNEL_ATTACHMENTS];
	struct bpf_link_info info;
	uint32_t len;
	size_t n = 0;

	programs(kernel, progs);
	for (size_t i = 0; i < KERNEL_ATTACHMENTS; i++) {
		info = (struct bpf_link_info) { 0 };
		len = sizeof(info);
		if (!kernel->links[i] ||
		    bpf_obj_get_info_by_fd(bpf_link__fd(kernel->links[i]), &info, &len))
			continue;
		attachments[n++] = (struct kernel_attachment) {
			.program = bpf_program__name(progs[i]),
			.hook = hooks[i],
			.program_id = info.prog_id,
			.link_id = info.id,
			.cgroup_id = info.cgroup.cgroup_id,
		};
	}
	return n;
}

uint32_t kernel_generation(const struct kernel *kernel)
{
	return kernel->generation;
}
