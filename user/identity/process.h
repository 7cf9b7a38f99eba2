/* SPDX-License-Identifier: MIT */
/*
 * What /proc says of the process of a record, as long as it is that process. An answer
 * holds for repeats until it is to be asked anew: in a flood, thousands of records are of
 * a few processes, and each answer costs more than all the rest of a line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

/*
 * Does the process that started at start_ns (CLOCK_BOOTTIME; 0: whenever) still run? Its main
 * thread may have ended before the others.
 */
bool process_lives(uint32_t pid, uint64_t start_ns);

struct processes;

int processes_new(struct processes **ret_processes); /* 0, or -ENOMEM */
void processes_free(struct processes *processes);
DEFINE_CLEANUP(struct processes, processes_free)

/* Time has passed: a process may be another program now. */
void processes_ask_anew(struct processes *processes);

/*
 * The program that made the record, by its path as the process sees it; NULL: not known, or the
 * process has ended or become another program, or the file system tells another device or inode
 * number than the kernel uses inside (btrfs' subvolumes, overlayfs over several file systems).
 * Valid until a call for another process.
 */
const char *processes_exe(struct processes *processes, const struct hp_event *record);

/*
 * Its path in v1's memory hierarchy; where that is the root, in the named one, which systemd keeps
 * also where no controller is used. As processes_exe().
 */
const char *processes_v1_path(struct processes *processes, const struct hp_event *record);
