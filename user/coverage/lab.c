// SPDX-License-Identifier: MIT
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../kernel/cgroup.h"
#include "sysctl.h"

#define PREFIX	   "hostportd-coverage."
#define CLEAR_MS   5000 /* for killed processes to end */
#define CLEAR_STEP 10	/* ms between looks */

/* ---- cgroups ------------------------------------------------------------------------- */

static void cleanup_fts(FTS **fts)
{
	if (*fts)
		(void)fts_close(*fts);
}

static FTS *open_tree(char *top)
{
	char *paths[] = { top, NULL };

	return fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
}

static void kill_members(const char *dir)
{
	char path[PATH_MAX + 32];
	_cleanup_fclose_ FILE *f = NULL;
	int pid;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		/* 0: a process of another pid namespace */
		if (pid > 0)
			(void)kill(pid, SIGKILL);
}

static void kill_tree(char *top)
{
	_cleanup_(cleanup_fts) FTS *fts = open_tree(top);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_D)
			kill_members(e->fts_path);
}

static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void remove_dirs(char *top)
{
	_cleanup_(cleanup_fts) FTS *fts = open_tree(top);
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_DP)
			(void)rmdir(e->fts_path);
}

/* An ending process is not listed any more, but its cgroup can't be removed yet. */
static bool remove_tree(char *top)
{
	const struct timespec step = { .tv_nsec = CLEAR_STEP * 1000000L };

	for (int waited = 0; waited < CLEAR_MS; waited += CLEAR_STEP) {
		kill_tree(top);
		reap();
		remove_dirs(top);
		if (access(top, F_OK) < 0)
			return true;
		(void)nanosleep(&step, NULL);
	}
	return false;
}

/* A run holds the lock on its cgroup while it lives. 0: locked. */
static int lock_dir(const char *dir, int *ret_fd)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static void remove_stale(const char *v2)
{
	_cleanup_closedir_ DIR *d = opendir(v2);
	const struct dirent *e;
	char path[PATH_MAX + NAME_MAX + 2];

	while (d && (e = readdir(d))) {
		_cleanup_close_ int fd = -1;

		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", v2, e->d_name);
		if (lock_dir(path, &fd) == 0)
			(void)remove_tree(path);
	}
}

static int make_top(struct lab *lab)
{
	if (mkdir(lab->top, 0755) < 0)
		return -errno;
	return lock_dir(lab->top, &lab->lock);
}

int lab_open(struct lab *ret_lab, struct buf *err)
{
	struct lab lab = { .lock = -1, .netns = { .fd = -1 }, .other = { .fd = -1 } };
	struct cgroup_mounts mounts;
	int r = cgroup_mounts(&mounts);

	if (r == 0 && !mounts.v2[0])
		r = -ENOENT;
	if (r < 0) {
		buf_printf(err, "cgroup2: %s", r == -ENOENT ? "not mounted" : strerror(-r));
		return r;
	}
	(void)strcpy(lab.mount, mounts.v2); /* of the same size */
	if (snprintf(lab.top, sizeof(lab.top), "%s/" PREFIX "%d", mounts.v2, (int)getpid()) >=
	    (int)sizeof(lab.top))
		return -ENAMETOOLONG;
	(void)snprintf(lab.in, sizeof(lab.in), "%s/in", lab.top);
	(void)snprintf(lab.out, sizeof(lab.out), "%s/out", lab.top);
	remove_stale(mounts.v2);
	r = make_top(&lab);
	if (r < 0) {
		buf_printf(err, "making cgroup %s: %s", lab.top, strerror(-r));
		lab_close(&lab);
		return r;
	}
	*ret_lab = lab;
	return 0;
}

int lab_enter(const char *cgroup)
{
	char path[PATH_MAX + 32];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, "0", 1) == 1 ? 0 : -errno;
}

/* ---- network namespaces -------------------------------------------------------------- */

static int raise_lo(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	if (fd < 0)
		return -errno;
	return ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? -errno : 0;
}

static int make_netns(struct netns *ret_netns)
{
	_cleanup_close_ int back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct netns netns = { .fd = -1 };
	int r;

	if (back < 0 || unshare(CLONE_NEWNET) < 0)
		return -errno;
	r = raise_lo();
	if (r == 0)
		r = netns_open("/proc/self/ns/net", &netns);
	/* never go on in the wrong namespace */
	if (setns(back, CLONE_NEWNET) < 0)
		abort();
	if (r == 0)
		*ret_netns = netns;
	return r;
}

int lab_renew(struct lab *lab)
{
	int r;

	(void)lab_clear(lab);
	if (mkdir(lab->in, 0755) < 0 || mkdir(lab->out, 0755) < 0)
		return -errno;
	r = cgroup_id(lab->out, &lab->out_id);
	if (r == 0)
		r = make_netns(&lab->netns);
	if (r == 0)
		r = make_netns(&lab->other);
	/* a new namespace allows no ping sockets; if this fails, the way is reported absent */
	if (r == 0)
		(void)sysctl_write(&lab->netns, SYSCTL_PING_GROUP, "0 0");
	return r;
}

/* ---- the end ------------------------------------------------------------------------- */

bool lab_clear(struct lab *lab)
{
	bool cleared = remove_tree(lab->in) && remove_tree(lab->out);

	netns_close(&lab->netns);
	netns_close(&lab->other);
	return cleared;
}

void lab_close(struct lab *lab)
{
	(void)lab_clear(lab);
	(void)remove_tree(lab->top);
	if (lab->lock >= 0)
		(void)close(lab->lock);
	lab->lock = -1;
}
