// SPDX-License-Identifier: MIT
#include "host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/cleanup.h"

#define HOST_ROOT "/proc/1/root"

int host_file_open(const char *path, int flags)
{
	_cleanup_close_ int root = open(HOST_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* absolute links must not lead to the agent's own files */
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd;

	if (root < 0)
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}
