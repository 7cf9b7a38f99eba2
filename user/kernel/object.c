// SPDX-License-Identifier: MIT
/* The object of the programs: opening and loading it. */
#include <errno.h>
#include <string.h>

#include "kernel_internal.h"

static int open_object(struct kernel *kernel, const char *btf_path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = btf_path);

	kernel->skel = hostport_bpf__open_opts(&opts);
	return kernel->skel ? 0 : -errno;
}

/* The file must have its name when the object is opened, and its content when it is loaded. */
static int open_with_btf(struct kernel *kernel, struct kernel_btf *btf)
{
	int r = kernel_btf_open(btf);

	if (r == 0)
		r = open_object(kernel, btf->path);
	return r == 0 ? kernel_btf_fill(btf, kernel->skel->obj) : r;
}

int object_open(struct kernel *kernel, struct kernel_btf *btf)
{
	if (kernel->skel)
		return 0;
	if (!btf->left_to_libbpf && open_with_btf(kernel, btf) == 0)
		return 0;
	btf->left_to_libbpf = true;
	object_close(kernel);
	return open_object(kernel, NULL);
}

void object_close(struct kernel *kernel)
{
	hostport_bpf__destroy(kernel->skel);
	kernel->skel = NULL;
}

static int patch(struct bpf_program *program, const struct kfunc_ids *ids)
{
	size_t n = bpf_program__insn_cnt(program);
	_cleanup_free_ struct bpf_insn *insns = calloc(n + 1, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(program), n * sizeof(*insns));
	return kfunc_patch(insns, n, ids) ? bpf_program__set_insns(program, insns, n) : 0;
}

int object_load(struct kernel *kernel, const struct kernel_btf *btf, unsigned int groups)
{
	int r = 0;

	for (enum program p = 0; p < PROGRAMS && r == 0; p++) {
		struct bpf_program *program = program_of(kernel->skel, p);
		bool wanted = program_table[p].group & groups;

		r = bpf_program__set_autoload(program, wanted);
		if (r == 0 && wanted && kernel_btf_can_cast(btf))
			r = patch(program, &btf->casts);
	}
	return r < 0 ? r : hostport_bpf__load(kernel->skel);
}
