// SPDX-License-Identifier: MIT
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../base/cleanup.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

int netns_call(const struct netns *netns, int (*fn)(void *data), void *data)
{
	_cleanup_close_ int back = -1;
	int r;

	if (netns->fd < 0)
		return fn(data);
	back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (back < 0)
		return -errno;
	if (setns(netns->fd, CLONE_NEWNET) < 0)
		return -errno;
	r = fn(data);
	if (setns(back, CLONE_NEWNET) < 0)
		abort();
	return r;
}

static int read_cookie(void *data)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t *cookie = data;
	socklen_t len = sizeof(*cookie);

	if (fd < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len) < 0)
		return errno == ENOPROTOOPT ? 0 : -errno;
	return 0;
}

int netns_open(const char *path, struct netns *ret_netns)
{
	_cleanup_close_ int fd =
		open(path ? path : "/proc/self/ns/net", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct netns netns = { .fd = -1 };
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return -EINVAL;
	netns.inum = (uint32_t)st.st_ino;
	if (path)
		netns.fd = fd;
	r = netns_call(&netns, read_cookie, &netns.cookie);
	if (r < 0)
		return r;
	if (path)
		(void)TAKE_FD(fd);
	*ret_netns = netns;
	return 0;
}

bool netns_is_own(const char *path)
{
	struct stat own, other;

	return stat("/proc/self/ns/net", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

void netns_close(struct netns *netns)
{
	if (netns->fd >= 0)
		(void)close(netns->fd);
	netns->fd = -1;
}
