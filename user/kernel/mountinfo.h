/* SPDX-License-Identifier: MIT */
/* The mounts of control groups in /proc/PID/mountinfo, a line each. Pure. */
#pragma once

#include <limits.h>
#include <stdbool.h>

enum mountinfo_kind {
	MOUNTINFO_CGROUP2,
	MOUNTINFO_MEMORY, /* v1's memory hierarchy */
};

struct mountinfo {
	enum mountinfo_kind kind;
	char point[PATH_MAX];
};

/* Is the line a mount of one of these kinds? */
bool mountinfo_parse(const char *line, struct mountinfo *ret_mount);
