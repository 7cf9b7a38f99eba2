// SPDX-License-Identifier: MIT
#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"

static bool is_child(pid_t pid)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64], line[512];
	const char *end;
	int parent = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || !fgets(line, sizeof(line), f))
		return false;
	/* PID (COMM) STATE PPID: the comm may hold anything, but no later member a bracket */
	end = NULL;
	for (const char *c = line; *c; c++)
		if (*c == ')')
			end = c;
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 && parent == getpid();
}

static void kill_children(void)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	struct dirent *e;
	long pid;

	while (proc && (e = readdir(proc))) {
		pid = strtol(e->d_name, NULL, 10);
		if (pid > 0 && is_child((pid_t)pid))
			(void)kill((pid_t)pid, SIGKILL);
	}
}

/* Orphans become children of ours: each pass ends those of the generation before. */
static void end_all(void)
{
	do
		kill_children();
	while (waitpid(-1, NULL, 0) > 0);
}

/* Wait until the child has ended: its status, or 128 + a signal that came first. */
static int await(pid_t child, const sigset_t *signals)
{
	int status, sig;
	pid_t pid;

	for (;;) {
		if (sigwait(signals, &sig) != 0)
			return -EINVAL;
		if (sig != SIGCHLD)
			return 128 + sig;
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == child)
				return WIFEXITED(status) ? WEXITSTATUS(status) :
							   128 + WTERMSIG(status);
	}
}

int guard_run(int (*work)(void *data), void (*clean)(void *data), void *data)
{
	sigset_t signals, before;
	int status;
	pid_t pid;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		status = work(data);
		(void)fflush(NULL);
		_exit(status);
	}
	status = await(pid, &signals);
	end_all();
	clean(data);
	return status;
}
