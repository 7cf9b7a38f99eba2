// SPDX-License-Identifier: MIT
#include "control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../base/buf.h"
#include "../base/lock.h"

/* The holder of the lock is the socket's only agent, so it may replace what a dead one left. */
int control_socket_lock(const char *path)
{
	_cleanup_buf_ struct buf name = { 0 };
	_cleanup_close_ int fd = -1;
	int r;

	buf_printf(&name, "%s.lock", path);
	if (name.failed)
		return -ENOMEM;
	fd = open(name.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = lock_take(fd, LOCK_START_MS);
	if (r < 0)
		return r == -EWOULDBLOCK ? -EADDRINUSE : r;
	return TAKE_FD(fd);
}

/* Does a program, ours or another, answer there? */
static bool is_served(const struct sockaddr_un *addr)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* EAGAIN: its backlog is full */
	return fd >= 0 && (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0 ||
			   errno == EAGAIN || errno == EPROTOTYPE);
}

/* Remove what a dead agent left. */
static int remove_dead_socket(const struct sockaddr_un *addr)
{
	struct stat st;

	if (lstat(addr->sun_path, &st) < 0)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (is_served(addr))
		return -EADDRINUSE;
	return unlink(addr->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

int control_socket_listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	mode_t mask;
	int r;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path));
	r = remove_dead_socket(&addr);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
	(void)umask(mask);
	if (r < 0)
		return r;
	if (listen(fd, 16) < 0)
		return -errno;
	return TAKE_FD(fd);
}
