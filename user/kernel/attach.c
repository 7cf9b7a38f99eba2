// SPDX-License-Identifier: MIT
/* Attaching the programs, and what is attached. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel_internal.h"

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

struct link_name {
	char text[64];
};

static struct link_name link_name(enum part part)
{
	static const char *const lsm[PART_MAX] = {
		[PART_SCTP_BIND] = "_socket_bind",
		[PART_SCTP_LISTEN] = "_socket_listen",
		[PART_SCTP_BINDX] = "_sctp_bind_connect",
	};
	struct link_name name;

	(void)snprintf(name.text, sizeof(name.text), PINS_LINK "%s%s", hooks[part],
		       lsm[part] ? lsm[part] : "");
	return name;
}

static bool is_cgroup_part(enum part part)
{
	return part != PART_LISTEN_FEXIT && !(PARTS_SCTP & 1U << part);
}

/* Is a pinned link, of a cgroup that is still there, what ours would be? */
static bool is_alike(const struct kernel *kernel, enum part part, int fd)
{
	const struct bpf_program *p = part_program(kernel, part);
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.type == BPF_LINK_TYPE_CGROUP &&
	       info.cgroup.attach_type == bpf_program__expected_attach_type(p) &&
	       info.cgroup.cgroup_id == kernel->info.cgroup_id;
}

/* Give the instance's link our program. False: there is none that could take it. */
static bool take_over(struct kernel *kernel, enum part part)
{
	struct link_name name = link_name(part);
	_cleanup_buf_ struct buf path = { 0 };
	_cleanup_close_ int fd = -1;
	struct bpf_link *link;

	if (!kernel->adopted || !is_cgroup_part(part))
		return false;
	fd = pins_get(kernel->pins, name.text, PINS_A_LINK);
	if (fd < 0 || !is_alike(kernel, part, fd))
		return false;
	pins_put_path(kernel->pins, name.text, &path);
	link = path.failed ? NULL : bpf_link__open(path.data);
	if (!link)
		return false;
	if (bpf_link__update_program(link, part_program(kernel, part)) < 0) {
		(void)bpf_link__destroy(link);
		return false;
	}
	kernel->links[part] = link;
	return true;
}

static bool has_pin(const struct kernel *kernel, enum part part)
{
	struct link_name name = link_name(part);
	_cleanup_close_ int fd = pins_get(kernel->pins, name.text, PINS_A_LINK);

	return fd >= 0;
}

/* A link that ours takes the place of works until then: two of them ask once more, none would not.
 */
static int attach_part(struct kernel *kernel, enum part part, int cgroup_fd)
{
	struct bpf_program *p = part_program(kernel, part);
	struct link_name name = link_name(part);

	if (kernel->links[part] || take_over(kernel, part))
		return 0;
	if (kernel->adopted && !has_pin(kernel, part))
		kernel->added |= 1U << part;
	if (part == PART_LISTEN_FEXIT)
		kernel->links[part] = bpf_program__attach_trace(p);
	else if (PARTS_SCTP & 1U << part)
		kernel->links[part] = bpf_program__attach_lsm(p);
	else
		kernel->links[part] = bpf_program__attach_cgroup(p, cgroup_fd);
	if (!kernel->links[part])
		return -errno;
	if (!kernel->pins)
		return 0;
	return pins_put(kernel->pins, name.text, bpf_link__fd(kernel->links[part]));
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

static bool is_wanted(const void *data, const char *name)
{
	const struct kernel *kernel = data;

	for (enum part p = 0; p < PART_MAX; p++) {
		struct link_name ours = link_name(p);

		if (kernel->links[p] && strcmp(ours.text, name) == 0)
			return true;
	}
	return false;
}

int kernel_keep(struct kernel *kernel)
{
	return kernel->pins && !kernel->adopted ? adopt_complete(kernel) : 0;
}

int kernel_replace(struct kernel *kernel)
{
	if (!kernel->pins)
		return 0;
	pins_prune(kernel->pins, is_wanted, kernel);
	return pins_remove_others(kernel->pins);
}

void kernel_undo(struct kernel *kernel)
{
	if (!kernel->adopted)
		return;
	if (kernel->generation == kernel->generation_before + 1)
		__atomic_store_n(&kernel->skel->bss->hp_active, kernel->active_before,
				 __ATOMIC_RELEASE);
	for (enum part p = 0; p < PART_MAX; p++) {
		struct link_name name = link_name(p);

		if (kernel->added & 1U << p)
			(void)pins_drop(kernel->pins, name.text);
	}
}

void kernel_detach(struct kernel *kernel)
{
	for (enum part p = 0; p < PART_MAX; p++) {
		struct link_name name = link_name(p);

		if (kernel->links[p] && kernel->pins)
			(void)pins_drop(kernel->pins, name.text);
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
			.program = bpf_program__name(part_program(kernel, p)),
			.hook = hooks[p],
			.program_id = info.prog_id,
			.link_id = info.id,
			.required = p < KERNEL_ATTACHMENTS,
			.alive = info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id,
		};
	}
	return n;
}
