// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/base/lock.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
