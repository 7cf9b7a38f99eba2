// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../user/base/lock.h"

/* In place of the kernel's: what flock() answers, one after the other, and then the last one. */
static const int *answers;
static unsigned int tries, waits;

int flock(int fd, int operation)
{
	if (!answers)
		return (int)syscall(SYS_flock, fd, operation);
	check_int("it waits on its own", operation, LOCK_EX | LOCK_NB);
	errno = answers[0];
	if (answers[1] >= 0)
		answers++;
	tries++;
	return errno ? -1 : 0;
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000L };

	if (!answers)
		return (int)syscall(SYS_ppoll, fds, n, &time, NULL, 0);
	check_u64("for nothing but the time", n, 0);
	check_int("a step", ms, 10);
	waits++;
	return 0;
}

/* A file that another process has locked, until it is told to end. */
struct held {
	char path[64];
	pid_t holder;
	int end; /* what it reads from */
};

static void hold(struct held *held)
{
	int to[2], ready[2], fd;
	char c;

	(void)strcpy(held->path, "/tmp/hostportd-test-lock-XXXXXX");
	fd = mkstemp(held->path);
	assert_true(fd >= 0);
	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(ready), 0);
	held->holder = fork();
	assert_true(held->holder >= 0);
	if (held->holder == 0) {
		(void)close(to[1]);
		if (flock(fd, LOCK_EX) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		(void)read(to[0], &c, 1);
		_exit(0);
	}
	(void)close(fd);
	(void)close(to[0]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	held->end = to[1];
}

static void let_go(struct held *held)
{
	(void)close(held->end);
	assert_int_equal(waitpid(held->holder, NULL, 0), held->holder);
}

static int open_held(const struct held *held)
{
	int fd = open(held->path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void test_lock(void **state)
{
	struct held held;
	int fd;

	(void)state;
	hold(&held);
	fd = open_held(&held);
	assert_int_equal(lock_take(fd, 0), -EWOULDBLOCK);
	assert_int_equal(lock_take(fd, 30), -EWOULDBLOCK);
	let_go(&held);
	assert_int_equal(lock_take(fd, 0), 0);
	assert_int_equal(lock_take(-1, 0), -EBADF);
	(void)close(fd);
	(void)unlink(held.path);
}

/* Who holds it ends while we wait. */
static void test_wait(void **state)
{
	struct held held;
	pid_t other;
	int fd;

	(void)state;
	hold(&held);
	fd = open_held(&held);
	other = fork();
	assert_true(other >= 0);
	if (other == 0) {
		(void)close(held.end);
		_exit(lock_take(fd, 20000) == 0 ? 0 : 1);
	}
	(void)close(fd); /* the lock is its alone now */
	let_go(&held);
	assert_int_equal(waitpid(other, &fd, 0), other);
	assert_true(WIFEXITED(fd) && WEXITSTATUS(fd) == 0);
	(void)unlink(held.path);
}

/* It tries every 10 ms until the time is over; a signal is no reason to give up. */
static void test_tries(void **state)
{
	enum { HELD = EWOULDBLOCK, END = -1 };
	static const struct {
		const char *name;
		int answers[5], ms, r;
		unsigned int tries, waits;
	} cases[] = {
		{ "free", { 0, END }, 0, 0, 1, 0 },
		{ "held, no time", { HELD, END }, 0, -HELD, 1, 0 },
		{ "held, less than no time", { HELD, END }, -1, -HELD, 1, 0 },
		{ "held, time for one more", { HELD, END }, 1, -HELD, 2, 1 },
		{ "held, 10 ms", { HELD, END }, 10, -HELD, 2, 1 },
		{ "held, 11 ms", { HELD, END }, 11, -HELD, 3, 2 },
		{ "held, then free", { HELD, HELD, 0, END }, 20, 0, 3, 2 },
		{ "held, free too late", { HELD, HELD, 0, END }, 10, -HELD, 2, 1 },
		{ "interrupted", { EINTR, 0, END }, 0, 0, 2, 1 },
		{ "interrupted, then held", { EINTR, EINTR, HELD, END }, 0, -HELD, 3, 2 },
		{ "another error", { EIO, 0, END }, 1000, -EIO, 1, 0 },
		{ "another error later", { HELD, ENOLCK, 0, END }, 1000, -ENOLCK, 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r;

		tries = waits = 0;
		answers = cases[i].answers;
		r = lock_take(3, cases[i].ms);
		answers = NULL;
		check_int(cases[i].name, r, cases[i].r);
		check_int(cases[i].name, tries, cases[i].tries);
		check_int(cases[i].name, waits, cases[i].waits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tries),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
