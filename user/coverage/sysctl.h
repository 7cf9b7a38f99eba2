/* SPDX-License-Identifier: MIT */
/* Settings of a network namespace, below /proc/sys/net. */
#pragma once

#include "../kernel/netns.h"

#define SYSCTL_PORT_RANGE                                                                          \
	"/proc/sys/net/ipv4/ip_local_port_range"		/* from which the kernel chooses */
#define SYSCTL_PING_GROUP "/proc/sys/net/ipv4/ping_group_range" /* groups that may ping */

#define SYSCTL_LEN	  32 /* of a value, with its zero byte */

/* Both: 0, or a negative errno. */
int sysctl_read(const struct netns *netns, const char *path, char ret_value[SYSCTL_LEN]);
int sysctl_write(const struct netns *netns, const char *path, const char *value);
