// SPDX-License-Identifier: MIT
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../base/cleanup.h"

/* The answers of the process. */
enum word {
	WORD_DONE = 'd',
	WORD_NO_PLACE = 'p',
};

/* ---- in the process ------------------------------------------------------------------ */

static void send_word(int fd, enum word word)
{
	char c = (char)word;

	if (write(fd, &c, 1) != 1)
		_exit(1);
}

/* Wait until told to go on; end if the other side is closed. */
static void wait_for_word(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		_exit(0);
}

static int enter_lab(const struct lab *lab, const struct signal_hold *hold, pid_t parent)
{
	/* the child neither holds signals back nor keeps the lock */
	(void)sigprocmask(SIG_SETMASK, &hold->old, NULL);
	(void)close(lab->lock);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		return -ECHILD;
	if (setns(lab->netns.fd, CLONE_NEWNET) < 0)
		return -errno;
	return lab_enter(lab->in);
}

static void run_subject(const struct trial *trial, const struct lab *lab, int fd)
{
	struct subject subject = {
		.way = trial->way,
		.port = trial->port,
		.netns = lab->netns.fd,
		.other_netns = lab->other.fd,
		.cgroup = lab->in,
		.other_cgroup = lab->out,
		.result = trial->result,
		.fd = -1,
	};

	if (trial->way->prepare)
		trial->way->prepare(&subject);
	send_word(fd, WORD_DONE);
	wait_for_word(fd);
	trial->way->take(&subject);
	send_word(fd, WORD_DONE);
	wait_for_word(fd);
}

static void run_child(const struct trial *trial, const struct lab *lab,
		      const struct signal_hold *hold, pid_t parent, int fd)
{
	int r = enter_lab(lab, hold, parent);

	if (r < 0) {
		trial->result->error = -r;
		send_word(fd, WORD_NO_PLACE);
		_exit(1);
	}
	run_subject(trial, lab, fd);
	_exit(0);
}

/* ---- outside the process --------------------------------------------------------------- */

static int await_word(struct trial *trial, const struct signal_hold *hold)
{
	struct pollfd p[] = {
		{ .fd = trial->fd, .events = POLLIN },
		{ .fd = hold->fd, .events = POLLIN },
	};
	char c;
	int n = poll(p, ARRAY_LEN(p), TRIAL_MS);

	if (n < 0)
		return -errno;
	if (p[1].revents)
		return -EINTR;
	if (n == 0)
		trial->state = TRIAL_HUNG;
	else if (read(trial->fd, &c, 1) != 1)
		trial->state = TRIAL_DIED;
	else
		trial->state = c == WORD_DONE ? TRIAL_DONE : TRIAL_NO_PLACE;
	return 0;
}

int trial_start(struct trial *trial, const struct lab *lab, const struct signal_hold *hold)
{
	pid_t parent = getpid();
	int pair[2];

	*trial->result = (struct way_result) { 0 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	trial->pid = fork();
	if (trial->pid == 0) {
		(void)close(pair[0]);
		run_child(trial, lab, hold, parent, pair[1]);
	}
	(void)close(pair[1]);
	trial->fd = pair[0];
	return trial->pid < 0 ? -errno : await_word(trial, hold);
}

int trial_take(struct trial *trial, const struct signal_hold *hold)
{
	if (send(trial->fd, "t", 1, MSG_NOSIGNAL) != 1) {
		trial->state = TRIAL_DIED;
		return 0;
	}
	return await_word(trial, hold);
}

void trial_end(struct trial *trial)
{
	if (trial->pid > 0) {
		(void)kill(trial->pid, SIGKILL);
		(void)waitpid(trial->pid, NULL, 0);
		(void)close(trial->fd);
	}
	trial->pid = 0;
}
