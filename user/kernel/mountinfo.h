/* SPDX-License-Identifier: MIT */
/* One line of /proc/PID/mountinfo, as far as it tells of control groups. Pure. */
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
