/* SPDX-License-Identifier: MIT */
/* All processes that have sockets of a netns open, from a BPF iterator over open files. */
#pragma once

#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

struct taskfile;

/*
 * Load the iterator for the netns of an inode number. 0, or a negative errno;
 * says nothing where the kernel can't (before 5.11).
 */
int taskfile_open(uint32_t netns_inum, struct taskfile **ret_taskfile);
void taskfile_close(struct taskfile *taskfile);
DEFINE_CLEANUP(struct taskfile, taskfile_close)

typedef void (*taskfile_fn)(void *data, const struct hp_holder *holder);

/* Walk once: call fn for each socket of each process. 0, or a negative errno. */
int taskfile_read(struct taskfile *taskfile, taskfile_fn fn, void *data);
