// SPDX-License-Identifier: MIT
#include "binder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cpus.h"

#define NICE (-20)

struct binder {
	pid_t pid;
	int fd; /* a packet each way */
	int cpu;
	char cgroup[PATH_MAX];
};

/* ---- the process --------------------------------------------------------------------------- */

static int enter_cgroup(const char *path)
{
	_cleanup_close_ int fd = -1;
	char procs[PATH_MAX + 16];

	(void)snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, "0", 1) == 1 ? 0 : -errno;
}

/* Without it nobody has the loopback addresses. */
static int raise_loopback(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0 ? 0 : -errno;
}

static int settle(const struct binder *binder)
{
	int r;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	r = enter_cgroup(binder->cgroup);
	if (r == 0 && unshare(CLONE_NEWNET) < 0)
		r = -errno;
	if (r == 0)
		r = raise_loopback();
	if (r == 0)
		r = cpus_keep_to(binder->cpu);
	/* less precise without it, and not wrong */
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	return r;
}

static int serve(const struct binder *binder, int fd)
{
	struct sample_order order;
	struct clock_rate rate;
	struct sample sample;
	int r = settle(binder);

	if (r == 0)
		clock_calibrate(&rate);
	if (write(fd, &r, sizeof(r)) != sizeof(r))
		return 1;
	while (r == 0 && read(fd, &order, sizeof(order)) == sizeof(order)) {
		sample_take(&order, &rate, &sample);
		if (write(fd, &sample, sizeof(sample)) != sizeof(sample))
			return 1;
	}
	return 0;
}

/* ---- the parent ---------------------------------------------------------------------------- */

static int start(struct binder *binder)
{
	int pair[2], said = -ECHILD;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	binder->fd = pair[0];
	binder->pid = fork();
	if (binder->pid == 0) {
		(void)close(pair[0]);
		_exit(serve(binder, pair[1]));
	}
	(void)close(pair[1]);
	if (binder->pid < 0)
		return -errno;
	if (read(binder->fd, &said, sizeof(said)) != sizeof(said))
		return -ECHILD;
	return said;
}

int binder_start(const char *cgroup, struct binder **ret_binder)
{
	_cleanup_(binder_freep) struct binder *binder = calloc(1, sizeof(*binder));
	int r;

	if (!binder)
		return -ENOMEM;
	binder->fd = -1;
	binder->pid = -1;
	binder->cpu = cpus_last();
	if (snprintf(binder->cgroup, sizeof(binder->cgroup), "%s/" BINDER_GROUP, cgroup) >=
	    (int)sizeof(binder->cgroup))
		return -ENAMETOOLONG;
	if (mkdir(binder->cgroup, 0755) < 0 && errno != EEXIST)
		return -errno;
	r = start(binder);
	if (r < 0)
		return r;
	*ret_binder = TAKE_PTR(binder);
	return 0;
}

void binder_free(struct binder *binder)
{
	if (binder->fd >= 0)
		(void)close(binder->fd);
	if (binder->pid > 0) {
		(void)kill(binder->pid, SIGKILL);
		(void)waitpid(binder->pid, NULL, 0);
	}
	(void)rmdir(binder->cgroup);
	free(binder);
}

pid_t binder_pid(const struct binder *binder)
{
	return binder->pid;
}

int binder_cpu(const struct binder *binder)
{
	return binder->cpu;
}

int binder_measure(const struct binder *binder, const struct sample_order *order,
		   struct sample *ret_sample)
{
	struct sample sample;

	if (send(binder->fd, order, sizeof(*order), MSG_NOSIGNAL) != sizeof(*order) ||
	    read(binder->fd, &sample, sizeof(sample)) != sizeof(sample))
		return -ECHILD;
	*ret_sample = sample;
	return 0;
}
