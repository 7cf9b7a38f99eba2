// SPDX-License-Identifier: MIT
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "../base/cleanup.h"

#define REPORT_MS 4000

/* What a helper process does: a function, or this program run again in a role. */
struct job {
	helper_fn fn;
	const void *ctx;
	const char *role; /* NULL: call the function */
};

bool helper_bind_life(int parent)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

void helper_report(const struct subject *s, int report)
{
	if (write(report, s->result, sizeof(*s->result)) != sizeof(*s->result))
		return;
	(void)close(report);
	for (;;)
		(void)pause();
}

/* As systemd does when it passes a socket on. */
static bool set_listen_variables(void)
{
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return setenv("LISTEN_PID", pid, 1) == 0 && setenv("LISTEN_FDS", "1", 1) == 0;
}

/*
 * Put both at their fixed numbers, without FD_CLOEXEC. They are first copied to numbers above
 * those, so that neither overwrites the other.
 */
static bool place_descriptors(int socket, int report)
{
	int a = fcntl(socket, F_DUPFD_CLOEXEC, HELPER_FD_REPORT + 1);
	int b = fcntl(report, F_DUPFD_CLOEXEC, HELPER_FD_REPORT + 1);

	return a >= 0 && b >= 0 && dup2(a, HELPER_FD_SOCKET) >= 0 && dup2(b, HELPER_FD_REPORT) >= 0;
}

/* Returns only if it fails: the descriptor to report to, which may have been moved. */
static int exec_self(struct subject *s, const char *role, int report)
{
	char port[8];
	const char *argv[] = { "hostportctl", SUBJECT_EXEC_ARG, role, s->way->name, port, NULL };

	(void)snprintf(port, sizeof(port), "%u", s->port);
	if (!place_descriptors(s->fd, report)) {
		(void)subject_step(s, "dup", errno);
		return report;
	}
	if (set_listen_variables())
		(void)execv("/proc/self/exe", (char *const *)argv);
	(void)subject_step(s, "exec", errno);
	return HELPER_FD_REPORT;
}

/* The new process. Its result is its own until it reports. */
static void run_job(struct subject s, const struct job *job, int parent, int report)
{
	struct way_result result = *s.result;

	s.result = &result;
	if (!helper_bind_life(parent))
		_exit(EXIT_FAILURE);
	if (job->role)
		report = exec_self(&s, job->role, report);
	else
		job->fn(&s, job->ctx);
	helper_report(&s, report);
	_exit(EXIT_FAILURE);
}

static bool read_report(struct subject *s, int report)
{
	struct pollfd p = { .fd = report, .events = POLLIN };
	struct way_result result;

	if (poll(&p, 1, REPORT_MS) <= 0)
		return subject_step(s, "helper", ETIMEDOUT);
	if (read(report, &result, sizeof(result)) != sizeof(result))
		return subject_step(s, "helper", ECHILD);
	*s->result = result;
	return !subject_failed(s);
}

static bool start_job(struct subject *s, const struct job *job)
{
	int ends[2], parent = getpid();
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return subject_step(s, "pipe", errno);
	_cleanup_close_ int from = ends[0];
	_cleanup_close_ int to = ends[1];

	pid = fork();
	if (pid == 0)
		run_job(*s, job, parent, to);
	if (pid < 0)
		return subject_step(s, "fork", errno);
	/* then the pipe ends when the process does */
	(void)close(TAKE_FD(to));
	return read_report(s, from);
}

bool helper_start(struct subject *s, helper_fn fn, const void *ctx)
{
	return start_job(s, &(struct job) { .fn = fn, .ctx = ctx });
}

bool helper_exec(struct subject *s, const char *role)
{
	return start_job(s, &(struct job) { .role = role });
}
