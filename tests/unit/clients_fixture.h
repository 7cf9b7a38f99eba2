/* SPDX-License-Identifier: MIT */
/* Clients on socket pairs: the test is every client, and turns the loop and the clock. */
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events.h"
#include "fake_clock.h"
#include "fake_loop.h"

#include "../../user/stream/clients.h"

#define CLIENTS_MAX 80

struct fixture {
	struct loop *loop;
	struct clients clients;
	struct history *history;
	int peers[CLIENTS_MAX];	 /* our ends; -1: closed */
	int served[CLIENTS_MAX]; /* the other ends: the agent's */
	size_t len;
	/* what the document is made of */
	struct buf document;
	int result;
	bool fails; /* as if memory had run out */
	unsigned int asked;
	struct request request; /* the last one */
};

static inline int make_document(void *data, const struct request *request, struct buf *out)
{
	struct fixture *f = data;

	f->asked++;
	f->request = *request;
	if (f->document.len)
		buf_add(out, f->document.data, f->document.len);
	out->failed = f->fails;
	return f->result;
}

static inline void no_timer(void *data, uint32_t events)
{
	(void)data;
	(void)events;
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)signal(SIGPIPE, SIG_IGN); /* as the agent does */
	f->history = calloc(1, sizeof(*f->history));
	(void)loop_new(&f->loop);
	f->clients = (struct clients) {
		.loop = f->loop,
		.history = f->history,
		.document = make_document,
		.data = f,
	};
	(void)loop_timer(f->loop, no_timer, NULL, &f->clients.timer);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	clients_free(&f->clients);
	for (size_t i = 0; i < f->len; i++)
		if (f->peers[i] >= 0)
			(void)close(f->peers[i]);
	loop_free(f->loop);
	history_free(f->history);
	free(f->history);
	buf_free(&f->document);
	free(f);
	return 0;
}

/* A client: the number of its end. */
static inline size_t connect_client(struct fixture *f, const char *refusal)
{
	int fds[2];

	assert_true(f->len < CLIENTS_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	f->peers[f->len] = fds[0];
	f->served[f->len] = fds[1];
	assert_int_equal(clients_add(&f->clients, fds[1], refusal), 0);
	return f->len++;
}

static inline void send_text(struct fixture *f, size_t client, const char *text, size_t len)
{
	assert_int_equal(send(f->peers[client], text, len, MSG_NOSIGNAL), len);
}

/* Read what has come. True: the agent has closed the connection. */
static inline bool receive(struct fixture *f, size_t client, struct buf *out)
{
	static char part[65536];
	ssize_t n;

	while ((n = recv(f->peers[client], part, sizeof(part), 0)) > 0)
		buf_add(out, part, (size_t)n);
	return n == 0 || errno != EAGAIN;
}

static inline void hang_up(struct fixture *f, size_t client)
{
	(void)close(f->peers[client]);
	f->peers[client] = -1;
}

/* The client has been sent this since the last look, and the connection stays, or not. */
static inline void check_sent(struct fixture *f, size_t client, const char *name, const char *want,
			      bool stays)
{
	_cleanup_buf_ struct buf got = { 0 };
	bool closed = receive(f, client, &got);

	check_text(name, got.len ? got.data : "", want);
	check_int(name, !closed, stays);
}

/* What the loop waits for of a client; NULL: it is gone. */
static inline struct loop_source *source_of(const struct fixture *f, size_t client)
{
	return fake_source(f->loop, f->served[client]);
}

/* A client that has asked; the loop has been turned. */
static inline size_t ask(struct fixture *f, const char *request)
{
	size_t client = connect_client(f, NULL);

	send_text(f, client, request, strlen(request));
	fake_settle(f->loop);
	return client;
}

#define OK     "{\"ok\":true}\n"
#define STATUS "{\"verb\":\"status\"}\n"
#define TAIL   "{\"verb\":\"tail\"}\n"

static inline struct line *add_line(struct fixture *f, uint8_t cls, uint16_t port)
{
	static struct event event;

	event = bare();
	event.node = "n";
	event.exe = event.cgroup = "";
	event.cls = cls;
	event.port = port;
	return history_add(f->history, &event);
}

static inline void tell(struct fixture *f, uint8_t cls, uint16_t port)
{
	clients_tell(&f->clients, add_line(f, cls, port));
	clients_flush(&f->clients);
}

/* The ports of the lines that have come; the text is read. -1: a loss was reported. */
static inline size_t ports_in(const struct buf *text, long *ports, size_t max)
{
	size_t len = 0;

	for (const char *at = text->data; at && *at; at = strchr(at, '\n') + 1) {
		const char *port = strstr(at, "\"port\":"), *end = strchr(at, '\n');

		assert_non_null(end);
		if (len < max)
			ports[len] = port && port < end ? strtol(port + 7, NULL, 10) : -1;
		len++;
	}
	return len;
}

static inline void check_ports(struct fixture *f, size_t client, const char *name, const long *want,
			       size_t len)
{
	_cleanup_buf_ struct buf got = { 0 };
	long ports[16] = { 0 };

	assert_false(receive(f, client, &got));
	check_u64(name, ports_in(&got, ports, ARRAY_LEN(ports)), len);
	for (size_t i = 0; i < len; i++)
		check_int(name, ports[i], want[i]);
}

static inline void skip_answer(struct fixture *f, size_t client)
{
	char answer[sizeof(OK)] = "";

	assert_int_equal(recv(f->peers[client], answer, strlen(OK), 0), strlen(OK));
	check_text("the answer", answer, OK);
}

static inline unsigned int tails(const struct fixture *f)
{
	unsigned int tails;
	uint64_t lost;

	clients_stats(&f->clients, &tails, &lost);
	return tails;
}

static inline uint64_t lost(const struct fixture *f)
{
	unsigned int tails;
	uint64_t lost;

	clients_stats(&f->clients, &tails, &lost);
	return lost;
}
