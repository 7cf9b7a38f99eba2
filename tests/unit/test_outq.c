// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../user/stream/outq.h"

/* In place of the library's: the agent never waits for a reader. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
	const struct timespec at_once = { 0 };

	check_int("it waits for no reader", ms, 0);
	return (int)syscall(SYS_ppoll, fds, n, &at_once, NULL, 0);
}

/* A pipe whose writing end does not block, unless `blocking`. */
static void open_pipe(int fds[2], bool blocking)
{
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	if (!blocking)
		assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
}

static void close_pipe(struct outq *q, const int fds[2])
{
	outq_free(q);
	close(fds[0]);
	close(fds[1]);
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
	close_pipe(&q, fds);
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
	close_pipe(&q, fds);
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
	close_pipe(&q, fds);
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

/* A line fits if it fills the queue to its bound, and not one byte more. */
static void test_fits(void **state)
{
	static const struct {
		const char *name;
		size_t max, waiting; /* bytes of a line that waits, with its end; 0: none */
		uint64_t unreported; /* lines lost before: their report needs room, too */
		size_t len;	     /* of the line, without its end */
		bool fits;
	} cases[] = {
		{ "an empty queue", 10, 0, 0, 9, true },
		{ "an empty queue, one byte more", 10, 0, 0, 10, false },
		{ "after another line", 10, 6, 0, 3, true },
		{ "after another line, one byte more", 10, 6, 0, 4, false },
		{ "after one that fills the queue", 10, 10, 0, 0, false },
		{ "an empty line", 1, 0, 0, 0, true },
		{ "no room at all", 0, 0, 0, 0, false },
		{ "beside a report", 200, 0, 1, 103, true },
		{ "beside a report, one byte more", 200, 0, 1, 104, false },
		{ "beside a report, after another line", 200, 50, 1, 53, true },
		{ "beside a report, after another line, one byte more", 200, 50, 1, 54, false },
	};
	char line[256];

	(void)state;
	memset(line, 'x', sizeof(line));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct outq q = { .max = cases[i].max };

		if (cases[i].waiting)
			assert_true(outq_line(&q, line, cases[i].waiting - 1));
		check_u64(cases[i].name, outq_waiting(&q), cases[i].waiting);
		q.unreported = cases[i].unreported;
		check_int(cases[i].name, outq_line(&q, line, cases[i].len), cases[i].fits);
		check_u64(cases[i].name, q.lost, !cases[i].fits);
		check_u64(cases[i].name, q.unreported, cases[i].fits ? 0 : cases[i].unreported + 1);
		check_u64(cases[i].name, outq_lines_waiting(&q),
			  !!cases[i].waiting + (cases[i].fits ? 1 + cases[i].unreported : 0));
		outq_free(&q);
		check_u64(cases[i].name, outq_waiting(&q), 0);
	}
}

#define PART 4096 /* the room of the smallest pipe, where pages are of 4 KiB */

static void need_small_pipes(void)
{
	if (sysconf(_SC_PAGESIZE) != PART)
		skip();
}

/* A pipe that takes a part of what waits. */
static struct outq partly_written(int fds[2], size_t line_len, unsigned int lines, size_t max)
{
	struct outq q = { .max = max };
	char line[2048];

	open_pipe(fds, false);
	assert_int_equal(fcntl(fds[1], F_SETPIPE_SZ, PART), PART);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	for (unsigned int i = 0; i < lines; i++) {
		line[0] = (char)('a' + i);
		assert_true(outq_line(&q, line, line_len));
	}
	assert_int_equal(outq_write(&q), 1);
	return q;
}

/* After a partial write the rest waits: a line that was cut waits, too, and goes on where it was.
 */
static void test_partial(void **state)
{
	/* of ten lines four are written, or five: less or more than half of the bound */
	static const struct {
		size_t max, line_len;
		uint64_t lines_waiting;
		size_t bytes_waiting;
	} cases[] = {
		{ 20000, 999, 6, 10000 - PART },
		{ 10000, 999, 6, 10000 - PART },
		{ 8000, 799, 5, 8000 - PART },
		{ 10240, 1023, 6, 10240 - PART }, /* between two lines */
	};

	(void)state;
	need_small_pipes();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf got = { 0 };
		int fds[2];
		struct outq q = partly_written(fds, cases[i].line_len, 10, cases[i].max);

		check_u64("lines", outq_lines_waiting(&q), cases[i].lines_waiting);
		check_u64("bytes", outq_waiting(&q), cases[i].bytes_waiting);
		assert_true(outq_line(&q, "after", 5));
		check_u64("one more", outq_lines_waiting(&q), cases[i].lines_waiting + 1);
		check_u64("its bytes", outq_waiting(&q), cases[i].bytes_waiting + 6);
		assert_true(q.data.len <= cases[i].max + cases[i].max / 2);
		for (int n = 0; n < 10 && outq_write(&q) == 1; n++)
			read_all(fds[0], &got);
		read_all(fds[0], &got);
		assert_int_equal(outq_waiting(&q), 0);
		assert_int_equal(outq_lines_waiting(&q), 0);
		assert_int_equal(q.lost, 0);
		assert_int_equal(got.len, 10 * (cases[i].line_len + 1) + 6);
		for (size_t n = 0; n < 10; n++)
			assert_int_equal(got.data[n * (cases[i].line_len + 1)], 'a' + n);
		check_text("the end", got.data + got.len - 6, "after\n");
		close_pipe(&q, fds);
	}
}

/* A slow reader's loss is reported at once when all else is written, without another line. */
static void test_reports_when_empty(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct outq q = { .max = 20, .json = true };
	int fds[2];

	(void)state;
	open_pipe(fds, false);
	q.fd = fds[1];
	assert_true(outq_line(&q, "0123456789", 10));
	assert_false(outq_line(&q, "0123456789", 10));
	assert_int_equal(outq_write(&q), 0);
	read_all(fds[0], &got);
	check_text("lines", got.data, "0123456789\n{\"lost\":1}\n");
	assert_int_equal(q.unreported, 0);
	assert_int_equal(outq_write(&q), 0);
	read_all(fds[0], &got);
	check_text("once", got.data, "0123456789\n{\"lost\":1}\n");
	close_pipe(&q, fds);
}

/* Memory of a burst is given back once it is written; what is usual stays. */
static void test_memory(void **state)
{
	static char line[200000];
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct outq q = { .max = 1000000, .fd = null };

	(void)state;
	assert_true(null >= 0);
	memset(line, 'x', sizeof(line));
	assert_true(outq_line(&q, line, 1000));
	assert_int_equal(outq_write(&q), 0);
	assert_true(q.data.cap > 1000 && q.data.cap < 10000);
	assert_true(outq_line(&q, line, sizeof(line)));
	assert_true(q.data.cap > sizeof(line));
	assert_int_equal(outq_write(&q), 0);
	assert_int_equal(q.data.cap, 0);
	assert_true(outq_line(&q, line, 1000));
	assert_int_equal(outq_write(&q), 0);
	outq_free(&q);
	(void)close(null);
}

/* A socket that may block is written to without waiting, and its end raises no signal. */
static void test_socket(void **state)
{
	struct outq q = { .max = 10000000, .socket = true };
	char line[1000];
	int fds[2];

	(void)state;
	(void)signal(SIGPIPE, SIG_DFL);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	for (unsigned int i = 0; i < 5000; i++)
		assert_true(outq_line(&q, line, sizeof(line)));
	assert_int_equal(outq_write(&q), 1);
	assert_true(outq_waiting(&q) > 0);
	close(fds[0]);
	assert_int_equal(outq_write(&q), -EPIPE);
	outq_free(&q);
	close(fds[1]);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* A reader that is never up to date: the memory stays bounded, whatever has passed through. */
static void test_never_up_to_date(void **state)
{
	struct outq q = { .max = 20000 };
	char line[999], part[PART];
	int fds[2];

	(void)state;
	need_small_pipes();
	open_pipe(fds, false);
	assert_int_equal(fcntl(fds[1], F_SETPIPE_SZ, PART), PART);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	for (unsigned int i = 0; i < 15; i++)
		assert_true(outq_line(&q, line, sizeof(line)));
	for (unsigned int i = 0; i < 400; i++) {
		(void)outq_write(&q);
		assert_true(outq_waiting(&q) > 0);
		(void)outq_line(&q, line, sizeof(line));
		assert_true(q.data.len <= q.max + q.max / 2);
		if (i % 4 == 3) /* a little faster than lines come */
			assert_int_equal(read(fds[0], part, sizeof(part)), PART);
	}
	assert_int_equal(q.lost, 0);
	close_pipe(&q, fds);
}

/* What is written gives its place back. */
static void test_starts_again(void **state)
{
	struct outq q = { .max = 100, .fd = open("/dev/null", O_WRONLY | O_CLOEXEC) };

	(void)state;
	assert_true(q.fd >= 0);
	for (unsigned int i = 0; i < 3; i++) {
		assert_true(outq_line(&q, "line", 4));
		assert_int_equal(q.data.len, 5);
		assert_int_equal(outq_write(&q), 0);
	}
	outq_free(&q);
	(void)close(q.fd);
}

/* A pipe that may block takes a page at a time, because it may have room for one only. */
static void test_blocking_pipe(void **state)
{
	struct outq q = { .max = 20 * PART, .blocking = true };
	char line[PART];
	int fds[2];

	(void)state;
	need_small_pipes();
	open_pipe(fds, true);
	assert_int_equal(fcntl(fds[1], F_SETPIPE_SZ, 2 * PART), 2 * PART);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	for (unsigned int i = 0; i < 10; i++)
		assert_true(outq_line(&q, line, sizeof(line) - 1));
	assert_int_equal(outq_write(&q), 1);
	assert_int_equal(outq_waiting(&q), 8 * PART);
	for (size_t waiting = 7; waiting > 0; waiting--) {
		assert_int_equal(read(fds[0], line, PART), PART);
		assert_int_equal(outq_write(&q), 1);
		assert_int_equal(outq_waiting(&q), waiting * PART);
	}
	close_pipe(&q, fds);
}

/* The place of what was written in one go is used again. */
static void test_uses_room_again(void **state)
{
	struct outq q = { .max = 5 * PART };
	char line[999];
	int fds[2];

	(void)state;
	need_small_pipes();
	open_pipe(fds, false);
	assert_int_equal(fcntl(fds[1], F_SETPIPE_SZ, 4 * PART), 4 * PART);
	q.fd = fds[1];
	memset(line, 'x', sizeof(line));
	while (outq_line(&q, line, sizeof(line)))
		;
	assert_int_equal(outq_write(&q), 1);
	assert_true(q.at > q.max / 2);
	while (outq_line(&q, line, sizeof(line)))
		assert_true(q.data.len <= q.max + q.max / 2);
	close_pipe(&q, fds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_loses),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_uses_room_again),
		cmocka_unit_test(test_never_up_to_date),
		cmocka_unit_test(test_starts_again),
		cmocka_unit_test(test_blocking_pipe),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_reports_when_empty),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
