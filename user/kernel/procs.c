// SPDX-License-Identifier: MIT
#include "procs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "../base/cleanup.h"

static int by_inode(const void *a, const void *b)
{
	const struct procs_owner *x = a, *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static struct procs_owner *find(struct procs_owner *owners, size_t len, uint64_t inode)
{
	struct procs_owner key = { .inode = inode };

	return bsearch(&key, owners, len, sizeof(*owners), by_inode);
}

uint32_t procs_pid(const struct procs_owner *owners, size_t len, uint64_t inode)
{
	const struct procs_owner *found = find((struct procs_owner *)owners, len, inode);

	return found ? found->pid : 0;
}

/* One entry of /proc/PID/fd. */
static void look_at(int dir, const char *name, uint32_t pid, struct procs_owner *owners, size_t len)
{
	struct procs_owner *found;
	uint64_t inode;
	char target[64];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n <= 0)
		return;
	target[n] = '\0';
	if (sscanf(target, "socket:[%" SCNu64 "]", &inode) != 1)
		return;
	found = find(owners, len, inode);
	if (found && (!found->pid || pid < found->pid))
		found->pid = pid;
}

/* A process that ends meanwhile is none of ours: errors pass. */
static void look_into(uint32_t pid, struct procs_owner *owners, size_t len)
{
	char path[32];
	_cleanup_closedir_ DIR *dir = NULL;
	struct dirent *entry;

	(void)snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at(dirfd(dir), entry->d_name, pid, owners, len);
}

int procs_find(struct procs_owner *owners, size_t len)
{
	_cleanup_closedir_ DIR *proc = NULL;
	struct dirent *entry;

	if (!len)
		return 0;
	proc = opendir("/proc");
	if (!proc)
		return -errno;
	qsort(owners, len, sizeof(*owners), by_inode);
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			look_into((uint32_t)strtoul(entry->d_name, NULL, 10), owners, len);
	return 0;
}
