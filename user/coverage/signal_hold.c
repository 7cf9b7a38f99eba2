// SPDX-License-Identifier: MIT
#include "signal_hold.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* An ignored signal stays ignored: nohup, or a shell that runs this in the background. */
static void add_unless_ignored(int number, sigset_t *signals)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
		(void)sigaddset(signals, number);
}

int signal_hold_open(struct signal_hold *ret_hold)
{
	struct signal_hold hold;
	sigset_t signals;

	(void)sigemptyset(&signals);
	add_unless_ignored(SIGINT, &signals);
	add_unless_ignored(SIGTERM, &signals);
	add_unless_ignored(SIGHUP, &signals);
	if (sigprocmask(SIG_BLOCK, &signals, &hold.old) < 0)
		return -errno;
	hold.fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (hold.fd < 0) {
		(void)sigprocmask(SIG_SETMASK, &hold.old, NULL);
		return -errno;
	}
	*ret_hold = hold;
	return 0;
}

/* The signal is never read, so it is still pending at the end. */
bool signal_hold_asked(const struct signal_hold *hold)
{
	struct pollfd p = { .fd = hold->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

void signal_hold_close(struct signal_hold *hold)
{
	(void)close(hold->fd);
	(void)sigprocmask(SIG_SETMASK, &hold->old, NULL);
}
