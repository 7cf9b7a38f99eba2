// SPDX-License-Identifier: MIT
#include "foreign.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "../../user/base/cleanup.h"
#include "../../user/kernel/cgroup.h"

#define DEPTH_MAX 32

static unsigned int attached_to(int cgroup_fd)
{
	static const enum bpf_attach_type types[] = { BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND,
						      BPF_CGROUP_INET4_POST_BIND,
						      BPF_CGROUP_INET6_POST_BIND };
	unsigned int n = 0;

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		__u32 flags, count = 0;

		if (bpf_prog_query(cgroup_fd, types[i], 0, &flags, NULL, &count) == 0)
			n += count;
	}
	return n;
}

static unsigned int below(const char *path, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	char child[PATH_MAX];
	unsigned int n;
	struct dirent *e;

	if (!dir || depth == DEPTH_MAX)
		return 0;
	n = attached_to(dirfd(dir));
	while ((e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.' ||
		    snprintf(child, sizeof(child), "%s/%s", path, e->d_name) >= (int)sizeof(child))
			continue;
		n += below(child, depth + 1);
	}
	return n;
}

unsigned int foreign_programs(void)
{
	struct cgroup_mounts mounts;

	return cgroup_mounts(&mounts) == 0 && mounts.v2[0] ? below(mounts.v2, 0) : 0;
}
