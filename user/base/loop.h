/* SPDX-License-Identifier: MIT */
/* One epoll loop: descriptors, timers (timerfd) and signals (signalfd). */
#pragma once

#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "cleanup.h"

struct loop;
struct loop_source;

/* `events` are epoll's; for timers and signals see their functions. */
typedef void (*loop_fn)(void *data, uint32_t events);

int loop_new(struct loop **ret_loop);

/* Free the loop and the sources still in it; descriptors added by loop_add() stay open. */
void loop_free(struct loop *loop);
DEFINE_CLEANUP(struct loop, loop_free)

/*
 * Call fn on one of `events`. The descriptor stays the caller's; the source must be
 * removed before it is closed. -EPERM: a file that is always ready.
 */
int loop_add(struct loop *loop, int fd, uint32_t events, loop_fn fn, void *data,
	     struct loop_source **ret_source);
int loop_modify(struct loop_source *source, uint32_t events);

/* NULL does nothing. May be called from any callback, the source's own included. */
void loop_remove(struct loop_source *source);

/* A disarmed timer of CLOCK_BOOTTIME; fn gets 0 events. */
int loop_timer(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source);

/* Arm for `ms` from now and then every `every_ms` (0: once); ms 0 disarms. */
int loop_timer_set(struct loop_source *timer, unsigned int ms, unsigned int every_ms);

/*
 * A disarmed timer of the wall clock, CLOCK_REALTIME. fn gets 0 events when the time has
 * come, and whenever the clock is set while the timer is armed: fn reads the clock and arms it
 * again.
 */
int loop_clock(struct loop *loop, loop_fn fn, void *data, struct loop_source **ret_source);

/* Arm for a time in seconds since 1970, past or future; 0 disarms. */
int loop_clock_set(struct loop_source *clock, time_t when);

/* Block the signals and call fn with each one's number as events. */
int loop_signals(struct loop *loop, const sigset_t *signals, loop_fn fn, void *data,
		 struct loop_source **ret_source);

/* Dispatch until loop_stop(); 0, or a negative errno of epoll. It may be run again. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
