// SPDX-License-Identifier: MIT
#include "usage.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"

static uint64_t ns_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * CLOCK_NS_PER_S + (uint64_t)time->tv_usec * 1000;
}

static void read_memory(struct usage *usage)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/statm", "re");
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), virtual, resident;

	if (!f || fscanf(f, "%" SCNu64 " %" SCNu64, &virtual, &resident) != 2)
		return;
	usage->virtual_bytes = virtual * page;
	usage->resident_bytes = resident * page;
}

/* Without the one that this takes. */
static uint64_t count_descriptors(void)
{
	_cleanup_closedir_ DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	uint64_t n = 0;

	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	return n ? n - 1 : 0;
}

void usage_read(struct usage *ret_usage)
{
	struct usage usage = { .descriptors = count_descriptors() };
	struct rusage self;
	struct rlimit limit;

	if (getrusage(RUSAGE_SELF, &self) == 0)
		usage.cpu_ns = ns_of(&self.ru_utime) + ns_of(&self.ru_stime);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		usage.descriptors_max = limit.rlim_cur;
	read_memory(&usage);
	*ret_usage = usage;
}
