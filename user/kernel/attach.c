// SPDX-License-Identifier: MIT
/* Attaching the programs, and what is attached. */
#include <errno.h>
#include <string.h>

#include "kernel_internal.h"

const char *kernel_hook_name(enum kernel_hook hook)
{
	return program_table[hook].hook;
}

enum kernel_listen kernel_listen_hook(const struct kernel *kernel)
{
	return kernel->groups & PROGRAMS_FEXIT	 ? KERNEL_LISTEN_FEXIT :
	       kernel->groups & PROGRAMS_SOCKOPS ? KERNEL_LISTEN_SOCKOPS :
						   KERNEL_LISTEN_NONE;
}

/* Is a pinned link what ours would be, at a cgroup that is still there? */
static bool is_alike(const struct kernel *kernel, enum program p, int fd)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.type == BPF_LINK_TYPE_CGROUP &&
	       info.cgroup.attach_type == program_table[p].type &&
	       info.cgroup.cgroup_id == kernel->info.cgroup_id;
}

/* Give the instance's link our program. False: there is no link that could take it. */
static bool take_over_link(struct kernel *kernel, enum program p)
{
	const char *pin = program_table[p].pin;
	_cleanup_buf_ struct buf path = { 0 };
	_cleanup_close_ int fd = -1;
	struct bpf_link *link;

	if (!kernel->adopted || program_table[p].place != PROGRAM_AT_CGROUP)
		return false;
	fd = pins_get(kernel->pins, pin, PINS_A_LINK);
	if (fd < 0 || !is_alike(kernel, p, fd))
		return false;
	pins_put_path(kernel->pins, pin, &path);
	link = path.failed ? NULL : bpf_link__open(path.data);
	if (!link)
		return false;
	if (bpf_link__update_program(link, program_of(kernel->skel, p)) < 0) {
		(void)bpf_link__destroy(link);
		return false;
	}
	kernel->links[p] = link;
	return true;
}

static bool has_pin(const struct kernel *kernel, enum program p)
{
	_cleanup_close_ int fd = pins_get(kernel->pins, program_table[p].pin, PINS_A_LINK);

	return fd >= 0;
}

static struct bpf_link *attach_new(const struct kernel *kernel, enum program p, int cgroup_fd)
{
	const struct bpf_program *program = program_of(kernel->skel, p);

	switch (program_table[p].place) {
	case PROGRAM_AT_FUNCTION:
		return bpf_program__attach_trace(program);
	case PROGRAM_AT_LSM:
		return bpf_program__attach_lsm(program);
	default:
		return bpf_program__attach_cgroup(program, cgroup_fd);
	}
}

/*
 * A new link takes the place of a pinned one that could not be taken over. Both are
 * attached for a moment: a bind() is then checked twice, not unchecked.
 */
static int attach_program(struct kernel *kernel, enum program p, int cgroup_fd)
{
	if (kernel->links[p] || take_over_link(kernel, p))
		return 0;
	if (kernel->adopted && !has_pin(kernel, p))
		kernel->added |= 1U << p;
	kernel->links[p] = attach_new(kernel, p, cgroup_fd);
	if (!kernel->links[p])
		return -kernel_errno_told(errno);
	if (!kernel->pins)
		return 0;
	return pins_put(kernel->pins, program_table[p].pin, bpf_link__fd(kernel->links[p]));
}

/* libbpf is quiet meanwhile: the errno says why it fails. */
static int attach_groups(struct kernel *kernel, unsigned int groups, int cgroup_fd)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int r = 0;

	for (enum program p = 0; p < PROGRAMS && r == 0; p++)
		if (program_table[p].group & groups)
			r = attach_program(kernel, p, cgroup_fd);
	(void)libbpf_set_print(print);
	return r;
}

int kernel_attach(struct kernel *kernel, int cgroup_fd)
{
	return attach_groups(kernel, PROGRAMS_BIND, cgroup_fd);
}

int kernel_attach_listen(struct kernel *kernel, int cgroup_fd)
{
	unsigned int groups = kernel->groups & PROGRAMS_LISTEN;
	int r = attach_groups(kernel, groups, cgroup_fd);

	if (r < 0)
		kernel->groups &= ~groups;
	return r;
}

bool kernel_has_sctp(const struct kernel *kernel)
{
	return kernel->groups & PROGRAMS_SCTP;
}

int kernel_attach_sctp(struct kernel *kernel)
{
	return attach_groups(kernel, kernel->groups & PROGRAMS_SCTP, -1);
}

/* Is the pin of this name one of a link that we have attached? */
static bool is_our_link(const void *data, const char *name)
{
	const struct kernel *kernel = data;

	for (enum program p = 0; p < PROGRAMS; p++)
		if (kernel->links[p] && strcmp(program_table[p].pin, name) == 0)
			return true;
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
	pins_prune(kernel->pins, is_our_link, kernel);
	return pins_remove_others(kernel->pins);
}

void kernel_undo(struct kernel *kernel)
{
	if (!kernel->adopted)
		return;
	if (kernel->generation == kernel->generation_before + 1)
		__atomic_store_n(&kernel->skel->bss->hp_active, kernel->active_before,
				 __ATOMIC_RELEASE);
	for (enum program p = 0; p < PROGRAMS; p++)
		if (kernel->added & 1U << p)
			(void)pins_drop(kernel->pins, program_table[p].pin);
}

void kernel_detach(struct kernel *kernel)
{
	for (enum program p = 0; p < PROGRAMS; p++) {
		if (kernel->links[p] && kernel->pins)
			(void)pins_drop(kernel->pins, program_table[p].pin);
		(void)bpf_link__destroy(kernel->links[p]);
		kernel->links[p] = NULL;
	}
}

/* How often a program ran, and how long, as far as the kernel counts it. */
static void read_runs(const struct bpf_program *program, struct kernel_attachment *attachment)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		return;
	attachment->runs = info.run_cnt;
	attachment->run_ns = info.run_time_ns;
}

size_t kernel_attachments(struct kernel *kernel, struct kernel_attachment *attachments)
{
	struct bpf_link_info info;
	uint32_t len;
	size_t n = 0;

	for (enum program p = 0; p < PROGRAMS; p++) {
		info = (struct bpf_link_info) { 0 };
		len = sizeof(info);
		if (!kernel->links[p] ||
		    bpf_obj_get_info_by_fd(bpf_link__fd(kernel->links[p]), &info, &len))
			continue;
		attachments[n] = (struct kernel_attachment) {
			.program = bpf_program__name(program_of(kernel->skel, p)),
			.hook = program_table[p].hook,
			.program_id = info.prog_id,
			.link_id = info.id,
			.required = program_table[p].group == PROGRAMS_BIND,
			.alive = info.type != BPF_LINK_TYPE_CGROUP || info.cgroup.cgroup_id,
		};
		read_runs(program_of(kernel->skel, p), &attachments[n++]);
	}
	return n;
}
