// SPDX-License-Identifier: MIT
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"

uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

int process_ns(int pid, uint64_t *ret_ns)
{
	struct timespec used;
	clockid_t clock;
	int r = clock_getcpuclockid(pid, &clock);

	if (r != 0)
		return -r;
	if (clock_gettime(clock, &used) < 0)
		return -errno;
	*ret_ns = (uint64_t)used.tv_sec * 1000000000ULL + (uint64_t)used.tv_nsec;
	return 0;
}

static int raise_loopback(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up) < 0 ? -errno : 0;
}

/* A namespace lives as long as somebody holds it: no name in /run/netns that would stay. */
static int make_netns(struct scene *scene)
{
	_cleanup_close_ int back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r;

	if (back < 0 || unshare(CLONE_NEWNET) < 0)
		return -errno;
	r = raise_loopback();
	scene->netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (scene->netns < 0 && r == 0)
		r = -errno;
	if (setns(back, CLONE_NEWNET) < 0)
		return -errno;
	(void)snprintf(scene->netns_at, sizeof(scene->netns_at), "/proc/%d/fd/%d", getpid(),
		       scene->netns);
	return r;
}

static int make_dir(struct scene *scene, const char *name)
{
	char dir[sizeof(scene->dir)];

	if ((size_t)snprintf(dir, sizeof(dir), "%s/%s", BENCH_TMP, name) >= sizeof(dir))
		return -ENAMETOOLONG;
	if (mkdir(dir, 0700) < 0)
		return -errno;
	(void)strcpy(scene->dir, dir);
	if (mount("tmpfs", dir, "tmpfs", MS_NODEV, "mode=0700") < 0)
		return -errno;
	(void)snprintf(scene->bpffs, sizeof(scene->bpffs), "%s/bpf", dir);
	if (mkdir(scene->bpffs, 0700) < 0 || mount("bpf", scene->bpffs, "bpf", 0, NULL) < 0)
		return -errno;
	return 0;
}

int scene_open(const struct bench *b, const char *name, struct scene *scene)
{
	int r;

	*scene = (struct scene)SCENE_NONE;
	r = make_dir(scene, name);
	if (r == 0)
		r = make_netns(scene);
	if (r < 0)
		return r;
	if ((size_t)snprintf(scene->cgroup, sizeof(scene->cgroup), "%s/%s", bench_cgroup(b),
			     name) >= sizeof(scene->cgroup))
		return -ENAMETOOLONG;
	if (mkdir(scene->cgroup, 0755) < 0 && errno != EEXIST)
		return -errno;
	scene->cgroup_fd = open(scene->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return scene->cgroup_fd < 0 ? -errno : 0;
}

void scene_close(struct scene *scene)
{
	if (scene->cgroup_fd >= 0)
		(void)close(scene->cgroup_fd);
	if (scene->netns >= 0)
		(void)close(scene->netns);
	if (scene->cgroup[0])
		(void)rmdir(scene->cgroup);
	if (scene->bpffs[0])
		(void)umount2(scene->bpffs, MNT_DETACH);
	if (scene->dir[0]) {
		(void)umount2(scene->dir, MNT_DETACH);
		(void)rmdir(scene->dir);
	}
	*scene = (struct scene)SCENE_NONE;
}

int scene_enter(const struct scene *scene)
{
	_cleanup_close_ int procs = openat(scene->cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	/* 0: the writer */
	if (procs < 0 || write(procs, "0", 1) < 0)
		return -errno;
	return setns(scene->netns, CLONE_NEWNET) < 0 ? -errno : 0;
}

static void become_callee(const struct scene *scene, int (*fn)(void *data), void *data,
			  pid_t parent)
{
	int r;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(ESRCH);
	r = scene_enter(scene);
	if (r == 0)
		r = fn(data);
	_exit(-r & 0xff);
}

int scene_call(const struct scene *scene, int (*fn)(void *data), void *data)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_callee(scene, fn, data, parent);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

void *scene_share(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int scene_write(const struct scene *scene, const char *name, const char *text, size_t len,
		char path[PATH_MAX])
{
	_cleanup_fclose_ FILE *f = NULL;

	(void)snprintf(path, PATH_MAX, "%s/%s", scene->dir, name);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	return fwrite(text, 1, len, f) == len && fflush(f) == 0 ? 0 : -EIO;
}
