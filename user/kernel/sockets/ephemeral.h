/* SPDX-License-Identifier: MIT */
/*
 * The ports of a network namespace that the kernel hands out by itself, and
 * those of them that it must not: net.ipv4.ip_local_port_range and
 * net.ipv4.ip_local_reserved_ports, which hold for IPv6 as well.
 */
#pragma once

#include "../../base/portset.h"
#include "../netns.h"

#define EPHEMERAL_RESERVED_NAME "net.ipv4.ip_local_reserved_ports"

/*
 * The range, both ends included. 0, or a negative errno when it can't be read,
 * and then the range is Linux's default, 32768 to 60999.
 */
int ephemeral_range(const struct netns *netns, uint16_t *ret_first, uint16_t *ret_last);

/* The reserved ports, all of them. 0, or a negative errno. */
int ephemeral_reserved(const struct netns *netns, struct portset *ret_set);

/*
 * Reserve ports, too: what is reserved stays, also what another one reserves at
 * the same time. 0 when they were read back; or a negative errno (-EROFS,
 * -EACCES, -EPERM: no permission; -EIO: something else stands there), and then
 * none that this call added remains, as far as that could be done.
 */
int ephemeral_reserve(const struct netns *netns, const struct portset *ports);

/* Could ports be reserved? 0, or a negative errno as of ephemeral_reserve(). Nothing is changed. */
int ephemeral_can_reserve(const struct netns *netns);

/*
 * Take ports out again, the others stay. The kernel can only replace the whole
 * list: what another one adds between the reading and the writing, some
 * microseconds, is lost. 0 when that was read back; or a negative errno, and
 * then what stood there is restored, as far as that could be done.
 */
int ephemeral_release(const struct netns *netns, const struct portset *ports);
