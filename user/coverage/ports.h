/* SPDX-License-Identifier: MIT */
/* Which ports the kernel chooses from, in a network namespace. */
#pragma once

#include <stdint.h>

#include "../kernel/netns.h"

#define PORTS_LEN 32

/* The range as the kernel writes it. 0, or a negative errno. */
int ports_read(const struct netns *netns, char ret_range[PORTS_LEN]);

/* Set it, as ports_read() gave it. 0, or a negative errno. */
int ports_write(const struct netns *netns, const char *range);

/* Leave it one port only: what the kernel chooses is then known beforehand. 0, or -errno. */
int ports_narrow(const struct netns *netns, uint16_t port);
