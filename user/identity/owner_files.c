// SPDX-License-Identifier: MIT
#include "owner_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../base/cleanup.h"
#include "host_file.h"
#include "kernel_dev.h"

int owner_file_find(const char *path, struct owner_file *ret_file)
{
	_cleanup_close_ int fd = host_file_open(path, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
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
	return file ? file->path : "";
}
