/* SPDX-License-Identifier: GPL-2.0-only */
/* Who chose a socket's port: a bind() that named it, or the kernel. */
#pragma once

#include <stdbool.h>

#define SOCK_BINDPORT_LOCK 8

/* Did a bind() name the port? The socket knows it once that bind() has returned. */
static __always_inline bool bind_named_port(struct sock *sk)
{
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK;
}
