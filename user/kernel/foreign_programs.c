// SPDX-License-Identifier: MIT
#include "foreign_programs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kernel_internal.h"

/* The programs of one hook, in the order in which they run. */
struct run {
	uint32_t ids[FOREIGN_PROGRAMS_PER_HOOK];
	uint32_t len;
	uint32_t attach_flags; /* of the cgroup, where not the effective ones were asked for */
};

static int query(int cgroup_fd, enum kernel_hook hook, uint32_t flags, struct run *ret)
{
	int r;

	*ret = (struct run) { .len = FOREIGN_PROGRAMS_PER_HOOK };
	r = bpf_prog_query(cgroup_fd, program_table[hook].type, flags, &ret->attach_flags, ret->ids,
			   &ret->len);
	if (r < 0 && errno != ENOSPC)
		return -errno;
	if (ret->len > FOREIGN_PROGRAMS_PER_HOOK)
		ret->len = FOREIGN_PROGRAMS_PER_HOOK;
	return 0;
}

static void read_name(uint32_t id, char *ret_name)
{
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return;
	(void)snprintf(ret_name, PROGRAM_NAME_LEN, "%s", info.name);
}

static void name_one(void *data, const struct hp_program *program)
{
	struct foreign_programs *foreign = data;

	for (size_t i = 0; i < foreign->len; i++)
		if (foreign->list[i].program_id == program->id)
			(void)snprintf(foreign->list[i].name, PROGRAM_NAME_LEN, "%.*s",
				       PROGRAM_NAME_LEN - 1, program->name);
}

/* Name the programs whose ids the kernel does not let us open. */
static void name_rest(struct kernel *kernel, struct foreign_programs *foreign)
{
	size_t i = 0;

	while (i < foreign->len && *foreign->list[i].name)
		i++;
	if (i == foreign->len)
		return;
	if (!kernel->names_tried)
		(void)program_names_open(&kernel->names);
	kernel->names_tried = true;
	if (kernel->names)
		(void)program_names_read(kernel->names, name_one, foreign);
}

static struct foreign_program describe(enum kernel_hook hook, uint32_t id)
{
	struct foreign_program n = { .hook = kernel_hook_name(hook), .program_id = id };

	read_name(id, n.name);
	return n;
}

static bool is_ours(uint32_t id, const struct kernel_attachment *ours, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ours[i].program_id == id && ours[i].alive)
			return true;
	return false;
}

static void add(const struct run *run, enum kernel_hook hook, const struct kernel_attachment *ours,
		size_t n, struct foreign_programs *to)
{
	bool after = true;

	for (uint32_t i = 0; i < run->len; i++)
		if (is_ours(run->ids[i], ours, n))
			after = false;
	for (uint32_t i = 0; i < run->len; i++) {
		if (is_ours(run->ids[i], ours, n)) {
			after = true;
			continue;
		}
		to->list[to->len] = describe(hook, run->ids[i]);
		to->list[to->len++].after = after;
	}
}

int foreign_programs_find(struct kernel *kernel, int cgroup_fd,
			  struct foreign_programs *ret_foreign)
{
	struct kernel_attachment ours[KERNEL_ATTACHMENTS_MAX];
	size_t n = kernel_attachments(kernel, ours);
	struct run runs[KERNEL_HOOKS];
	int r;

	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		r = query(cgroup_fd, (enum kernel_hook)i, BPF_F_QUERY_EFFECTIVE, &runs[i]);
		if (r < 0)
			return r;
	}
	ret_foreign->len = 0;
	for (size_t i = 0; i < KERNEL_HOOKS; i++)
		add(&runs[i], (enum kernel_hook)i, ours, n, ret_foreign);
	name_rest(kernel, ret_foreign);
	return 0;
}

/* ---- a program that keeps ours out --------------------------------------------------------- */

enum answer {
	GO_ON, /* nothing is attached here: ask the cgroup above */
	BLOCKS,
	LETS_IN,
};

/*
 * What a cgroup has to say of an attachment with BPF_F_ALLOW_MULTI to itself or
 * to one below it: an exclusive program keeps both out, one that may be
 * overridden only the first.
 */
static enum answer ask(const char *dir, bool itself, enum kernel_hook hook,
		       struct foreign_program *ret_program)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct run run;

	if (fd < 0 || query(fd, hook, 0, &run) < 0 || !run.len)
		return GO_ON;
	if (run.attach_flags & BPF_F_ALLOW_MULTI)
		return itself ? GO_ON : LETS_IN;
	if (!itself && run.attach_flags & BPF_F_ALLOW_OVERRIDE)
		return LETS_IN;
	*ret_program = describe(hook, run.ids[0]);
	return BLOCKS;
}

static bool find_at_hook(const char *cgroup2, const char *cgroup, enum kernel_hook hook,
			 struct foreign_blocker *ret)
{
	size_t top = strlen(cgroup2);
	enum answer answer;
	char *slash;

	(void)snprintf(ret->cgroup, sizeof(ret->cgroup), "%s", cgroup);
	answer = ask(ret->cgroup, true, hook, &ret->program);
	while (answer == GO_ON && strlen(ret->cgroup) > top) {
		slash = strrchr(ret->cgroup, '/');
		if (!slash || slash == ret->cgroup)
			break;
		*slash = '\0';
		answer = ask(ret->cgroup, false, hook, &ret->program);
	}
	return answer == BLOCKS;
}

bool foreign_programs_find_blocker(const char *cgroup2, const char *cgroup,
				   struct foreign_blocker *ret_blocker)
{
	char path[PATH_MAX];

	if (!realpath(cgroup, path))
		return false;
	for (size_t i = 0; i < KERNEL_HOOKS; i++)
		if (find_at_hook(cgroup2, path, (enum kernel_hook)i, ret_blocker))
			return true;
	return false;
}
