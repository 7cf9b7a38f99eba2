// SPDX-License-Identifier: MIT
/* Opening the object, with the types of this kernel that it names. */
#include <errno.h>

#include "kernel_internal.h"

int object_open_again(const struct kernel *kernel, struct hostport_bpf **ret_skel)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);

	if (!kernel->plain)
		opts.btf_custom_path = kernel->types.path;
	*ret_skel = hostport_bpf__open_opts(&opts);
	return *ret_skel ? 0 : -errno;
}

/* The file must have its name when the object is opened, and its content when it is loaded. */
static int open_with_types(struct kernel *kernel)
{
	int r = types_open(&kernel->types);

	if (r == 0)
		r = object_open_again(kernel, &kernel->skel);
	return r == 0 ? types_fill(&kernel->types, kernel->skel->obj) : r;
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
	return object_open_again(kernel, &kernel->skel);
}
