// SPDX-License-Identifier: MIT
/*
 * A line of /proc/self/mountinfo, whose paths any process that may mount can choose:
 * only a line that the kernel could have written for a cgroup hierarchy counts,
 * and the path is the one in the line, without its escapes.
 */
#include "fuzz.h"

#include "../../user/kernel/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ char *line = feed_text(&feed, '\n');
	_cleanup_free_ char *before = strdup(line);
	struct mountinfo mount;
	bool escaped;

	CHECK(before);
	if (!mountinfo_parse(line, &mount))
		return 0;
	CHECK(mount.kind == MOUNTINFO_CGROUP2 || mount.kind == MOUNTINFO_MEMORY);
	CHECK(memchr(mount.point, '\0', sizeof(mount.point)));
	CHECK(strstr(before, " - ") && strstr(before, "cgroup"));
	CHECK(mount.kind != MOUNTINFO_MEMORY || strstr(before, "memory"));
	escaped = strchr(before, '\\') != NULL;
	CHECK(escaped || strstr(before, mount.point));
	return 0;
}
