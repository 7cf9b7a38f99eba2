/* SPDX-License-Identifier: MIT */
/* Which CPU a process runs on. */
#pragma once

/* The last CPU that this process may run on. */
int cpus_last(void);

/* Keep the calling thread to one CPU. 0, or a negative errno. */
int cpus_keep_to(int cpu);

/* Keep the calling thread off one CPU, unless there is no other. */
void cpus_keep_off(int cpu);
