// SPDX-License-Identifier: MIT
#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* One that is ignored asks for nothing: nohup, or a shell that started it in the background. */
static void add(int number, sigset_t *signals)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
		(void)sigaddset(signals, number);
}

int stop_open(struct stop *ret_stop)
{
	struct stop stop;
	sigset_t signals;

	(void)sigemptyset(&signals);
	add(SIGINT, &signals);
	add(SIGTERM, &signals);
	add(SIGHUP, &signals);
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
