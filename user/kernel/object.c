// SPDX-License-Identifier: MIT
/* Opening the object: with the types of this kernel that it names, and casts where it can cast. */
#include <errno.h>
#include <string.h>

#include "parts.h"

static int open_plain(struct kernel *kernel)
{
	kernel->skel = hostport_bpf__open();
	return kernel->skel ? 0 : -errno;
}

static int put_casts(struct bpf_program *program, const struct cast_ids *ids)
{
	size_t n = bpf_program__insn_cnt(program);
	_cleanup_free_ struct bpf_insn *insns = calloc(n + 1, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(program), n * sizeof(*insns));
	return casts_put(insns, n, ids) ? bpf_program__set_insns(program, insns, n) : 0;
}

static int put_all_casts(struct kernel *kernel)
{
	struct bpf_program *program;
	int r = 0;

	if (!types_can_cast(&kernel->types))
		return 0;
	kernel->skel->rodata->hp_can_cast = true;
	bpf_object__for_each_program(program, kernel->skel->obj)
	{
		if (r == 0)
			r = put_casts(program, &kernel->types.casts);
	}
	return r;
}

/* The file must have its name when the object is opened, and its content when it is loaded. */
static int open_with_types(struct kernel *kernel)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	bool begun = kernel->types.fd >= 0;
	int r = begun ? 0 : types_open(&kernel->types);

	if (r < 0)
		return r;
	opts.btf_custom_path = kernel->types.path;
	kernel->skel = hostport_bpf__open_opts(&opts);
	if (!kernel->skel)
		return -errno;
	r = begun ? 0 : types_fill(&kernel->types, kernel->skel->obj);
	return r == 0 ? put_all_casts(kernel) : r;
}

int object_open(struct kernel *kernel)
{
	if (kernel->skel)
		return 0;
	if (!kernel->plain && open_with_types(kernel) == 0)
		return 0;
	kernel->plain = true;
	types_close(&kernel->types);
	hostport_bpf__destroy(kernel->skel);
	return open_plain(kernel);
}
