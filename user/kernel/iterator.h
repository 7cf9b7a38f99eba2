/* SPDX-License-Identifier: MIT */
/* Records that a BPF iterator writes, one walk at a time. */
#pragma once

#include <stddef.h>

struct bpf_link;

typedef void (*iterator_fn)(void *data, const void *record);

/*
 * Walk once: call fn for each record of `size` bytes (1 to 4096). The first one is
 * aligned to 8. 0, or a negative errno.
 */
int iterator_read(const struct bpf_link *link, size_t size, iterator_fn fn, void *data);
