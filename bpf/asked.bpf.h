/* SPDX-License-Identifier: GPL-2.0-only */
/* What a socket itself says of its port. */
#pragma once

#include <stdbool.h>

#define SOCK_BINDPORT_LOCK 8

/* Did a bind() name the port? Known once that bind() has returned. */
static __always_inline bool port_was_asked_for(struct sock *sk)
{
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK;
}
