/* SPDX-License-Identifier: MIT */
/* The cgroup2 directory of a run, "hostportd-bench.PID". */
#pragma once

#include <limits.h>
#include <sys/types.h>

/*
 * Make one for the process `pid`, and remove those of processes that are gone. 0, or a negative
 * errno (-ENOENT: no cgroup2 is mounted).
 */
int place_make(pid_t pid, char ret_path[PATH_MAX]);

/* End what is left in it, and remove it with all below. An empty path is no place. */
void place_remove(const char *path);
