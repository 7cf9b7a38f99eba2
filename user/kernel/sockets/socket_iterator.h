/* SPDX-License-Identifier: MIT */
/* A BPF iterator over open files: the processes that have sockets of a netns open. */
#pragma once

#include <stdint.h>

#include "../../../bpf/abi.h"
#include "../../base/cleanup.h"

struct socket_iterator;

/*
 * Load the iterator for the netns of an inode number. 0, or a negative errno; logs
 * nothing where the kernel has none (before 5.11).
 */
int socket_iterator_open(uint32_t netns_inum, struct socket_iterator **ret_iterator);
void socket_iterator_close(struct socket_iterator *iterator);
DEFINE_CLEANUP(struct socket_iterator, socket_iterator_close)

typedef void (*socket_iterator_fn)(void *data, const struct hp_socket_owner *seen);

/* Walk once: call fn for each socket of each process. 0, or a negative errno. */
int socket_iterator_read(struct socket_iterator *iterator, socket_iterator_fn fn, void *data);
