// SPDX-License-Identifier: MIT
#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

int stop_open(struct stop *ret_stop)
{
	struct stop stop;
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, &stop.old) < 0)
		return -errno;
	stop.fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (stop.fd < 0) {
		(void)sigprocmask(SIG_SETMASK, &stop.old, NULL);
		return -errno;
	}
	*ret_stop = stop;
	return 0;
}

/* The signal is never read, so that it is still there in the end. */
bool stop_asked(const struct stop *stop)
{
	struct pollfd p = { .fd = stop->fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

void stop_close(struct stop *stop)
{
	(void)close(stop->fd);
	(void)sigprocmask(SIG_SETMASK, &stop->old, NULL);
}
