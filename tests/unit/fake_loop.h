/* SPDX-License-Identifier: MIT */
/*
 * The event loop in the hands of a test: it dispatches what is ready when the test says so, and
 * shows what each source waits for. It takes the place of user/base/loop.c.
 */
#pragma once

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "test.h"

#include "../../user/base/loop.h"

#define FAKE_TURNS_MAX 100000

enum fake_kind { FAKE_FD, FAKE_TIMER, FAKE_CLOCK };

struct loop_source {
	struct loop_source *next;
	enum fake_kind kind;
	int fd;
	uint32_t events;
	loop_fn fn;
	void *data;
	bool removed;
	unsigned int ms, every_ms; /* of a timer, as it was set last */
	unsigned int times_set;
	time_t when; /* of a clock */
};

struct loop {
	struct loop_source *sources;
	int error; /* that the functions below return, if it is not 0 */
	bool stopped;
};

int loop_new(struct loop **ret_loop)
{
	*ret_loop = calloc(1, sizeof(**ret_loop));
	assert_non_null(*ret_loop);
	return 0;
}

void loop_free(struct loop *loop)
{
	while (loop && loop->sources) {
		struct loop_source *source = loop->sources;

		loop->sources = source->next;
		free(source);
	}
	free(loop);
}

static inline int fake_add(struct loop *loop, struct loop_source source,
			   struct loop_source **ret_source)
{
	struct loop_source *copy;

	if (loop->error)
		return loop->error;
	copy = malloc(sizeof(*copy));
	assert_non_null(copy);
	*copy = source;
	copy->next = loop->sources;
	loop->sources = copy;
	if (ret_source)
		*ret_source = copy;
	return 0;
}

int loop_add(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *data,
	     struct loop_source **ret_source)
{
	struct loop_source source = {
		.kind = FAKE_FD, .fd = fd, .events = events, .fn = fn, .data = data
	};

	return fake_add(loop, source, ret_source);
}

int loop_timer(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source)
{
	struct loop_source source = { .kind = FAKE_TIMER, .fd = -1, .fn = fn, .data = data };

	return fake_add(loop, source, ret_source);
}

int loop_clock(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source)
{
	struct loop_source source = { .kind = FAKE_CLOCK, .fd = -1, .fn = fn, .data = data };

	return fake_add(loop, source, ret_source);
}

int loop_modify(struct loop_source *source, uint32_t events)
{
	assert_false(source->removed);
	source->events = events;
	return 0;
}

int loop_timer_set(struct loop_source *timer, unsigned int ms, unsigned int every_ms)
{
	assert_int_equal(timer->kind, FAKE_TIMER);
	timer->ms = ms;
	timer->every_ms = every_ms;
	timer->times_set++;
	return 0;
}

int loop_clock_set(struct loop_source *clock, time_t when)
{
	assert_int_equal(clock->kind, FAKE_CLOCK);
	clock->when = when;
	clock->times_set++;
	return 0;
}

void loop_remove(struct loop_source *source)
{
	if (source)
		source->removed = true;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

/* Call a source of a timer, or any other, as if it had come. */
static inline void fake_fire(struct loop_source *source, uint32_t events)
{
	assert_false(source->removed);
	source->fn(source->data, events);
}

/* What has come of what a source waits for, as epoll would have it. */
static inline uint32_t fake_ready(const struct loop_source *source)
{
	struct pollfd p = { .fd = source->fd, .events = (short)source->events };

	if (source->removed || source->kind != FAKE_FD || poll(&p, 1, 0) <= 0)
		return 0;
	return (uint32_t)p.revents & (source->events | EPOLLERR | EPOLLHUP);
}

/* Dispatch until nothing is ready. A source that was removed meanwhile is left alone. */
static inline void fake_settle(struct loop *loop)
{
	bool again = true;

	for (unsigned int i = 0; again; i++) {
		assert_true(i < FAKE_TURNS_MAX);
		again = false;
		for (struct loop_source *s = loop->sources; s; s = s->next) {
			uint32_t events = fake_ready(s);

			if (events)
				s->fn(s->data, events);
			again = again || events;
		}
	}
}

/* The source of a descriptor; NULL: there is none, or it was removed. */
static inline struct loop_source *fake_source(const struct loop *loop, int fd)
{
	for (struct loop_source *s = loop->sources; s; s = s->next)
		if (!s->removed && s->kind == FAKE_FD && s->fd == fd)
			return s;
	return NULL;
}
