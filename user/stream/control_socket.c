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

#define LOCK_TRIES 16

/* Is the open file still the one of this name? An agent that stops removes its lock file. */
static bool is_at(int fd, const char *name)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(name, &named) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* A descriptor, or a negative errno; -EAGAIN: the file is not the one of this name any more. */
static int lock_file(const char *name)
{
	_cleanup_close_ int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = lock_take(fd, LOCK_START_MS);
	if (r < 0)
		return r == -EWOULDBLOCK ? -EADDRINUSE : r;
	return is_at(fd, name) ? TAKE_FD(fd) : -EAGAIN;
}

/* The holder of the lock is the socket's only agent, so it may replace what a dead one left. */
int control_socket_lock(const char *path)
{
	_cleanup_buf_ struct buf name = { 0 };
	int r = -EAGAIN;

	buf_printf(&name, "%s.lock", path);
	if (name.failed)
		return -ENOMEM;
	for (int i = 0; i < LOCK_TRIES && r == -EAGAIN; i++)
		r = lock_file(name.data);
	return r == -EAGAIN ? -EADDRINUSE : r;
}

/* While it is locked: whoever waits for it then finds that it is gone. */
void control_socket_unlock(const char *path, int fd)
{
	_cleanup_buf_ struct buf name = { 0 };

	buf_printf(&name, "%s.lock", path);
	if (!name.failed && is_at(fd, name.data))
		(void)unlink(name.data);
	(void)close(fd);
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

static int address_of(const char *path, struct sockaddr_un *ret_addr)
{
	if (strlen(path) >= sizeof(ret_addr->sun_path))
		return -ENAMETOOLONG;
	*ret_addr = (struct sockaddr_un) { .sun_family = AF_UNIX };
	memcpy(ret_addr->sun_path, path, strlen(path));
	return 0;
}

void control_socket_clear(const char *path)
{
	struct sockaddr_un addr;
	int fd = address_of(path, &addr) == 0 ? control_socket_lock(path) : -1;

	if (fd < 0)
		return;
	(void)remove_dead_socket(&addr);
	control_socket_unlock(path, fd);
}

int control_socket_listen(const char *path)
{
	struct sockaddr_un addr;
	_cleanup_close_ int fd = -1;
	mode_t mask;
	int r = address_of(path, &addr);

	if (r == 0)
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
