// SPDX-License-Identifier: MIT
/* The kernel chooses the port, at listen(), sendto() or connect(). */
#include <errno.h>
#include <netinet/in.h>
#include <sys/time.h>

#include "../base/clock.h"
#include "subject.h"
#include "subject_take.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#define PORT_DISCARD 9
#define CONNECT_S    3

/* Note a step and the port that the socket has after it. */
static void note_step(struct subject *s, const char *step, uint64_t since, long r)
{
	(void)subject_timed(s, step, since, r < 0 ? errno : 0);
	subject_look(s);
}

/* No listener is needed: the port is taken before the datagram leaves. */
static void send_datagram(struct subject *s)
{
	bool v6 = s->way->socket.domain == AF_INET6;
	struct sockaddr_in in = subject_loopback(PORT_DISCARD);
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = in.sin_port,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	uint64_t since = clock_monotonic_us();

	note_step(s, "sendto", since,
		  sendto(s->fd, "", 1, MSG_NOSIGNAL,
			 v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
			 v6 ? sizeof(in6) : sizeof(in)));
}

void subject_take_sendto(struct subject *s)
{
	if (subject_open(s))
		send_datagram(s);
}

void subject_take_range(struct subject *s)
{
	uint32_t range = s->port | (uint32_t)s->port << 16;
	int error = 0;

	if (!subject_open(s))
		return;
	if (setsockopt(s->fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range)) < 0)
		error = errno;
	if (!subject_support(s, "port-range", error))
		return;
	if (s->way->socket.addr)
		subject_bind_and_listen(s);
	else if (s->way->socket.type == SOCK_DGRAM)
		send_datagram(s);
	else
		(void)subject_listen(s);
}

/*
 * A stream socket connects to itself: it calls the port that the kernel will choose
 * for it. A listener would take another port, which would be judged as well.
 */
void subject_take_connect(struct subject *s)
{
	bool stream = s->way->socket.type == SOCK_STREAM;
	struct sockaddr_in in = subject_loopback(stream ? s->port : PORT_DISCARD);
	struct timeval most = { .tv_sec = CONNECT_S };
	uint64_t since;

	if (!subject_open(s))
		return;
	(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	since = clock_monotonic_us();
	note_step(s, "connect", since, connect(s->fd, (struct sockaddr *)&in, sizeof(in)));
}
