// SPDX-License-Identifier: MIT
/* Loading the maps and those programs that this kernel takes; and giving all back. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/log.h"
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

/*
 * Some machines refuse tracing and LSM programs before they look at them: then there
 * is no need to try, which takes milliseconds. The function to trace is missing here
 * on purpose.
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

/* Which groups of programs to try, the most wished set first; the last one must load. */
static size_t plan(const struct kernel_settings *settings, unsigned int sets[4])
{
	static const unsigned int extras[] = { PROGRAMS_FEXIT | PROGRAMS_SCTP, PROGRAMS_SCTP,
					       PROGRAMS_FEXIT, 0 };
	unsigned int must = PROGRAMS_BIND, wished = 0;
	size_t n = 0;

	if (settings->listen == KERNEL_LISTEN_SOCKOPS)
		must |= PROGRAMS_SOCKOPS;
	if (settings->listen == KERNEL_LISTEN_FEXIT)
		must |= PROGRAMS_FEXIT;
	if (settings->listen == KERNEL_LISTEN_AUTO)
		wished |= PROGRAMS_FEXIT;
	if (settings->sctp)
		wished |= PROGRAMS_SCTP;
	if (wished && !may_trace())
		wished = 0;
	for (size_t i = 0; i < ARRAY_LEN(extras); i++)
		if ((extras[i] & wished) == extras[i])
			sets[n++] = must | extras[i];
	return n;
}

static int load_set(struct kernel *kernel, const struct kernel_settings *settings,
		    struct kernel_btf *btf, unsigned int groups)
{
	int r = object_open(kernel, btf);

	if (r == 0)
		r = maps_prepare(kernel, settings, kernel_btf_can_cast(btf));
	if (r == 0)
		r = object_load(kernel, btf, groups);
	if (r < 0)
		object_close(kernel);
	kernel->groups = r < 0 ? 0 : groups;
	return r;
}

/* Load the most wished set that loads. Why the last one does not is logged in the last try. */
static int load_most(struct kernel *kernel, const struct kernel_settings *settings,
		     struct kernel_btf *btf)
{
	unsigned int sets[4];
	size_t n = plan(settings, sets);
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		libbpf_set_print(btf->left_to_libbpf && i + 1 == n ? print : NULL);
		r = load_set(kernel, settings, btf, sets[i]);
		if (r == 0)
			break;
	}
	return r;
}

/* Is it the one program that does not load, or does none? */
static bool is_fexit_alone(struct kernel *kernel, const struct kernel_settings *settings,
			   struct kernel_btf *btf)
{
	bool loads = settings->listen == KERNEL_LISTEN_FEXIT &&
		     load_set(kernel, settings, btf, PROGRAMS_BIND) == 0;

	object_close(kernel);
	return loads;
}

static int load(struct kernel *kernel, const struct kernel_settings *settings,
		struct kernel_btf *btf)
{
	bool left_to_libbpf = btf->left_to_libbpf;
	int r = load_most(kernel, settings, btf);

	/* once more without what only newer kernels have, and to hear why */
	if (r < 0 && !left_to_libbpf) {
		btf->left_to_libbpf = true;
		r = load_most(kernel, settings, btf);
	}
	if (r < 0 && is_fexit_alone(kernel, settings, btf))
		r = -EOPNOTSUPP;
	libbpf_set_print(print);
	return r;
}

/* Load the programs. Meanwhile a spare row map gets its place, for the first policy. */
static int load_beside_row_map(struct kernel *kernel, const struct kernel_settings *settings,
			       struct kernel_btf *btf)
{
	int r;

	if (settings->rows && !kernel->adopted)
		row_map_first_start(&kernel->first_row_map, kernel->skel->maps.hp_rows,
				    settings->rows);
	r = load(kernel, settings, btf);
	kernel->rows = row_map_first_finish(&kernel->first_row_map);
	kernel->spare_len = kernel->rows >= 0 ? settings->rows : 0;
	return r;
}

static int load_kernel(struct kernel *kernel, const struct kernel_settings *settings,
		       struct kernel_btf *btf)
{
	int r = object_open(kernel, btf);

	if (r == 0)
		r = adopt_find(kernel, settings);
	if (r == 0)
		r = load_beside_row_map(kernel, settings, btf);
	return r < 0 ? r : maps_ready(kernel);
}

int kernel_load(const struct kernel_settings *settings, struct kernel **ret_kernel)
{
	_cleanup_(kernel_freep) struct kernel *kernel = calloc(1, sizeof(*kernel));
	struct kernel_btf btf = KERNEL_BTF_NONE;
	int r;

	if (!kernel)
		return -ENOMEM;
	kernel->rows = -1;
	kernel->first_row_map = ROW_MAP_FIRST_NONE;
	kernel->pins = settings->pins;
	libbpf_set_print(print);
	kernel->cpus = libbpf_num_possible_cpus();
	if (kernel->cpus < 0)
		return kernel->cpus;
	kernel->per_cpu = calloc((size_t)kernel->cpus, sizeof(*kernel->per_cpu));
	if (!kernel->per_cpu)
		return -ENOMEM;
	r = load_kernel(kernel, settings, &btf);
	kernel_btf_close(&btf);
	if (r < 0)
		return r;
	*ret_kernel = TAKE_PTR(kernel);
	return 0;
}

void kernel_free(struct kernel *kernel)
{
	if (!kernel)
		return;
	for (enum program p = 0; p < PROGRAMS; p++)
		(void)bpf_link__destroy(kernel->links[p]);
	if (kernel->told)
		(void)munmap(kernel->told, sizeof(*kernel->told));
	records_close(kernel->records);
	program_names_close(kernel->names);
	object_close(kernel);
	cleanup_close(&kernel->rows);
	free(kernel->per_cpu);
	free(kernel);
}
