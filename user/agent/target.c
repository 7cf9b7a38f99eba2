// SPDX-License-Identifier: MIT
#include "target.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"

int target_find_cgroup(struct target *target, const struct config *config)
{
	const char *asked = config->cgroup;
	int r = cgroup_mounts(&target->mounts);

	if (r < 0) {
		log_error("/proc/self/mountinfo: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (!target->mounts.v2[0]) {
		log_error("cgroup2: not mounted: bind programs can't be attached;"
			  " mount it (mount -t cgroup2 none /sys/fs/cgroup) or use a newer init");
		return EXIT_SYSTEM;
	}
	if (!asked) {
		asked = target->mounts.v2;
		if (!target->mounts.v2_is_root)
			log_warning("cgroup2: %s is not the root of the hierarchy: binds of other"
				    " cgroups are not seen; mount the host's and name it with"
				    " --cgroup",
				    asked);
	}
	if (strlen(asked) >= sizeof(target->cgroup)) {
		log_error("--cgroup: path too long");
		return EXIT_USAGE;
	}
	(void)strcpy(target->cgroup, asked);
	return EXIT_OK;
}

int target_find_netns(struct target *target, const struct config *config)
{
	const char *path = config->netns;
	int r = netns_open(path && !netns_is_own(path) ? path : NULL, &target->netns);

	if (r == 0)
		return EXIT_OK;
	log_error("network namespace: %s: %s", path ? path : "/proc/self/ns/net",
		  r == -EINVAL ? "not a network namespace" : strerror(-r));
	return path ? EXIT_USAGE : EXIT_SYSTEM;
}

bool target_is_everything(const struct target *target)
{
	return target->mounts.v2_is_root && strcmp(target->cgroup, target->mounts.v2) == 0;
}

const char *target_path(const struct target *target)
{
	size_t len = strlen(target->mounts.v2);

	return strlen(target->cgroup) < len ? "" : target->cgroup + len;
}
