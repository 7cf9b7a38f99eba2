/* SPDX-License-Identifier: MIT */
/* The kernel's own sockets of a netns, such as VXLAN's and NFS': a BPF iterator over all of them.
 */
#pragma once

#include <stdint.h>

#include "../../base/cleanup.h"
#include "../netns.h"

struct kernel_sockets;

int kernel_sockets_new(struct kernel_sockets **ret_sockets); /* 0, or -ENOMEM; loads nothing yet */
void kernel_sockets_free(struct kernel_sockets *sockets);
DEFINE_CLEANUP(struct kernel_sockets, kernel_sockets_free)

typedef void (*kernel_sockets_fn)(void *data, uint64_t cookie);

/*
 * Call fn for the cookie of each TCP listener and UDP socket of the kernel's own. 0, or a
 * negative errno: then some may be missing.
 */
int kernel_sockets_read(struct kernel_sockets *sockets, const struct netns *netns,
			kernel_sockets_fn fn, void *data);
