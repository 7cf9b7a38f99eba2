// SPDX-License-Identifier: MIT
#include "canary.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

/* Any port will do: the programs know the canary by its socket. */
#define CANARY_PORT 1

/* What the child found; shared with it. */
struct outcome {
	enum canary_result result;
	int error;
};

struct attempt {
	const struct canary *canary;
	struct outcome *outcome;
	int family;
};

/* Loopback for the bind that is refused; for port 0 the wildcard, which is always there. */
static socklen_t address(int family, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = port ? in6addr_loopback : in6addr_any,
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(port ? INADDR_LOOPBACK : INADDR_ANY),
	};

	if (family == AF_INET6) {
		*(struct sockaddr_in6 *)ret = v6;
		return sizeof(v6);
	}
	*(struct sockaddr_in *)ret = v4;
	return sizeof(v4);
}

static int try_bind(int fd, int family, uint16_t port)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = address(family, port, &addr);

	return bind(fd, (struct sockaddr *)&addr, len) < 0 ? -errno : 0;
}

/* IPv6 can be switched off in a namespace that still has its sockets. */
static bool has_no_addresses(int family, int error)
{
	return family == AF_INET6 && error == -EADDRNOTAVAIL;
}

static enum canary_result judge(const struct attempt *a, int fd)
{
	volatile struct hp_canary *shared = kernel_canary(a->canary->kernel);
	uint64_t denied = shared->denied, passed = shared->passed;
	int r = try_bind(fd, a->family, CANARY_PORT);

	if (r >= 0 || shared->denied == denied)
		return CANARY_NOT_DENIED;
	r = try_bind(fd, a->family, 0);
	if (has_no_addresses(a->family, r))
		return CANARY_EFFECTIVE;
	if (r < 0 || shared->passed == passed)
		return CANARY_NOT_CONFIRMED;
	return CANARY_EFFECTIVE;
}

/* In the child, inside the target netns and cgroup. */
static int attempt_family(void *data)
{
	struct attempt *a = data;
	_cleanup_close_ int fd = socket(a->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	volatile struct hp_canary *shared = kernel_canary(a->canary->kernel);
	enum canary_result result;
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0 && a->family == AF_INET6 && errno == EAFNOSUPPORT)
		return 0;
	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0) {
		*a->outcome = (struct outcome) { CANARY_NO_SOCKET, errno };
		return -errno;
	}
	shared->cookie = cookie;
	result = judge(a, fd);
	shared->cookie = 0;
	if (result == CANARY_EFFECTIVE)
		return 0;
	a->outcome->result = result;
	return -EIO;
}

/*
 * Does a port that post_bind refuses become free again? If so, the same socket
 * can be bound once more; before Linux 5.15 it is said to be bound already.
 */
static int attempt_guard(void *data)
{
	struct kernel *kernel = data;
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	volatile struct hp_canary *shared = kernel_canary(kernel);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	bool refused;

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0)
		return 0;
	shared->cookie = cookie;
	shared->guard = 1;
	refused = try_bind(fd, AF_INET, 0) < 0 && shared->guard == 2;
	shared->guard = 0;
	kernel_set_guard(kernel, refused && try_bind(fd, AF_INET, 0) == 0);
	shared->cookie = 0;
	return 0;
}

/* Effective is what every family has proved; the first that has not says why. */
static void attempt_all(const struct canary *canary, struct outcome *outcome)
{
	static const int families[] = { AF_INET, AF_INET6 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(families) && r == 0; i++) {
		struct attempt a = { canary, outcome, families[i] };

		r = netns_call(canary->netns, attempt_family, &a);
		if (r < 0 && outcome->result == CANARY_NOT_TRIED)
			*outcome = (struct outcome) { CANARY_NO_SOCKET, -r };
	}
	if (r == 0) {
		outcome->result = CANARY_EFFECTIVE;
		(void)netns_call(canary->netns, attempt_guard, canary->kernel);
	}
}

static int enter(const char *dir)
{
	char path[PATH_MAX + 16];
	_cleanup_close_ int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, "0", 1) == 1 ? 0 : -errno;
}

/* The child's work; `dir` is the cgroup to enter, or NULL. */
static void child(const struct canary *canary, const char *dir, struct outcome *outcome)
{
	int r = dir ? enter(dir) : 0;

	if (r < 0)
		*outcome = (struct outcome) { CANARY_NO_PROCESS, -r };
	else
		attempt_all(canary, outcome);
}

/* 0 when the child has ended by itself, else a positive errno. */
static int wait_for(pid_t pid)
{
	int status;
	pid_t r;

	do
		r = waitpid(pid, &status, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : ECHILD;
}

static enum canary_result in_child(const struct canary *canary, const char *dir, int *ret_errno)
{
	struct outcome *outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum canary_result result = CANARY_NO_PROCESS;
	pid_t pid;

	if (outcome == MAP_FAILED) {
		*ret_errno = errno;
		return result;
	}
	pid = fork();
	if (pid == 0) {
		child(canary, dir, outcome);
		_exit(0);
	}
	*ret_errno = pid < 0 ? errno : wait_for(pid);
	/* a child that was killed has proved nothing, whatever it wrote */
	if (*ret_errno == 0) {
		result = outcome->result;
		*ret_errno = outcome->error;
	}
	(void)munmap(outcome, sizeof(*outcome));
	kernel_canary(canary->kernel)->cookie = 0;
	return result;
}

enum canary_result canary_try(const struct canary *canary, int *ret_errno)
{
	char dir[PATH_MAX + 64];
	enum canary_result result;

	*ret_errno = 0;
	if (cgroup_contains_self(canary->cgroup2, canary->cgroup))
		return in_child(canary, NULL, ret_errno);
	(void)snprintf(dir, sizeof(dir), "%s/hostportd-canary.%d", canary->cgroup, (int)getpid());
	if (mkdir(dir, 0755) < 0 && errno != EEXIST) {
		*ret_errno = errno;
		return CANARY_NO_PROCESS;
	}
	result = in_child(canary, dir, ret_errno);
	(void)rmdir(dir);
	return result;
}

const char *canary_words(enum canary_result result)
{
	static const char *const words[] = {
		[CANARY_NOT_TRIED] = "not tried yet",
		[CANARY_EFFECTIVE] = "effective",
		[CANARY_NO_PROCESS] = "no process could be put into the cgroup",
		[CANARY_NO_SOCKET] = "no socket could be made in the network namespace",
		[CANARY_NOT_DENIED] =
			"a bind that must be denied was not: the bind hook does not run",
		[CANARY_NOT_CONFIRMED] =
			"a bind that succeeded was not seen: the post_bind hook does not run",
	};

	return words[result];
}
