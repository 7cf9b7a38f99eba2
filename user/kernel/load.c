// SPDX-License-Identifier: MIT
/* Loading the maps and the programs, those that this kernel takes. */
#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/thread.h"
#include "ahead.h"
#include "kernel_internal.h"

#define LINES_SHOWN 20 /* of what libbpf says at once */

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

/* That a part of the kernel is missing is no news. */
static int say_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return 0;
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

/* With the most wished that loads; what all of them fail of is told. */
static int load_bind(struct kernel *kernel, const struct kernel_settings *settings)
{
	uint32_t attempts[4];
	size_t n = plan(settings, attempts);
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		libbpf_set_print(kernel->plain && i + 1 == n ? print : say_nothing);
		kernel->parts = attempts[i];
		r = half_load(kernel, HALF_BIND, PARTS_BIND | attempts[i]);
		if (r == 0)
			break;
	}
	/* is it the one program, or is there no loading at all? */
	if (r < 0 && kernel->plain && settings->listen == KERNEL_LISTEN_FEXIT)
		r = half_load(kernel, HALF_BIND, PARTS_BIND) < 0 ? r : -EOPNOTSUPP;
	return r;
}

struct post_bind {
	struct kernel *kernel;
	pthread_t thread;
	int result;
};

static void *load_post_bind(void *data)
{
	struct post_bind *post_bind = data;

	post_bind->result = half_load(post_bind->kernel, HALF_POST_BIND, PARTS_POST_BIND);
	return NULL;
}

/* Both halves at once, unless each reads all of the kernel's types, which takes some memory. */
static int load_programs(struct kernel *kernel, const struct kernel_settings *settings)
{
	struct post_bind post_bind = { .kernel = kernel };
	bool running =
		!kernel->plain && thread_start(&post_bind.thread, load_post_bind, &post_bind);
	int r = load_bind(kernel, settings);

	if (kernel->plain)
		libbpf_set_print(print);
	if (running)
		(void)pthread_join(post_bind.thread, NULL);
	else if (r == 0)
		(void)load_post_bind(&post_bind);
	return r < 0 ? r : post_bind.result;
}

/* The maps are held by each half, too. */
static void let_go_of_first(struct kernel *kernel)
{
	hostport_bpf__destroy(kernel->skel);
	kernel->skel = kernel->programs[HALF_BIND];
}

void unload(struct kernel *kernel)
{
	if (kernel->skel != kernel->programs[HALF_BIND])
		hostport_bpf__destroy(kernel->skel);
	kernel->skel = NULL;
	for (enum half h = 0; h < HALVES; h++) {
		hostport_bpf__destroy(kernel->programs[h]);
		kernel->programs[h] = NULL;
	}
}

static int load_all(struct kernel *kernel, const struct kernel_settings *settings)
{
	int r;

	libbpf_set_print(kernel->plain ? print : say_nothing);
	r = maps_load(kernel, settings);
	if (r == 0)
		r = load_programs(kernel, settings);
	if (r == 0)
		let_go_of_first(kernel);
	else
		unload(kernel);
	libbpf_set_print(print);
	return r;
}

/* Nothing loads: without what only newer kernels have, or to hear why. */
static int load_most(struct kernel *kernel, const struct kernel_settings *settings)
{
	int r = load_all(kernel, settings);

	if (r == 0 || kernel->plain)
		return r;
	kernel->plain = true;
	return load_all(kernel, settings);
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
	kernel_btf_close(&kernel->btf);
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
	kernel->btf = (struct kernel_btf)KERNEL_BTF_NONE;
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
		r = maps_ready(kernel);
	if (r < 0)
		return r;
	*ret_kernel = TAKE_PTR(kernel);
	return 0;
}
