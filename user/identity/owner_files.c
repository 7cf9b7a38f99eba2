// SPDX-License-Identifier: MIT
#include "owner_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../base/cleanup.h"
#include "kernel_dev.h"

#define HOST_ROOT "/proc/1/root"

int owner_file_find(const char *path, struct owner_file *ret_file)
{
	_cleanup_close_ int root = open(HOST_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	struct stat st;

	if (root < 0)
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	/* absolute links must not lead to the agent's own files */
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	*ret_file = (struct owner_file) {
		.path = path,
		.inode = st.st_ino,
		.dev = kernel_dev(st.st_dev),
	};
	return 0;
}

static const struct owner_file *find(const struct owner_files *files, uint64_t inode, uint32_t dev)
{
	for (size_t i = 0; i < files->len; i++)
		if (files->list[i].inode && files->list[i].inode == inode &&
		    files->list[i].dev == dev)
			return &files->list[i];
	return NULL;
}

bool owner_files_has(const struct owner_files *files, uint64_t inode, uint32_t dev)
{
	return find(files, inode, dev) != NULL;
}

const char *owner_files_of(const struct owner_files *files, uint32_t pid)
{
	const struct owner_file *file;
	char exe[64];
	struct stat st;

	if (!pid || !files->len)
		return NULL;
	(void)snprintf(exe, sizeof(exe), "/proc/%u/exe", pid);
	if (stat(exe, &st) < 0)
		return NULL;
	file = find(files, st.st_ino, kernel_dev(st.st_dev));
	return file ? file->path : NULL;
}
