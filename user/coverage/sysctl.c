// SPDX-License-Identifier: MIT
#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../base/cleanup.h"

struct setting {
	const char *path;
	const char *new_value;
	char value[SYSCTL_LEN];
};

/* The file belongs to the namespace in which it is opened. */
static int read_here(void *data)
{
	struct setting *s = data;
	_cleanup_close_ int fd = open(s->path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || read(fd, s->value, sizeof(s->value) - 1) < 0 ? -errno : 0;
}

static int write_here(void *data)
{
	const struct setting *s = data;
	_cleanup_close_ int fd = open(s->path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, s->new_value, strlen(s->new_value)) < 0 ? -errno : 0;
}

int sysctl_read(const struct netns *netns, const char *path, char ret_value[SYSCTL_LEN])
{
	struct setting s = { .path = path };
	int r = netns_call(netns, read_here, &s);

	if (r == 0)
		memcpy(ret_value, s.value, sizeof(s.value));
	return r;
}

int sysctl_write(const struct netns *netns, const char *path, const char *value)
{
	struct setting s = { .path = path, .new_value = value };

	return netns_call(netns, write_here, &s);
}
