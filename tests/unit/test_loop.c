// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../../user/base/clock.h"
#include "../../user/base/loop.h"

#define LIMIT_S 60 /* a loop that does not end ends the test */

/* A loop and what its callbacks saw. */
struct scene {
	struct loop *loop;
	struct loop_source *self, *other; /* removed by callbacks that do so */
	int fd;				  /* read by on_readable() */
	unsigned int calls, stop_after;
	uint32_t events[8];
};

static void on_call(void *data, uint32_t events)
{
	struct scene *s = data;

	if (s->calls < ARRAY_LEN(s->events))
		s->events[s->calls] = events;
	if (++s->calls == s->stop_after)
		loop_stop(s->loop);
}

static void on_readable(void *data, uint32_t events)
{
	struct scene *s = data;
	char byte;

	assert_int_equal(read(s->fd, &byte, 1), 1);
	on_call(data, events);
}

/* Calls, and does not take what made it readable. */
static void on_remove_other(void *data, uint32_t events)
{
	struct scene *s = data;

	loop_remove(s->other);
	s->other = NULL;
	on_call(data, events);
}

static void on_remove_self(void *data, uint32_t events)
{
	struct scene *s = data;

	loop_remove(s->self);
	loop_remove(s->self); /* once more does nothing */
	on_call(data, events);
}

static void on_end(void *loop, uint32_t events)
{
	(void)events;
	loop_stop(loop);
}

static struct scene scene_of(unsigned int stop_after)
{
	struct scene s = { .stop_after = stop_after, .fd = -1 };

	assert_int_equal(loop_new(&s.loop), 0);
	return s;
}

/* Run once more, until everything that is ready has been dispatched: to stop comes last. */
static void run_until_idle(struct loop *loop)
{
	struct loop_source *end = NULL;

	assert_int_equal(loop_timer(loop, on_end, loop, &end), 0);
	assert_int_equal(loop_timer_set(end, 10, 0), 0);
	assert_int_equal(loop_run(loop), 0);
	loop_remove(end);
}

static void make_pipe(int fds[2], size_t bytes)
{
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(write(fds[1], "x", 1), 1);
}

static void close_pipe(int fds[2])
{
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(close(fds[1]), 0);
}

/* The descriptor that the next call makes. */
static int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void test_nothing(void **state)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;

	(void)state;
	loop_free(NULL);
	loop_remove(NULL);
	assert_int_equal(loop_new(&loop), 0);
	loop_stop(loop);
	assert_int_equal(loop_run(loop), 0); /* it was stopped before */
}

/* It is called for each event, with what is ready, and may be run again. */
static void test_readable(void **state)
{
	struct scene s = scene_of(2);
	int fds[2];

	(void)state;
	make_pipe(fds, 3);
	s.fd = fds[0];
	assert_int_equal(loop_add(s.loop, fds[0], EPOLLIN, on_readable, &s, NULL), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("calls", s.calls, 2);
	check_u64("events", s.events[0], EPOLLIN);
	s.stop_after = 3;
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("calls", s.calls, 3);
	run_until_idle(s.loop);
	check_u64("nothing is left", s.calls, 3);
	loop_free(s.loop);
	check_int("the descriptor is the caller's", is_open(fds[0]), true);
	close_pipe(fds);
}

static void test_modify(void **state)
{
	struct scene s = scene_of(1);
	struct loop_source *source = NULL;
	int fds[2];

	(void)state;
	make_pipe(fds, 0);
	assert_int_equal(loop_add(s.loop, fds[1], 0, on_call, &s, &source), 0);
	run_until_idle(s.loop);
	check_u64("not asked for", s.calls, 0);
	assert_int_equal(loop_modify(source, EPOLLOUT), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("calls", s.calls, 1);
	check_u64("events", s.events[0], EPOLLOUT);
	assert_int_equal(loop_modify(source, 0), 0);
	run_until_idle(s.loop);
	check_u64("not any more", s.calls, 1);
	loop_remove(source);
	check_int("removed", loop_modify(source, EPOLLOUT), -ENOENT);
	run_until_idle(s.loop);
	check_u64("removed", s.calls, 1);
	loop_free(s.loop);
	close_pipe(fds);
}

static void test_refused(void **state)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_close_ int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct loop_source *source = NULL;

	(void)state;
	assert_int_equal(loop_new(&loop), 0);
	check_int("a file", loop_add(loop, file, EPOLLIN, on_end, loop, &source), -EPERM);
	check_int("none", loop_add(loop, -1, EPOLLIN, on_end, loop, &source), -EBADF);
	assert_null(source);
}

/* Of two that are ready at once, the first one called removes the other, which is not called. */
static void test_remove_other(void **state)
{
	struct scene a = scene_of(0), b = { .loop = a.loop };
	int first[2], second[2];

	(void)state;
	make_pipe(first, 1);
	make_pipe(second, 1);
	assert_int_equal(loop_add(a.loop, first[0], EPOLLIN, on_remove_other, &a, &b.other), 0);
	assert_int_equal(loop_add(a.loop, second[0], EPOLLIN, on_remove_other, &b, &a.other), 0);
	run_until_idle(a.loop);
	assert_true(!a.calls != !b.calls);
	loop_free(a.loop);
	close_pipe(first);
	close_pipe(second);
}

static void test_remove_self(void **state)
{
	struct scene s = scene_of(0);
	int fds[2];

	(void)state;
	make_pipe(fds, 2);
	assert_int_equal(loop_add(s.loop, fds[0], EPOLLIN, on_remove_self, &s, &s.self), 0);
	run_until_idle(s.loop);
	check_u64("calls", s.calls, 1);
	loop_free(s.loop);
	close_pipe(fds);
}

/* More are ready than one wait tells, and some in the middle of the list go. */
static void test_many(void **state)
{
	struct loop_source *sources[40];
	int fds[2], copies[ARRAY_LEN(sources)];
	struct scene s = scene_of(0);

	(void)state;
	make_pipe(fds, 1);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		copies[i] = dup(fds[0]);
		assert_true(copies[i] >= 0);
		assert_int_equal(loop_add(s.loop, copies[i], EPOLLIN | EPOLLONESHOT, on_call, &s,
					  &sources[i]),
				 0);
	}
	run_until_idle(s.loop);
	check_u64("calls", s.calls, ARRAY_LEN(sources));
	for (size_t i = 0; i < ARRAY_LEN(sources); i += 3)
		loop_remove(sources[i]);
	for (size_t i = 1; i < ARRAY_LEN(sources); i += 3)
		assert_int_equal(loop_modify(sources[i], EPOLLIN | EPOLLONESHOT), 0);
	s.calls = 0;
	run_until_idle(s.loop);
	check_u64("calls", s.calls, 13);
	loop_free(s.loop);
	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		assert_int_equal(close(copies[i]), 0);
	close_pipe(fds);
}

/* Once, not before its time, and with no events. */
static void test_timer(void **state)
{
	struct scene s = scene_of(1);
	struct loop_source *timer = NULL;
	uint64_t before = clock_boot_ns();

	(void)state;
	assert_int_equal(loop_timer(s.loop, on_call, &s, &timer), 0);
	run_until_idle(s.loop);
	check_u64("it is not armed", s.calls, 0);
	before = clock_boot_ns();
	assert_int_equal(loop_timer_set(timer, 20, 0), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("calls", s.calls, 1);
	check_u64("events", s.events[0], 0);
	assert_true(clock_boot_ns() - before >= 20 * 1000000ULL);
	run_until_idle(s.loop);
	check_u64("once", s.calls, 1);
	s.stop_after = 4;
	assert_int_equal(loop_timer_set(timer, 1, 1), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("again and again", s.calls, 4);
	assert_int_equal(loop_timer_set(timer, 0, 0), 0);
	s.calls = 0;
	run_until_idle(s.loop);
	check_u64("disarmed", s.calls, 0);
	loop_free(s.loop);
}

static void on_disarm(void *data, uint32_t events)
{
	struct scene *s = data;

	assert_int_equal(loop_timer_set(s->other, 0, 0), 0);
	on_call(data, events);
}

/* A timer that has expired, and is disarmed before its turn comes, is not called. */
static void test_disarmed(void **state)
{
	struct scene first = scene_of(0), timer = { .loop = first.loop };
	struct pollfd expired = { .fd = next_fd(), .events = POLLIN };
	int fds[2];

	(void)state;
	assert_int_equal(loop_timer(first.loop, on_call, &timer, &first.other), 0);
	make_pipe(fds, 1);
	assert_int_equal(
		loop_add(first.loop, fds[0], EPOLLIN | EPOLLONESHOT, on_disarm, &first, NULL), 0);
	assert_int_equal(loop_timer_set(first.other, 1, 0), 0);
	assert_int_equal(poll(&expired, 1, LIMIT_S * 1000), 1);
	run_until_idle(first.loop);
	check_u64("the first", first.calls, 1);
	check_u64("the timer", timer.calls, 0);
	loop_free(first.loop);
	close_pipe(fds);
}

/* What a timer is armed for, as the kernel has it; and that it is closed with its source. */
static void test_times(void **state)
{
	struct scene s = scene_of(0);
	struct loop_source *timer = NULL, *clock = NULL, *more = NULL;
	int timer_fd = next_fd(), clock_fd, more_fd;
	struct itimerspec spec;

	(void)state;
	assert_int_equal(loop_timer(s.loop, on_call, &s, &timer), 0);
	assert_int_equal(loop_timer_set(timer, 1000500, 2750), 0);
	assert_int_equal(timerfd_gettime(timer_fd, &spec), 0);
	assert_in_range(spec.it_value.tv_sec, 1000 - LIMIT_S, 1000);
	check_int("interval", spec.it_interval.tv_sec, 2);
	check_int("and a part of a second", spec.it_interval.tv_nsec, 750000000);

	clock_fd = next_fd();
	assert_int_equal(loop_clock(s.loop, on_call, &s, &clock), 0);
	assert_int_equal(loop_clock_set(clock, time(NULL) + 1000), 0);
	assert_int_equal(timerfd_gettime(clock_fd, &spec), 0);
	assert_in_range(spec.it_value.tv_sec, 1000 - LIMIT_S, 1000);
	check_int("once", spec.it_interval.tv_sec + spec.it_interval.tv_nsec, 0);

	more_fd = next_fd();
	assert_int_equal(loop_timer(s.loop, on_call, &s, &more), 0);
	loop_remove(more);
	check_int("removed, but not yet", is_open(more_fd), true);
	run_until_idle(s.loop);
	check_int("closed", is_open(more_fd), false);
	check_int("the others are not", is_open(timer_fd) && is_open(clock_fd), true);
	check_u64("no calls", s.calls, 0);
	loop_free(s.loop);
	check_int("closed with the loop", is_open(timer_fd) || is_open(clock_fd), false);
}

static void test_clock(void **state)
{
	struct scene s = scene_of(1);
	struct loop_source *clock = NULL;

	(void)state;
	assert_int_equal(loop_clock(s.loop, on_call, &s, &clock), 0);
	run_until_idle(s.loop);
	check_u64("it is not armed", s.calls, 0);
	assert_int_equal(loop_clock_set(clock, 1), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("a time that has passed", s.calls, 1);
	check_u64("events", s.events[0], 0);
	run_until_idle(s.loop);
	check_u64("once", s.calls, 1);
	assert_int_equal(loop_clock_set(clock, 1), 0);
	assert_int_equal(loop_clock_set(clock, 0), 0);
	run_until_idle(s.loop);
	check_u64("disarmed", s.calls, 1);
	check_int("no time", loop_clock_set(clock, -1), -EINVAL);
	loop_free(s.loop);
}

static void test_signals(void **state)
{
	struct scene s = scene_of(2);
	sigset_t signals, before;

	(void)state;
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &before), 0);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGUSR1);
	(void)sigaddset(&signals, SIGUSR2);
	assert_int_equal(loop_signals(s.loop, &signals, on_call, &s, &s.self), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(raise(SIGUSR2), 0);
	assert_int_equal(loop_run(s.loop), 0);
	check_u64("both", s.calls, 2);
	check_u64("each once", s.events[0] + s.events[1], SIGUSR1 + SIGUSR2);
	check_int("not the same", s.events[0] != s.events[1], true);
	loop_free(s.loop);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

/* The second of two signals is not told once the first one's callback has removed the source. */
static void test_signals_removed(void **state)
{
	struct scene s = scene_of(0);
	sigset_t signals, before;
	struct timespec now = { 0 };
	int fd = next_fd();

	(void)state;
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &before), 0);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGUSR1);
	(void)sigaddset(&signals, SIGUSR2);
	assert_int_equal(loop_signals(s.loop, &signals, on_remove_self, &s, &s.self), 0);
	check_int("its descriptor", is_open(fd), true);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(raise(SIGUSR2), 0);
	run_until_idle(s.loop);
	check_u64("one", s.calls, 1);
	check_int("closed", is_open(fd), false);
	loop_free(s.loop);
	assert_true(sigtimedwait(&signals, NULL, &now) > 0); /* the other one is left */
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void on_sigalrm(int number)
{
	(void)number;
}

/* A signal with a handler interrupts the wait, and the loop goes on. */
static void test_interrupted(void **state)
{
	const struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_sigalrm }, before;
	_cleanup_(loop_freep) struct loop *loop = NULL;

	(void)state;
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	run_until_idle(loop);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	(void)alarm(LIMIT_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_modify),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_remove_other),
		cmocka_unit_test(test_remove_self),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_disarmed),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_signals_removed),
		cmocka_unit_test(test_interrupted),
	};

	(void)alarm(LIMIT_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
