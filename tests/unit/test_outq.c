// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "../../user/stream/outq.h"

/* A pipe whose writing end does not block, unless `blocking`. */
static void open_pipe(int fds[2], bool blocking)
{
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	if (!blocking)
		assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
}

static void read_all(int fd, struct buf *got)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(got, part, (size_t)n);
}

static void test_order(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct outq q = { .max = 1000 };
	int fds[2];

	(void)state;
	open_pipe(fds, false);
	q.fd = fds[1];
	assert_true(outq_line(&q, "one", 3));
	assert_true(outq_line(&q, "two", 3));
	assert_int_equal(outq_write(&q), 0);
	assert_true(outq_line(&q, "three", 5));
	assert_int_equal(outq_write(&q), 0);
	read_all(fds[0], &got);
	check_text("lines", got.data, "one\ntwo\nthree\n");
	assert_int_equal(q.lost, 0);
	outq_free(&q);
	close(fds[0]);
	close(fds[1]);
}

/* A full queue loses lines, counts them, and tells once there is room. */
static void loses(bool json, const char *told)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct outq q = { .max = 200, .json = json };
	int fds[2];

	open_pipe(fds, false);
	q.fd = fds[1];
	while (outq_line(&q, "0123456789", 10))
		;
	assert_false(outq_line(&q, "0123456789", 10));
	assert_int_equal(q.lost, 2);
	assert_int_equal(outq_write(&q), 0);
	assert_true(outq_line(&q, "after", 5));
	assert_int_equal(outq_write(&q), 0);
	read_all(fds[0], &got);
	assert_non_null(strstr(got.data, told));
	assert_non_null(strstr(strstr(got.data, told), "\nafter\n"));
	assert_int_equal(q.lost, 2);
	assert_int_equal(q.unreported, 0);
	outq_free(&q);
	close(fds[0]);
	close(fds[1]);
}

static void test_loses(void **state)
{
	(void)state;
	loses(true, "\n{\"lost\":2}");
	loses(false, "\n# 2 lines lost: read too slowly");
}

/* A reader that does not read: what waits stays bounded, nothing blocks, nothing is mixed up. */
static void stuck(bool blocking)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct outq q = { .max = 100000, .blocking = blocking };
	char line[1000], want[16];
	unsigned int sent = 0;
	int fds[2];

	open_pipe(fds, blocking);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	for (unsigned int i = 0; i < 1000; i++) {
		(void)snprintf(want, sizeof(want), "%08u", i);
		memcpy(line, want, 8);
		sent += outq_line(&q, line, sizeof(line));
		assert_true(outq_write(&q) >= 0);
		assert_true(q.data.len - q.at <= q.max);
	}
	assert_int_equal(outq_write(&q), 1);
	assert_int_equal(sent + q.lost, 1000);
	assert_true(q.lost > 0);
	for (int i = 0; i < 1000 && outq_write(&q) > 0; i++)
		read_all(fds[0], &got);
	read_all(fds[0], &got);
	for (unsigned int i = 0; i < sent; i++) {
		(void)snprintf(want, sizeof(want), "%08u", i);
		assert_memory_equal(got.data + (size_t)i * (sizeof(line) + 1), want, 8);
	}
	outq_free(&q);
	close(fds[0]);
	close(fds[1]);
}

static void test_stuck(void **state)
{
	(void)state;
	stuck(false);
	stuck(true);
}

static void test_gone(void **state)
{
	struct outq q = { .max = 1000 };
	int fds[2];

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	open_pipe(fds, false);
	q.fd = fds[1];
	close(fds[0]);
	assert_true(outq_line(&q, "line", 4));
	assert_int_equal(outq_write(&q), -EPIPE);
	outq_free(&q);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_loses),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
