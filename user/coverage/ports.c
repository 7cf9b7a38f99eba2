// SPDX-License-Identifier: MIT
#include "ports.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../base/cleanup.h"

#define RANGE "/proc/sys/net/ipv4/ip_local_port_range"

/* The file is that of the namespace in which it is opened. */
static int read_here(void *data)
{
	_cleanup_close_ int fd = open(RANGE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, data, PORTS_LEN - 1);

	return n < 0 ? -errno : (int)n;
}

int ports_read(const struct netns *netns, char ret_range[PORTS_LEN])
{
	int n = netns_call(netns, read_here, ret_range);

	if (n < 0)
		return n;
	ret_range[n] = '\0';
	return 0;
}

static int write_here(void *data)
{
	_cleanup_close_ int fd = open(RANGE, O_WRONLY | O_CLOEXEC);
	const char *range = data;

	if (fd < 0 || write(fd, range, strlen(range)) < 0)
		return -errno;
	return 0;
}

int ports_write(const struct netns *netns, const char *range)
{
	return netns_call(netns, write_here, (void *)range);
}

int ports_narrow(const struct netns *netns, uint16_t port)
{
	char range[PORTS_LEN];

	(void)snprintf(range, sizeof(range), "%u %u", port, port);
	return ports_write(netns, range);
}
