// SPDX-License-Identifier: MIT
/* Clients over loopback: the fake loop runs the server when the test says so. */
#include "fake_loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../../user/agent/http_server.h"

struct fixture {
	struct loop *loop;
	struct http_server *server;
	struct sockaddr_in address;
	unsigned int calls;
	char path[64], accept[64];
};

static void on_request(void *data, const char *path, const char *accept,
		       struct http_answer *ret_answer)
{
	struct fixture *f = data;

	f->calls++;
	(void)snprintf(f->path, sizeof(f->path), "%s", path);
	(void)snprintf(f->accept, sizeof(f->accept), "%s", accept ? accept : "(none)");
	*ret_answer = (struct http_answer) {
		.status = strcmp(path, "/bad") == 0 ? 503 : 200,
		.type = "text/x-test",
		.text = "hello",
		.len = 5,
	};
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	socklen_t len = sizeof(f->address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_non_null(f);
	assert_true(fd >= 0);
	f->address = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	assert_int_equal(bind(fd, (const struct sockaddr *)&f->address, len), 0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&f->address, &len), 0);
	assert_int_equal(loop_new(&f->loop), 0);
	assert_int_equal(http_server_open(f->loop, fd, on_request, f, &f->server), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	http_server_close(f->server);
	loop_free(f->loop);
	free(f);
	return 0;
}

static int dial(const struct fixture *f)
{
	const struct timeval limit = { .tv_sec = 30 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&f->address, sizeof(f->address)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	check_int("sent", send(fd, text, strlen(text), MSG_NOSIGNAL), (long long)strlen(text));
}

/* The server's turns: what it sets its timer for is due, too. */
static void turn(struct fixture *f)
{
	for (int i = 0; i < 10; i++) {
		fake_settle(f->loop);
		for (struct loop_source *s = f->loop->sources; s; s = s->next)
			if (s->kind == FAKE_TIMER && s->ms)
				fake_fire(s, 0);
	}
}

/* All that comes until the server closes the connection, which it must. */
static void hear(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, text + len, size - 1 - len, 0)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	check_int("closed", n, 0);
	assert_int_equal(close(fd), 0);
}

static void ask(struct fixture *f, const char *request, char text[1024])
{
	int fd = dial(f);

	say(fd, request);
	turn(f);
	hear(fd, text, 1024);
}

static void check_has(const char *text, const char *part)
{
	if (!strcasestr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static void test_get(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	ask(f, "GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n", text);
	check_text("path", f->path, "/a");
	check_text("accept", f->accept, "text/plain");
	check_has(text, "HTTP/1.1 200 OK\r\n");
	check_has(text, "\r\nContent-Type: text/x-test\r\n");
	check_has(text, "\r\nContent-Length: 5\r\n");
	check_has(text, "\r\nConnection: close\r\n");
	check_has(text, "\r\n\r\nhello");
	ask(f, "GET /bad HTTP/1.0\r\n\r\n", text);
	check_text("path", f->path, "/bad");
	check_text("accept", f->accept, "(none)");
	check_has(text, " 503 ");
	check_u64("calls", f->calls, 2);
}

static void test_head(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	ask(f, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", text);
	check_has(text, " 200 ");
	check_has(text, "\r\nContent-Length: 5\r\n");
	check_text("no body", strstr(text, "\r\n\r\n"), "\r\n\r\n");
	check_u64("calls", f->calls, 1);
}

/* Nothing but GET and HEAD gets to the agent, and no body is read. */
static void test_not_allowed(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "OPTIONS", "X", "get" };
	struct fixture *f = *state;
	char text[1024], request[128];

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		(void)snprintf(request, sizeof(request),
			       "%s / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
			       methods[i]);
		ask(f, request, text);
		check_has(text, " 405 ");
		check_has(text, "\r\nAllow: GET, HEAD\r\n");
	}
	check_u64("calls", f->calls, 0);
}

static void test_nonsense(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);
	char text[1024];

	say(fd, "\001\002 \r\n\r\n");
	turn(f);
	ask(f, "GET / HTTP/1.0\r\n\r\n", text);
	check_has(text, " 200 ");
	check_u64("calls", f->calls, 1);
	assert_int_equal(close(fd), 0);
	turn(f);
}

/* One that does nothing keeps no other waiting, and there is a time for it to be cut off. */
static void test_silent(void **state)
{
	struct fixture *f = *state;
	int silent = dial(f), half = dial(f);
	unsigned int ms = 0;
	char text[1024];

	say(half, "GET / HTTP/1.1\r\nHo");
	turn(f);
	ask(f, "GET / HTTP/1.0\r\n\r\n", text);
	check_has(text, " 200 ");
	for (const struct loop_source *s = f->loop->sources; s; s = s->next)
		if (s->kind == FAKE_TIMER)
			ms = s->ms;
	assert_true(ms > 0 && ms <= HTTP_SERVER_IDLE_S * 1000);
	say(half, "st: x\r\n\r\n");
	turn(f);
	hear(half, text, sizeof(text));
	check_has(text, " 200 ");
	assert_int_equal(close(silent), 0);
	turn(f);
}

/* One more than there is room for has its turn when others go. */
static void try_crowd(struct fixture *f, size_t leave)
{
	int fds[HTTP_SERVER_CLIENTS_MAX], last;
	unsigned int calls = f->calls;
	char text[1024];

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = dial(f);
	turn(f);
	last = dial(f);
	say(last, "GET / HTTP/1.0\r\n\r\n");
	turn(f);
	check_u64("no room", f->calls, calls);
	for (size_t i = 0; i < leave; i++)
		assert_int_equal(close(fds[i]), 0);
	turn(f);
	hear(last, text, sizeof(text));
	check_has(text, " 200 ");
	for (size_t i = leave; i < ARRAY_LEN(fds); i++)
		assert_int_equal(close(fds[i]), 0);
	turn(f);
}

static void test_crowd(void **state)
{
	try_crowd(*state, 1);
	try_crowd(*state, HTTP_SERVER_CLIENTS_MAX);
	try_crowd(*state, 2);
}

/* When the server ends, so do connections and the port. */
static void test_close(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f), other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char c;

	turn(f);
	http_server_close(f->server);
	f->server = NULL;
	assert_true(recv(fd, &c, 1, 0) <= 0);
	assert_int_equal(connect(other, (const struct sockaddr *)&f->address, sizeof(f->address)),
			 -1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, setup, teardown),
		cmocka_unit_test_setup_teardown(test_head, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_allowed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
