// SPDX-License-Identifier: MIT
/* Attaching the programs, and what is attached. */
#include <errno.h>

#include "parts.h"

static const char *const hooks[PART_MAX] = {
	[PART_BIND4] = "cgroup_inet4_bind",
	[PART_BIND6] = "cgroup_inet6_bind",
	[PART_POST_BIND4] = "cgroup_inet4_post_bind",
	[PART_POST_BIND6] = "cgroup_inet6_post_bind",
	[PART_LISTEN_SOCKOPS] = "cgroup_sock_ops",
	[PART_LISTEN_FEXIT] = "trace_fexit",
	[PART_SCTP_BIND] = "lsm_mac",
	[PART_SCTP_LISTEN] = "lsm_mac",
	[PART_SCTP_BINDX] = "lsm_mac",
};

const char *kernel_hook_name(enum kernel_hook hook)
{
	return hooks[hook];
}

enum kernel_listen kernel_listen_hook(const struct kernel *kernel)
{
	return kernel->parts & PARTS_FEXIT   ? KERNEL_LISTEN_FEXIT :
	       kernel->parts & PARTS_SOCKOPS ? KERNEL_LISTEN_SOCKOPS :
					       KERNEL_LISTEN_NONE;
}

static int attach_part(struct kernel *kernel, enum part part, int cgroup_fd)
{
	struct bpf_program *p = part_program(kernel->skel, part);

	if (kernel->links[part])
		return 0;
	if (part == PART_LISTEN_FEXIT)
		kernel->links[part] = bpf_program__attach_trace(p);
	else if (PARTS_SCTP & 1U << part)
		kernel->links[part] = bpf_program__attach_lsm(p);
	else
		kernel->links[part] = bpf_program__attach_cgroup(p, cgroup_fd);
	return kernel->links[part] ? 0 : -errno;
}

/* Why it fails is in the errno: what libbpf has to say of it is no more. */
static int attach_parts(struct kernel *kernel, uint32_t parts, int cgroup_fd)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int r = 0;

	for (enum part p = 0; p < PART_MAX && r == 0; p++)
		if (parts & 1U << p)
			r = attach_part(kernel, p, cgroup_fd);
	(void)libbpf_set_print(print);
	return r;
}

int kernel_attach(struct kernel *kernel, int cgroup_fd)
{
	return attach_parts(kernel, (1U << KERNEL_ATTACHMENTS) - 1, cgroup_fd);
}

int kernel_attach_listen(struct kernel *kernel, int cgroup_fd)
{
	uint32_t parts = kernel->parts & (PARTS_FEXIT | PARTS_SOCKOPS);
	int r = attach_parts(kernel, parts, cgroup_fd);

	if (r < 0)
		kernel->parts &= ~parts;
	return r;
}

bool kernel_has_sctp(const struct kernel *kernel)
{
	return kernel->parts & PARTS_SCTP;
}

int kernel_attach_sctp(struct kernel *kernel)
{
	return attach_parts(kernel, kernel->parts & PARTS_SCTP, -1);
}

void kernel_detach(struct kernel *kernel)
{
	for (enum part p = 0; p < PART_MAX; p++) {
		(void)bpf_link__destroy(kernel->links[p]);
		kernel->links[p] = NULL;
	}
}

size_t kernel_attachments(struct kernel *kernel, struct kernel_attachment *attachments)
{
	struct bpf_link_info info;
	uint32_t len;
	size_t n = 0;

	for (enum part p = 0; p < PART_MAX; p++) {
		info = (struct bpf_link_info) { 0 };
		len = sizeof(info);
		if (!kernel->links[p] ||
		    bpf_obj_get_info_by_fd(bpf_link__fd(kernel->links[p]), &info, &len))
			continue;
		attachments[n++] = (struct kernel_attachment) {
			.program = bpf_program__name(part_program(kernel->skel, p)),
			.hook = hooks[p],
			.program_id = info.prog_id,
			.link_id = info.id,
			.required = p < KERNEL_ATTACHMENTS,
			.alive = info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id,
		};
	}
	return n;
}
