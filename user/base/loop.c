// SPDX-License-Identifier: MIT
#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

enum source_kind { SOURCE_FD, SOURCE_TIMER, SOURCE_SIGNAL };

struct loop_source {
	struct loop *loop;
	struct loop_source *next;
	enum source_kind kind;
	int fd;
	loop_fn fn;
	void *data;
	bool dead; /* freed when the current events are dispatched */
};

struct loop {
	int epoll_fd;
	struct loop_source *sources;
	bool stop;
};

static void source_close(struct loop_source *source)
{
	if (source->kind != SOURCE_FD)
		(void)close(source->fd);
	free(source);
}

int loop_new(struct loop **ret_loop)
{
	_cleanup_free_ struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		return -errno;
	*ret_loop = TAKE_PTR(loop);
	return 0;
}

void loop_free(struct loop *loop)
{
	struct loop_source *source, *next;

	if (!loop)
		return;
	for (source = loop->sources; source; source = next) {
		next = source->next;
		source_close(source);
	}
	(void)close(loop->epoll_fd);
	free(loop);
}

static int add_source(struct loop *loop, enum source_kind kind, int fd, uint32_t events, loop_fn fn,
		      void *data, struct loop_source **ret_source)
{
	_cleanup_free_ struct loop_source *source = calloc(1, sizeof(*source));
	struct epoll_event ev = { .events = events, .data.ptr = source };

	if (!source)
		return -ENOMEM;
	*source = (struct loop_source) {
		.loop = loop,
		.next = loop->sources,
		.kind = kind,
		.fd = fd,
		.fn = fn,
		.data = data,
	};
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	loop->sources = source;
	if (ret_source)
		*ret_source = source;
	TAKE_PTR(source);
	return 0;
}

int loop_add(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *data,
	     struct loop_source **ret_source)
{
	return add_source(loop, SOURCE_FD, fd, events, fn, data, ret_source);
}

int loop_modify(struct loop_source *source, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = source };

	if (epoll_ctl(source->loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &ev) < 0)
		return -errno;
	return 0;
}

void loop_remove(struct loop_source *source)
{
	if (!source || source->dead)
		return;
	(void)epoll_ctl(source->loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	source->dead = true;
}

static int add_timer(struct loop *loop, clockid_t clock, loop_fn fn, void *data,
		     struct loop_source **ret_source)
{
	_cleanup_close_ int fd = timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);
	int r;

	if (fd < 0)
		return -errno;
	r = add_source(loop, SOURCE_TIMER, fd, EPOLLIN, fn, data, ret_source);
	if (r == 0)
		TAKE_FD(fd);
	return r;
}

int loop_timer(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source)
{
	return add_timer(loop, CLOCK_BOOTTIME, fn, data, ret_source);
}

int loop_clock(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source)
{
	return add_timer(loop, CLOCK_REALTIME, fn, data, ret_source);
}

int loop_clock_set(struct loop_source *clock, time_t when)
{
	struct itimerspec spec = { .it_value.tv_sec = when };

	return timerfd_settime(clock->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec,
			       NULL) < 0 ?
		       -errno :
		       0;
}

static struct timespec from_ms(unsigned int ms)
{
	return (struct timespec) { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };
}

int loop_timer_set(struct loop_source *timer, unsigned int ms, unsigned int every_ms)
{
	struct itimerspec spec = { .it_value = from_ms(ms), .it_interval = from_ms(every_ms) };

	return timerfd_settime(timer->fd, 0, &spec, NULL) < 0 ? -errno : 0;
}

int loop_signals(struct loop *loop, const sigset_t *signals, loop_fn fn, void *data,
		 struct loop_source **ret_source)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (sigprocmask(SIG_BLOCK, signals, NULL) < 0)
		return -errno;
	fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = add_source(loop, SOURCE_SIGNAL, fd, EPOLLIN, fn, data, ret_source);
	if (r == 0)
		TAKE_FD(fd);
	return r;
}

static void dispatch(struct loop_source *source, uint32_t events)
{
	struct signalfd_siginfo info;
	uint64_t expirations;

	if (source->dead)
		return;
	switch (source->kind) {
	case SOURCE_FD:
		source->fn(source->data, events);
		break;
	case SOURCE_TIMER:
		/* ECANCELED: the clock was set */
		if (read(source->fd, &expirations, sizeof(expirations)) > 0 || errno == ECANCELED)
			source->fn(source->data, 0);
		break;
	case SOURCE_SIGNAL:
		while (!source->dead && read(source->fd, &info, sizeof(info)) == sizeof(info))
			source->fn(source->data, info.ssi_signo);
		break;
	}
}

static void free_dead_sources(struct loop *loop)
{
	struct loop_source **at = &loop->sources, *source;

	while ((source = *at)) {
		if (source->dead) {
			*at = source->next;
			source_close(source);
		} else {
			at = &source->next;
		}
	}
}

int loop_run(struct loop *loop)
{
	struct epoll_event events[32];
	int n;

	while (!loop->stop) {
		n = epoll_wait(loop->epoll_fd, events, ARRAY_LEN(events), -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++)
			dispatch(events[i].data.ptr, events[i].events);
		free_dead_sources(loop);
	}
	loop->stop = false;
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stop = true;
}
