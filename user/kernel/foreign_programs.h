/* SPDX-License-Identifier: MIT */
/*
 * The programs of others beside ours: at the same cgroup, and at those above it. All
 * programs of a bind() run, those of the lowest cgroup first and those of one cgroup in
 * the order in which they were attached. The last one that sets a result decides.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

#define FOREIGN_PROGRAMS_PER_HOOK 64 /* as many as the kernel lets attach to one cgroup */
#define FOREIGN_PROGRAMS_MAX	  (KERNEL_HOOKS * FOREIGN_PROGRAMS_PER_HOOK)
#define PROGRAM_NAME_LEN	  16 /* with its zero byte */

struct foreign_program {
	const char *hook; /* static, as kernel_hook_name() has it */
	uint32_t program_id;
	char name[PROGRAM_NAME_LEN]; /* empty: it has none, or it can't be told */
	bool after;		     /* it runs after ours, or ours is not there */
};

struct foreign_programs {
	struct foreign_program list[FOREIGN_PROGRAMS_MAX];
	size_t len;
};

/*
 * Who else is asked about a bind() in the cgroup, hook by hook and in the order
 * in which they run; of each hook's programs the first FOREIGN_PROGRAMS_PER_HOOK. 0,
 * or a negative errno, and then nothing is written.
 */
int foreign_programs_find(struct kernel *kernel, int cgroup_fd,
			  struct foreign_programs *ret_foreign);

/* The program that keeps others out of a cgroup. */
struct foreign_blocker {
	struct foreign_program program;
	char cgroup[PATH_MAX]; /* where it is attached */
};

/*
 * Why an attachment to `cgroup`, a directory at or below cgroup2's mount point,
 * is refused: find a program that was attached without BPF_F_ALLOW_MULTI, there
 * or above. False: there is none that can be seen.
 */
bool foreign_programs_find_blocker(const char *cgroup2, const char *cgroup,
				   struct foreign_blocker *ret_blocker);
