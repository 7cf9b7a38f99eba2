// SPDX-License-Identifier: MIT
/* Standard output as a pipe, a socket, a file, a full disk and a terminal. */
#include <dirent.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events.h"
#include "fake_log.h"
#include "fake_loop.h"

#include "../../user/stream/sink.h"

#define QUEUE_MAX (4U << 20)

struct fixture {
	struct loop *loop;
	struct history *history;
	struct sink *sink;
	int reader, writer; /* of a pipe or the like */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)signal(SIGPIPE, SIG_IGN); /* as the agent does */
	f->history = calloc(1, sizeof(*f->history));
	f->reader = f->writer = -1;
	*state = f;
	return loop_new(&f->loop);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sink_close(f->sink);
	loop_free(f->loop);
	history_free(f->history);
	free(f->history);
	if (f->reader >= 0)
		(void)close(f->reader);
	if (f->writer >= 0)
		(void)close(f->writer);
	free(f);
	return 0;
}

static void open_sink(struct fixture *f, enum form form)
{
	assert_int_equal(sink_open(f->loop, f->writer, form, &f->sink), 0);
}

/* A pipe that blocks, as shells make them. */
static void open_pipe(struct fixture *f, enum form form)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f->reader = fds[0];
	f->writer = fds[1];
	assert_int_equal(fcntl(f->reader, F_SETFL, O_NONBLOCK), 0);
	open_sink(f, form);
}

static void tell(struct fixture *f, uint16_t port)
{
	struct event event = bare();

	event.node = "n";
	event.exe = event.cgroup = "";
	event.port = port;
	sink_tell(f->sink, history_add(f->history, &event));
}

static void read_all(int fd, struct buf *got)
{
	static char part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(got, part, (size_t)n);
}

static size_t count_lines(const struct buf *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	return lines;
}

/* The source that waits for the reader; NULL: there is none. */
static struct loop_source *waiting(const struct fixture *f)
{
	for (struct loop_source *s = f->loop->sources; s; s = s->next)
		if (s->kind == FAKE_FD && !s->removed)
			return s;
	return NULL;
}

static struct loop_source *retry_timer(const struct fixture *f)
{
	for (struct loop_source *s = f->loop->sources; s; s = s->next)
		if (s->kind == FAKE_TIMER)
			return s;
	return NULL;
}

/* ---- a reader ------------------------------------------------------------------------------ */

static void test_forms(void **state)
{
	static const enum form forms[] = { FORM_JSON, FORM_TEXT, FORM_COLOUR };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		_cleanup_buf_ struct buf got = { 0 }, want = { 0 };
		struct line *line;

		open_pipe(f, forms[i]);
		tell(f, 80);
		read_all(f->reader, &got);
		assert_int_equal(got.len, 0); /* until it is flushed */
		sink_flush(f->sink);
		read_all(f->reader, &got);
		line = history_back(f->history, 0, 0);
		buf_puts(&want, line_form(line, forms[i])->data);
		buf_putc(&want, '\n');
		check_text("line", got.data, want.data);
		assert_null(waiting(f));
		sink_close(f->sink);
		assert_int_equal(fcntl(f->writer, F_GETFL) & O_NONBLOCK, 0); /* as it was */
		(void)close(f->reader);
		(void)close(f->writer);
		f->sink = NULL;
	}
}

/* Fill what the reader has room for, so that something waits. */
static unsigned int fill(struct fixture *f)
{
	unsigned int told = 0;

	while (!waiting(f)) {
		assert_true(++told < 100000);
		tell(f, (uint16_t)(told % 60000));
		sink_flush(f->sink);
	}
	return told;
}

static void check_slow(struct fixture *f)
{
	_cleanup_buf_ struct buf got = { 0 };
	unsigned int told = fill(f);

	assert_int_equal(waiting(f)->events, EPOLLOUT);
	assert_int_equal(sink_lost(f->sink), 0);
	tell(f, 1);
	sink_flush(f->sink);
	for (unsigned int i = 0; i < 1000 && waiting(f); i++) {
		read_all(f->reader, &got);
		fake_settle(f->loop);
	}
	assert_null(waiting(f));
	read_all(f->reader, &got);
	check_u64("lines", count_lines(&got), told + 1);
	check_u64("lost", sink_lost(f->sink), 0);
	check_log("nothing to say", "");
}

static void test_slow_pipe(void **state)
{
	struct fixture *f = *state;

	open_pipe(f, FORM_JSON);
	check_slow(f);
}

static void test_slow_socket(void **state)
{
	struct fixture *f = *state;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	f->reader = fds[0];
	f->writer = fds[1];
	assert_int_equal(fcntl(f->reader, F_SETFL, O_NONBLOCK), 0);
	open_sink(f, FORM_TEXT);
	check_slow(f);
}

static void test_slow_terminal(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct fixture *f = *state;
	unsigned int told;

	assert_int_equal(openpty(&f->reader, &f->writer, NULL, NULL, NULL), 0);
	assert_int_equal(fcntl(f->reader, F_SETFL, O_NONBLOCK), 0);
	open_sink(f, FORM_TEXT);
	told = fill(f);
	for (unsigned int i = 0; i < 100000 && waiting(f); i++) {
		read_all(f->reader, &got);
		fake_settle(f->loop);
	}
	assert_null(waiting(f));
	while (count_lines(&got) < told) {
		struct pollfd p = { .fd = f->reader, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		read_all(f->reader, &got);
	}
	check_u64("lines", count_lines(&got), told);
	assert_int_equal(fcntl(f->writer, F_GETFL) & O_NONBLOCK, 0);
}

/* More than the queue holds is lost and counted, and the reader is told. */
static void check_full(enum form form, const char *report, struct fixture *f)
{
	_cleanup_buf_ struct buf got = { 0 };
	unsigned int told;
	size_t len;

	open_pipe(f, form);
	told = fill(f);
	len = line_form(history_back(f->history, 0, 0), form)->len + 1;
	while (!sink_lost(f->sink)) {
		assert_true(++told < 200000);
		tell(f, 9);
		sink_flush(f->sink);
	}
	for (unsigned int i = 0; i < 10000 && waiting(f); i++) {
		read_all(f->reader, &got);
		fake_settle(f->loop);
	}
	read_all(f->reader, &got);
	check_u64("lost", sink_lost(f->sink), 1);
	assert_true(got.len > QUEUE_MAX && got.len < QUEUE_MAX + (2U << 20) + len);
	check_u64("lines", count_lines(&got), told - 1 + 1);
	check_text("the end", got.data + got.len - strlen(report), report);
}

static void test_full(void **state)
{
	check_full(FORM_JSON, "\n{\"lost\":1}\n", *state);
}

static void test_full_text(void **state)
{
	check_full(FORM_TEXT, "\n# 1 lines lost: read too slowly\n", *state);
}

/* ---- the end of a reader ------------------------------------------------------------------- */

/* What waits for a reader that is gone is lost, and so is what comes later. It is said once. */
static void test_gone(void **state)
{
	struct fixture *f = *state;

	open_pipe(f, FORM_JSON);
	tell(f, 1);
	sink_flush(f->sink);
	(void)close(f->reader);
	f->reader = -1;
	tell(f, 2);
	tell(f, 3);
	sink_flush(f->sink);
	check_u64("both are lost", sink_lost(f->sink), 2);
	check_log("said", "warning: standard output: events can't be written: Broken pipe\n");
	tell(f, 4);
	sink_flush(f->sink);
	check_u64("one more", sink_lost(f->sink), 3);
	check_log("not again", "");
	check_u64("nothing is tried", sink_drain(f->sink, 10000), 3);
	assert_null(waiting(f));
	assert_int_equal(retry_timer(f)->times_set, 0);
}

/* A reader that ends while lines wait for it. */
static void test_gone_while_waiting(void **state)
{
	struct fixture *f = *state;

	open_pipe(f, FORM_JSON);
	(void)fill(f);
	tell(f, 1);
	(void)close(f->reader);
	f->reader = -1;
	fake_settle(f->loop);
	assert_true(sink_lost(f->sink) >= 1);
	assert_null(waiting(f));
	buf_free(&fake_log);
}

/* A terminal that has hung up. */
static void test_hung_up(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(openpty(&f->reader, &f->writer, NULL, NULL, NULL), 0);
	open_sink(f, FORM_TEXT);
	(void)close(f->reader);
	f->reader = -1;
	tell(f, 1);
	sink_flush(f->sink);
	check_u64("lost", sink_lost(f->sink), 1);
	check_log("said",
		  "warning: standard output: events can't be written: Input/output error\n");
	tell(f, 2);
	check_u64("the next one, too", sink_lost(f->sink), 2);
}

/* A full disk keeps what waits, is tried again each second, and is not written to before that. */
static void test_full_disk(void **state)
{
	struct fixture *f = *state;
	struct loop_source *retry;

	f->writer = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(f->writer >= 0);
	open_sink(f, FORM_JSON);
	retry = retry_timer(f);
	tell(f, 1);
	sink_flush(f->sink);
	check_log("said",
		  "warning: standard output: events can't be written: No space left on device\n");
	check_u64("again in", retry->ms, 1000);
	check_u64("set once", retry->times_set, 1);
	check_u64("it waits", sink_lost(f->sink), 0);
	tell(f, 2);
	sink_flush(f->sink);
	check_u64("not tried", retry->times_set, 1);
	fake_fire(retry, 0);
	check_u64("tried", retry->times_set, 2);
	check_log("not again", "");
	assert_null(waiting(f));
	check_u64("not written", sink_drain(f->sink, 1), 2);
}

/* Once the disk has room, what waited is written. */
static void test_room_again(void **state)
{
	struct fixture *f = *state;
	struct loop_source *retry;
	char path[] = "/tmp/hostportd-test-XXXXXX";
	int file;

	f->writer = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(f->writer >= 0);
	open_sink(f, FORM_JSON);
	retry = retry_timer(f);
	tell(f, 1);
	sink_flush(f->sink);
	file = mkostemp(path, O_CLOEXEC);
	assert_true(file >= 0);
	(void)unlink(path);
	assert_int_equal(dup3(file, f->writer, O_CLOEXEC), f->writer);
	fake_fire(retry, 0);
	tell(f, 2);
	sink_flush(f->sink);
	assert_int_equal(lseek(file, 0, SEEK_END),
			 2 * (line_form(history_back(f->history, 0, 0), FORM_JSON)->len + 1));
	check_u64("none lost", sink_drain(f->sink, 1), 0);
	(void)close(file);
	buf_free(&fake_log);
}

/* ---- the agent's end ----------------------------------------------------------------------- */

/* At the end it waits for the reader, for as long as it may. */
static void test_drain(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct fixture *f = *state;
	unsigned int told;
	uint64_t unwritten;

	open_pipe(f, FORM_JSON);
	told = fill(f);
	for (unsigned int i = 0; i < 3; i++)
		tell(f, 1);
	unwritten = sink_drain(f->sink, 1);
	assert_true(unwritten >= 3 && unwritten < told);
	read_all(f->reader, &got);
	check_u64("all is written", sink_drain(f->sink, 10000), 0);
	read_all(f->reader, &got);
	check_u64("lines", count_lines(&got), told + 3);
	check_u64("nothing waits", sink_drain(f->sink, 0), 0);
}

/* A reader in another process, which takes what it gets. */
static pid_t start_reader(struct fixture *f)
{
	static char part[65536];
	pid_t pid = fork();

	if (pid == 0) {
		(void)alarm(60);
		(void)close(f->writer);
		(void)fcntl(f->reader, F_SETFL, 0);
		sink_close(f->sink);
		while (read(f->reader, part, sizeof(part)) > 0)
			;
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

/* However many turns it takes. */
static void test_drain_turns(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t pid;

	open_pipe(f, FORM_JSON);
	while (!sink_lost(f->sink))
		tell(f, 1); /* as much as the queue holds */
	pid = start_reader(f);
	check_u64("all but what was lost", sink_drain(f->sink, 60000), 1);
	sink_close(f->sink);
	f->sink = NULL;
	(void)close(f->writer);
	f->writer = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static size_t count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

/* It closes what it opened, and not what it was given. */
static void test_close(void **state)
{
	struct fixture *f = *state;
	size_t before;

	open_pipe(f, FORM_JSON);
	before = count_descriptors();
	sink_close(f->sink);
	assert_int_equal(count_descriptors(), before - 1);
	assert_true(fcntl(f->writer, F_GETFD) >= 0);
	open_sink(f, FORM_JSON);
	assert_int_equal(count_descriptors(), before);
}

static void test_no_timer(void **state)
{
	struct fixture *f = *state;

	f->writer = open("/dev/null", O_WRONLY | O_CLOEXEC);
	f->loop->error = -EMFILE;
	assert_int_equal(sink_open(f->loop, f->writer, FORM_JSON, &f->sink), -EMFILE);
	assert_null(f->sink);
	sink_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_pipe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_socket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_terminal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone_while_waiting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hung_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drain_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_timer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
