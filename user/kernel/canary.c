// SPDX-License-Identifier: MIT
#include "canary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

#define KILLED_MS 200 /* more than the kernel needs to end a process that can end */

/* The proof of one family's two hooks; in the child, inside the target netns. */
struct attempt {
	struct kernel *kernel;
	struct canary_proof *proof; /* shared with the parent */
	int family;
	enum kernel_hook bind, post_bind;
};

static void found(struct attempt *a, enum kernel_hook hook, enum canary_result result, int error)
{
	a->proof->result[hook] = result;
	a->proof->error[hook] = error;
}

/* The wildcard address is there in every namespace. */
static int try_bind(int fd, int family, in_port_t port)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = port };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = port };
	int r = family == AF_INET6 ? bind(fd, (struct sockaddr *)&v6, sizeof(v6)) :
				     bind(fd, (struct sockaddr *)&v4, sizeof(v4));

	return r < 0 ? -errno : 0;
}

/* The port that a socket has got, in network byte order. */
static in_port_t port_of(int fd)
{
	struct sockaddr_in6 addr = { 0 }; /* the port is where sockaddr_in has it */
	socklen_t len = sizeof(addr);

	return getsockname(fd, (struct sockaddr *)&addr, &len) < 0 ? 0 : addr.sin6_port;
}

/* A socket whose binds the programs take for the canary's. */
static int make_socket(const struct attempt *a)
{
	_cleanup_close_ int fd = socket(a->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	int on = 1;

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -errno;
	kernel_canary(a->kernel)->cookie = cookie;
	return TAKE_FD(fd);
}

/* Port 0, for post_bind. What it gets stays bound to fd. */
static void prove_post_bind(struct attempt *a, int fd)
{
	volatile struct hp_canary *shared = kernel_canary(a->kernel);
	uint64_t passed = shared->passed;
	int r = try_bind(fd, a->family, 0);

	/* whoever may have refused it after that */
	if (shared->passed != passed)
		found(a, a->post_bind, CANARY_EFFECTIVE, 0);
	else if (r == -EADDRNOTAVAIL && a->family == AF_INET6)
		found(a, a->post_bind, CANARY_NOT_NEEDED, 0);
	else if (r < 0)
		found(a, a->post_bind, CANARY_NOT_BOUND, -r);
	else
		found(a, a->post_bind, CANARY_NOT_CONFIRMED, 0);
}

/*
 * A port, for bind: one that the kernel has just given to a socket that shares
 * it, so that nothing but a program can be the reason of a refusal.
 */
static void prove_bind(struct attempt *a, int fd, in_port_t port)
{
	volatile struct hp_canary *shared = kernel_canary(a->kernel);
	uint64_t denied = shared->denied, again = shared->again;
	int r = try_bind(fd, a->family, port ? port : htons(1));

	if (shared->denied == denied)
		found(a, a->bind, CANARY_NOT_DENIED, 0);
	else if (r == 0)
		found(a, a->bind, CANARY_OVERRIDDEN, 0);
	else
		found(a, a->bind, shared->again == again ? CANARY_EFFECTIVE : CANARY_SECOND, 0);
}

static int attempt_family(void *data)
{
	struct attempt *a = data;
	_cleanup_close_ int bound = make_socket(a), denied = -1;

	if (bound == -EAFNOSUPPORT && a->family == AF_INET6) {
		found(a, a->bind, CANARY_NOT_NEEDED, 0);
		found(a, a->post_bind, CANARY_NOT_NEEDED, 0);
		return 0;
	}
	if (bound < 0)
		return bound;
	prove_post_bind(a, bound);
	denied = make_socket(a);
	if (denied < 0)
		return denied;
	prove_bind(a, denied, port_of(bound));
	return 0;
}

/*
 * Does a port that post_bind refuses become free again? If so, the same socket
 * can be bound once more; before Linux 5.15 it is said to be bound already.
 */
static int attempt_guard(void *data)
{
	struct attempt *a = data;
	volatile struct hp_canary *shared = kernel_canary(a->kernel);
	_cleanup_close_ int fd = make_socket(a);
	bool refused;

	if (fd < 0)
		return 0;
	shared->guard = 1;
	refused = try_bind(fd, a->family, 0) < 0 && shared->guard == 2;
	shared->guard = 0;
	kernel_set_guard(a->kernel, refused && try_bind(fd, a->family, 0) == 0);
	return 0;
}

static void attempt_all(const struct canary *canary, struct canary_proof *proof)
{
	struct attempt attempts[] = {
		{ canary->kernel, proof, AF_INET, KERNEL_BIND4, KERNEL_POST_BIND4 },
		{ canary->kernel, proof, AF_INET6, KERNEL_BIND6, KERNEL_POST_BIND6 },
	};

	if (!canary->guard_tried)
		(void)netns_call(canary->netns, attempt_guard, &attempts[0]);
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct attempt *a = &attempts[i];
		int r = netns_call(canary->netns, attempt_family, a);

		if (r < 0 && proof->result[a->bind] == CANARY_NOT_TRIED)
			found(a, a->bind, CANARY_NO_SOCKET, -r);
		if (r < 0 && proof->result[a->post_bind] == CANARY_NOT_TRIED)
			found(a, a->post_bind, CANARY_NO_SOCKET, -r);
	}
}

static void all_hooks(struct canary_proof *proof, enum canary_result result, int error)
{
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		proof->result[i] = result;
		proof->error[i] = error;
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
static void child(const struct canary *canary, const char *dir, struct canary_proof *proof)
{
	int r = dir ? enter(dir) : 0;

	if (r < 0)
		all_hooks(proof, CANARY_NO_PROCESS, -r);
	else
		attempt_all(canary, proof);
}

/* Has a child ended within `ms`? 0, -ETIMEDOUT, or another negative errno. */
static int wait_for(pid_t pid, int ms, int *ret_status)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	if (fd < 0)
		return -errno;
	do
		r = poll(&p, 1, ms);
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r < 0 ? -errno : -ETIMEDOUT;
	return waitpid(pid, ret_status, WNOHANG) == pid ? 0 : -ECHILD;
}

/* Wait for the child, and no longer than we can afford. 0, or a positive errno. */
static int end_of(struct canary *canary, pid_t pid)
{
	int status = 0, r = wait_for(pid, CANARY_LIMIT_MS, &status);

	if (r == 0)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : ECHILD;
	(void)kill(pid, SIGKILL);
	if (wait_for(pid, KILLED_MS, &status) < 0)
		canary->stuck = pid;
	return -r;
}

/* The child that did not end, even killed: has it meanwhile? */
static bool is_stuck(struct canary *canary)
{
	int status;

	if (canary->stuck && waitpid(canary->stuck, &status, WNOHANG) != 0)
		canary->stuck = 0;
	return canary->stuck != 0;
}

static void in_child(struct canary *canary, const char *dir, struct canary_proof *proof)
{
	struct canary_proof *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int error;

	if (shared == MAP_FAILED) {
		all_hooks(proof, CANARY_NO_PROCESS, errno);
		return;
	}
	pid = fork();
	if (pid == 0) {
		child(canary, dir, shared);
		_exit(0);
	}
	error = pid < 0 ? errno : end_of(canary, pid);
	/* a child that was killed has proved nothing, whatever it wrote */
	if (error == 0)
		*proof = *shared;
	else
		all_hooks(proof, error == ETIMEDOUT ? CANARY_STUCK : CANARY_NO_PROCESS, error);
	canary->guard_tried = true;
	(void)munmap(shared, sizeof(*shared));
	kernel_canary(canary->kernel)->cookie = 0;
	kernel_canary(canary->kernel)->guard = 0;
}

void canary_try(struct canary *canary, struct canary_proof *ret_proof)
{
	char dir[PATH_MAX + 64];

	*ret_proof = (struct canary_proof) { 0 };
	if (is_stuck(canary)) {
		all_hooks(ret_proof, CANARY_STUCK, ETIMEDOUT);
		return;
	}
	if (cgroup_contains_self(canary->cgroup2, canary->cgroup)) {
		in_child(canary, NULL, ret_proof);
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%s/hostportd-canary.%d", canary->cgroup, (int)getpid());
	if (mkdir(dir, 0755) < 0 && errno != EEXIST) {
		all_hooks(ret_proof, CANARY_NO_PROCESS, errno);
		return;
	}
	in_child(canary, dir, ret_proof);
	(void)rmdir(dir);
}

size_t canary_first_failure(const struct canary_proof *proof)
{
	size_t i = 0;

	while (i < KERNEL_HOOKS && canary_is_proved(proof->result[i]))
		i++;
	return i;
}

const char *canary_words(enum canary_result result)
{
	static const char *const words[] = {
		[CANARY_NOT_TRIED] = "not tried yet",
		[CANARY_EFFECTIVE] = "effective",
		[CANARY_SECOND] = "denied, let through by another program, and denied by post_bind",
		[CANARY_NOT_NEEDED] = "not needed: there are no such sockets",
		[CANARY_NO_PROCESS] = "no process could be put into the cgroup",
		[CANARY_STUCK] = "the process that tries it hangs",
		[CANARY_NO_SOCKET] = "no socket could be made in the network namespace",
		[CANARY_NOT_DENIED] = "a bind that must be denied was not: the hook does not run",
		[CANARY_OVERRIDDEN] =
			"a bind that was denied succeeded: another program lets through what ours"
			" denies",
		[CANARY_NOT_BOUND] = "a bind that must succeed failed before the hook could run",
		[CANARY_NOT_CONFIRMED] =
			"a bind that succeeded was not seen: the hook does not run",
	};

	return words[result];
}
