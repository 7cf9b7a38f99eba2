// SPDX-License-Identifier: MIT
/* The control socket as its clients see it. What it does with each is clients.c's. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "directory.h"
#include "events.h"
#include "fake_clock.h"
#include "fake_loop.h"

#include "../../user/stream/control.h"

struct fixture {
	void *directory;
	struct loop *loop;
	struct history *history;
	struct control *control;
	int peers[CONTROL_CLIENTS_MAX + 1];
	size_t len;
};

static int put_document(void *data, const struct request *request, struct buf *out)
{
	(void)data;
	(void)request;
	buf_puts(out, "{}");
	return 0;
}

static int open_control(struct fixture *f)
{
	return control_open(f->loop, "sock", f->history, put_document, NULL, &f->control);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)signal(SIGPIPE, SIG_IGN); /* as the agent does */
	if (into_directory(&f->directory) < 0 || loop_new(&f->loop) < 0)
		return -1;
	f->history = calloc(1, sizeof(*f->history));
	*state = f;
	return open_control(f);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	control_close(f->control);
	for (size_t i = 0; i < f->len; i++)
		(void)close(f->peers[i]);
	loop_free(f->loop);
	history_free(f->history);
	free(f->history);
	(void)out_of_directory(&f->directory);
	free(f);
	return 0;
}

static int dial(struct fixture *f)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "sock" };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0 && f->len < ARRAY_LEN(f->peers));
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	f->peers[f->len++] = fd;
	fake_settle(f->loop);
	return fd;
}

static void check_answer(int fd, const char *name, const char *want)
{
	char text[1024];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	check_text(name, text, want);
}

static int ask(struct fixture *f, const char *request)
{
	int fd = dial(f);

	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	fake_settle(f->loop);
	return fd;
}

static unsigned int tails(const struct fixture *f)
{
	unsigned int tails;
	uint64_t lost;

	control_stats(f->control, &tails, &lost);
	assert_int_equal(lost, 0);
	return tails;
}

static struct loop_source *timer(const struct fixture *f)
{
	for (struct loop_source *s = f->loop->sources; s; s = s->next)
		if (s->kind == FAKE_TIMER)
			return s;
	return NULL;
}

static void test_serves(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf want = { 0 };
	struct event event = bare();
	struct line *line;
	int tail;

	event.node = "n";
	event.exe = event.cgroup = "";
	check_answer(ask(f, "{\"verb\":\"status\"}\n"), "status", "{\"ok\":true}\n{}\n");
	tail = ask(f, "{\"verb\":\"tail\"}\n");
	check_answer(tail, "tail", "{\"ok\":true}\n");
	check_u64("tails", tails(f), 1);
	line = history_add(f->history, &event);
	buf_puts(&want, line_form(line, FORM_JSON)->data);
	buf_putc(&want, '\n');
	control_tell(f->control, line);
	check_answer(tail, "not yet", "");
	control_flush(f->control);
	check_answer(tail, "a line", want.data);
}

/* So many are served at once, and the next ones again when somebody has left. */
static void test_too_many(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		check_answer(dial(f), "served", "");
	check_answer(dial(f), "one more", "{\"error\":\"too many clients\"}\n");
	(void)close(f->peers[--f->len]);
	(void)close(f->peers[--f->len]);
	fake_settle(f->loop);
	check_answer(ask(f, "{\"verb\":\"status\"}\n"), "served again", "{\"ok\":true}\n{}\n");
}

/* The timer runs while somebody has something to do in time, and no longer. */
static void test_timer(void **state)
{
	struct fixture *f = *state;
	int fd;

	assert_int_equal(timer(f)->times_set, 0);
	fd = dial(f);
	check_u64("it runs", timer(f)->every_ms, 1000);
	fake_pass_ms(9000);
	fake_fire(timer(f), 0);
	check_u64("it runs on", timer(f)->every_ms, 1000);
	check_answer(fd, "there is time", "");
	fake_pass_ms(1000);
	fake_fire(timer(f), 0);
	check_answer(fd, "too late", "{\"error\":\"no request came in time\"}\n");
	fake_fire(timer(f), 0);
	check_u64("nobody is left", timer(f)->ms + timer(f)->every_ms, 0);
	(void)dial(f);
	check_u64("it runs for the next one", timer(f)->every_ms, 1000);
}

/* Without a descriptor left, connections wait, and are taken once there is one. */
static void test_no_descriptors(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "sock" };
	struct fixture *f = *state;
	struct loop_source *listening = f->loop->sources; /* added last */
	struct rlimit limit, none;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	f->peers[f->len++] = fd;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit) { .rlim_cur = (rlim_t)fd + 1, .rlim_max = limit.rlim_max };
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	fake_settle(f->loop); /* it would turn for ever */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	check_u64("it does not look", listening->events, 0);
	check_u64("the timer runs", timer(f)->every_ms, 1000);
	fake_fire(timer(f), 0);
	check_u64("it looks again", listening->events, EPOLLIN);
	assert_int_equal(write(fd, "{\"verb\":\"status\"}\n", 18), 18);
	fake_settle(f->loop);
	check_answer(fd, "served", "{\"ok\":true}\n{}\n");
}

/* A second agent does not get the path; after the first one nothing is left there. */
static void test_one_agent(void **state)
{
	struct control *second = NULL;
	struct fixture *f = *state;

	assert_int_equal(control_open(f->loop, "sock", f->history, put_document, NULL, &second),
			 -EADDRINUSE);
	assert_null(second);
	assert_int_equal(access("sock", F_OK), 0);
	assert_int_equal(access("sock.lock", F_OK), 0);
	control_close(f->control);
	f->control = NULL;
	assert_int_equal(access("sock", F_OK), -1);
	assert_int_equal(access("sock.lock", F_OK), -1);
	assert_int_equal(open_control(f), 0);
	check_answer(ask(f, "{\"verb\":\"status\"}\n"), "served", "{\"ok\":true}\n{}\n");
	control_close(NULL);
}

/* What was made is undone if a later step fails. */
static void test_fails(void **state)
{
	struct fixture *f = *state;

	control_close(f->control);
	f->control = NULL;
	f->loop->error = -ENOSPC;
	assert_int_equal(open_control(f), -ENOSPC);
	assert_null(f->control);
	assert_int_equal(access("sock", F_OK), -1);
	f->loop->error = 0;
	assert_int_equal(open_control(f), 0); /* the lock is free */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_serves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_timer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_agent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fails, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
