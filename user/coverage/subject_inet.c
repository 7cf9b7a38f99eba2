// SPDX-License-Identifier: MIT
/* A socket and a bind() that names the port. */
#include <errno.h>

#include "../base/clock.h"
#include "subject.h"
#include "subject_take.h"

#define SOL_SCTP	       132
#define SCTP_SOCKOPT_BINDX_ADD 100

void subject_take_socket(struct subject *s)
{
	if (subject_open(s))
		subject_bind_and_listen(s);
}

void subject_prepare_made(struct subject *s)
{
	(void)subject_open(s);
}

void subject_take_made(struct subject *s)
{
	if (!subject_failed(s))
		subject_bind_and_listen(s);
}

void subject_take_nothing(struct subject *s)
{
	if (!subject_failed(s))
		subject_look(s);
}

/* Sockets for the same port: s->data[0] is the first, s->data[1] the second. */
static bool open_pair(struct subject *s)
{
	for (int i = 0; i < 2; i++) {
		if (!subject_open(s))
			return false;
		s->data[i] = s->fd;
	}
	return true;
}

static bool on_each(struct subject *s, bool (*step)(struct subject *s))
{
	for (int i = 0; i < 2; i++) {
		s->fd = s->data[i];
		if (!step(s))
			return false;
	}
	return true;
}

/* The result is about the first socket: it holds the port if either does. */
static void look_at_first(struct subject *s)
{
	s->fd = s->data[0];
	subject_look(s);
}

void subject_take_pair(struct subject *s)
{
	if (!open_pair(s))
		return;
	if (on_each(s, subject_bind))
		(void)on_each(s, subject_listen);
	look_at_first(s);
}

/* Both can bind, but the listen() of the second must fail: the way then succeeds. */
static void first_listens(struct subject *s)
{
	s->fd = s->data[0];
	if (!subject_listen(s))
		return;
	s->fd = s->data[1];
	if (subject_listen(s))
		(void)subject_step(s, "listen-both", EEXIST);
	else if (s->result->error == EADDRINUSE)
		(void)subject_step(s, "listen", 0);
}

void subject_take_pair_first(struct subject *s)
{
	if (!open_pair(s))
		return;
	if (on_each(s, subject_bind))
		first_listens(s);
	look_at_first(s);
}

void subject_take_bindx(struct subject *s)
{
	struct sockaddr_storage addr;
	socklen_t len = subject_address(s, &addr);
	uint64_t since;
	int error;

	if (!subject_open(s))
		return;
	since = clock_monotonic_us();
	error = setsockopt(s->fd, SOL_SCTP, SCTP_SOCKOPT_BINDX_ADD, &addr, len) < 0 ? errno : 0;
	if (subject_timed(s, "bindx", since, error))
		(void)subject_listen(s);
	subject_look(s);
}
