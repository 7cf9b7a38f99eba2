// SPDX-License-Identifier: MIT
#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../user/base/cleanup.h"
#include "../../user/kernel/cgroup.h"

#define PREFIX	     "hostportd-bench."
#define EMPTY_WAIT   5000 /* ms for killed processes to be gone */
#define EMPTY_WAKES  64	  /* changes of cgroup.events that are looked at */
#define OPEN_AT_ONCE 8

/* ---- removal ------------------------------------------------------------------------------- */

static int open_in(const char *dir, const char *name, int flags)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -1;
	return open(path, flags | O_CLOEXEC);
}

static bool is_populated(int fd)
{
	char text[256];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return false;
	text[n] = '\0';
	return strstr(text, "populated 1");
}

static void end_processes(const char *path)
{
	_cleanup_close_ int kill_fd = open_in(path, "cgroup.kill", O_WRONLY);
	_cleanup_close_ int events = open_in(path, "cgroup.events", O_RDONLY);
	struct pollfd change = { .fd = events, .events = POLLPRI };

	if (kill_fd >= 0)
		(void)!write(kill_fd, "1", 1);
	for (int i = 0; events >= 0 && i < EMPTY_WAKES && is_populated(events); i++)
		if (poll(&change, 1, EMPTY_WAIT) <= 0)
			return;
}

static int remove_dir(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_DP)
		(void)rmdir(path);
	return 0;
}

void place_remove(const char *path)
{
	if (!path[0])
		return;
	end_processes(path);
	(void)nftw(path, remove_dir, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}

/* Those whose process was killed together with what would have cleaned up after it. */
static void remove_stale(const char *mount)
{
	_cleanup_closedir_ DIR *dir = opendir(mount);
	char path[PATH_MAX];
	struct dirent *e;
	long pid;

	while (dir && (e = readdir(dir))) {
		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		pid = strtol(e->d_name + strlen(PREFIX), NULL, 10);
		if (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", mount, e->d_name) < (int)sizeof(path))
			place_remove(path);
	}
}

/* ---- making -------------------------------------------------------------------------------- */

int place_make(pid_t pid, char ret_path[PATH_MAX])
{
	struct cgroup_mounts mounts;
	char path[PATH_MAX];
	int r = cgroup_mounts(&mounts);

	if (r < 0)
		return r;
	if (!mounts.v2[0])
		return -ENOENT;
	remove_stale(mounts.v2);
	if (snprintf(path, sizeof(path), "%s/" PREFIX "%d", mounts.v2, pid) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (mkdir(path, 0755) < 0)
		return -errno;
	(void)snprintf(ret_path, PATH_MAX, "%s", path);
	return 0;
}
