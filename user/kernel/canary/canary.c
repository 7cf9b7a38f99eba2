// SPDX-License-Identifier: MIT
#include "canary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define KILLED_MS 200 /* at least: more than the kernel needs to end a process that can end */

static void all_hooks(struct canary_proof *proof, enum canary_result result, int error)
{
	*proof = (struct canary_proof) { 0 };
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

/* As close_range() from `first` to `last`, which a sandbox may not know. */
static void close_from_to(unsigned int first, unsigned int last)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (close_range(first, last, 0) == 0)
		return;
	if (max > 0 && last >= (unsigned long)max)
		last = (unsigned int)max - 1;
	for (unsigned int fd = first; fd <= last; fd++)
		(void)close((int)fd);
}

/*
 * Close all but the target netns, and end with the agent. A child that hangs must not hold
 * the agent's lock and socket, or the links: programs would stay attached without an agent.
 */
static int keep_netns_only(const struct canary *canary, pid_t parent)
{
	int keep = canary->netns->fd;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	if (getppid() != parent)
		return -ESRCH;
	if (keep > 0)
		close_from_to(0, (unsigned int)keep - 1);
	close_from_to((unsigned int)(keep + 1), ~0U);
	return 0;
}

/*
 * As fork(), but the child is in the cgroup from its beginning. To move it there, the
 * kernel would wait for all programs that run, some milliseconds to tens of them. Needs
 * Linux 5.7; sandboxes, ours too, refuse it, because they can't read its arguments. If the
 * cgroup is frozen just before this, the child waits, with all that the agent holds, until
 * the agent kills it.
 */
static pid_t fork_into(const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)fd,
	};

	return fd < 0 ? -1 : (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Make a child in the cgroup. If it has to enter the cgroup by itself, *ret_enter is `dir`. */
static pid_t fork_for(const struct canary *canary, const char *dir, const char **ret_enter)
{
	pid_t pid = dir && !canary->confined ? fork_into(dir) : -1;

	*ret_enter = NULL;
	if (pid >= 0)
		return pid;
	*ret_enter = dir;
	return fork();
}

/* The child's work; `dir` is the cgroup to enter, or NULL. */
static void child(const struct canary *canary, const char *dir, pid_t parent,
		  struct canary_proof *proof)
{
	int r = keep_netns_only(canary, parent);

	if (r == 0 && dir)
		r = enter(dir);

	if (r < 0)
		all_hooks(proof, CANARY_NO_PROCESS, -r);
	else
		canary_child_try(canary->kernel, canary->netns, proof);
}

/* Has the process ended within `ms`? 0, -ETIMEDOUT, or another negative errno. */
static int wait_for(const struct canary *canary, int ms, int *ret_status)
{
	struct pollfd p = { .fd = canary->fd, .events = POLLIN };
	int r;

	do
		r = poll(&p, 1, ms);
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r < 0 ? -errno : -ETIMEDOUT;
	return waitpid(canary->pid, ret_status, WNOHANG) == canary->pid ? 0 : -ECHILD;
}

/* The machine may be busy: whoever was late gets more time at once, but not ever more. */
int canary_limit(const struct canary *canary)
{
	unsigned int late = canary->late;

	return canary->limit_ms << (late < CANARY_LATE_MAX ? late : CANARY_LATE_MAX - 1);
}

/* Wait for the process, at most so long, and kill it if need be. 0, or a positive errno. */
static int end_of(struct canary *canary, int ms)
{
	int status = 0, r = wait_for(canary, ms, &status);

	if (r == 0)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : ECHILD;
	(void)kill(canary->pid, SIGKILL);
	if (wait_for(canary, ms / 2 > KILLED_MS ? ms / 2 : KILLED_MS, &status) < 0)
		canary->stuck = canary->pid;
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

/* Is the cgroup frozen, by itself or by one above it? An empty one is frozen at once. */
static bool is_frozen(const char *dir)
{
	char path[PATH_MAX + 80], line[64];
	_cleanup_fclose_ FILE *f = NULL;
	unsigned int frozen = 0;

	(void)snprintf(path, sizeof(path), "%s/cgroup.events", dir);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "frozen %u", &frozen) == 1)
			break;
	return frozen;
}

/* The result of a process that did not end in time. */
static enum canary_result late(struct canary *canary)
{
	if (*canary->dir && is_frozen(canary->dir))
		return CANARY_FROZEN;
	if (canary->late < CANARY_LATE_MAX)
		canary->late++;
	return canary->late < CANARY_LATE_MAX ? CANARY_LATE : CANARY_STUCK;
}

/* Make the process. 0, or a positive errno. */
static int start(struct canary *canary)
{
	struct canary_proof *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *enter_dir;
	pid_t pid, parent = getpid();
	int error;

	if (shared == MAP_FAILED)
		return errno;
	pid = fork_for(canary, *canary->dir ? canary->dir : NULL, &enter_dir);
	if (pid == 0) {
		child(canary, enter_dir, parent, shared);
		_exit(0);
	}
	canary->fd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	if (canary->fd >= 0) {
		canary->pid = pid;
		canary->shared = shared;
		return 0;
	}
	error = errno;
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		canary->stuck = pid;
	}
	(void)munmap(shared, sizeof(*shared));
	return error;
}

/* ---- the directory ------------------------------------------------------------------------- */

#define DIR_NAME "hostportd-canary."

/* The agent whose canary made the directory; 0: no canary made it. */
static pid_t owner_of(const char *name)
{
	char *end;
	long pid;

	if (strncmp(name, DIR_NAME, strlen(DIR_NAME)) != 0)
		return 0;
	pid = strtol(name + strlen(DIR_NAME), &end, 10);
	return *end == '\0' && pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* Remove the directories of agents that were killed before they could. */
static void remove_stale(const struct canary *canary)
{
	_cleanup_closedir_ DIR *dir = opendir(canary->cgroup);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = owner_of(entry->d_name);

		if (pid && kill(pid, 0) < 0 && errno == ESRCH)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
}

/* Leave nothing in the group and in the programs' memory. */
static void clean_up(struct canary *canary)
{
	if (*canary->dir)
		(void)rmdir(canary->dir);
	remove_stale(canary);
	kernel_canary(canary->kernel)->cookie = 0;
	kernel_canary(canary->kernel)->guard = 0;
	kernel_canary(canary->kernel)->named = 0;
}

/* Set the cgroup for the process; an empty name: it is ours. 0, or a positive errno. */
static int make_directory(struct canary *canary)
{
	*canary->dir = '\0';
	if (cgroup_contains_self(canary->cgroup2, canary->cgroup))
		return 0;
	(void)snprintf(canary->dir, sizeof(canary->dir), "%s/" DIR_NAME "%d", canary->cgroup,
		       (int)getpid());
	return mkdir(canary->dir, 0755) < 0 && errno != EEXIST ? errno : 0;
}

bool canary_begin(struct canary *canary, struct canary_proof *ret_proof)
{
	int error;

	remove_stale(canary);
	if (is_stuck(canary)) {
		all_hooks(ret_proof, CANARY_STUCK, 0);
		return false;
	}
	error = make_directory(canary);
	if (error == 0 && *canary->dir && is_frozen(canary->dir)) {
		all_hooks(ret_proof, CANARY_FROZEN, 0);
	} else {
		error = error ? error : start(canary);
		if (error == 0)
			return true;
		all_hooks(ret_proof, CANARY_NO_PROCESS, error);
		canary->late = 0;
	}
	clean_up(canary);
	return false;
}

void canary_end(struct canary *canary, int wait_ms, struct canary_proof *ret_proof)
{
	int error = end_of(canary, wait_ms);

	/* a process that was killed has proved nothing, whatever it wrote */
	if (error == 0)
		*ret_proof = *canary->shared;
	else if (error == ETIMEDOUT)
		all_hooks(ret_proof, late(canary), 0);
	else
		all_hooks(ret_proof, CANARY_NO_PROCESS, error);
	if (error != ETIMEDOUT)
		canary->late = 0;
	(void)munmap(canary->shared, sizeof(*canary->shared));
	(void)close(canary->fd);
	canary->pid = 0;
	clean_up(canary);
}

void canary_try(struct canary *canary, struct canary_proof *ret_proof)
{
	if (canary_begin(canary, ret_proof))
		canary_end(canary, canary_limit(canary), ret_proof);
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
		[CANARY_NO_PORT] = "could not be tried now: no port was free",
		[CANARY_FROZEN] = "could not be tried now: the cgroup is frozen",
		[CANARY_LATE] = "could not be tried now: the process that tries it takes too long",
		[CANARY_NO_PROCESS] = "no process could be put into the cgroup",
		[CANARY_STUCK] = "the process that tries it hangs",
		[CANARY_NO_SOCKET] = "no socket could be made in the network namespace",
		[CANARY_NOT_DENIED] = "a bind that must be denied was not: the hook does not run",
		[CANARY_OVERRIDDEN] =
			("a bind that was denied succeeded: another program lets through what ours"
			 " denies"),
		[CANARY_NOT_BOUND] = "a bind that must succeed failed before the hook could run",
		[CANARY_NOT_CONFIRMED] =
			"a bind that succeeded was not seen: the hook does not run",
	};

	return words[result];
}
