// SPDX-License-Identifier: MIT
/* Opening the object, with the types of this kernel that it names. */
#include <errno.h>

#include "kernel_internal.h"

int object_open_again(const struct kernel *kernel, struct hostport_bpf **ret_skel)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);

	if (!kernel->plain)
		opts.btf_custom_path = kernel->btf.path;
	*ret_skel = hostport_bpf__open_opts(&opts);
	return *ret_skel ? 0 : -errno;
}

/* The file must have its name when the object is opened, and its content when it is loaded. */
static int open_with_types(struct kernel *kernel)
{
	int r = kernel_btf_open(&kernel->btf);

	if (r == 0)
		r = object_open_again(kernel, &kernel->skel);
	return r == 0 ? kernel_btf_fill(&kernel->btf, kernel->skel->obj) : r;
}

int object_open(struct kernel *kernel)
{
	if (kernel->skel)
		return 0;
	if (!kernel->plain && open_with_types(kernel) == 0)
		return 0;
	kernel->plain = true;
	kernel_btf_close(&kernel->btf);
	hostport_bpf__destroy(kernel->skel);
	return object_open_again(kernel, &kernel->skel);
}
