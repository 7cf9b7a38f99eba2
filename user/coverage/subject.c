// SPDX-License-Identifier: MIT
#include "subject.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "../base/clock.h"

bool subject_step(struct subject *s, const char *step, int error)
{
	(void)snprintf(s->result->step, sizeof(s->result->step), "%s", step);
	s->result->error = error;
	return error == 0;
}

bool subject_feature(struct subject *s, const char *step, int error)
{
	s->result->absent = error != 0;
	return subject_step(s, step, error);
}

static bool is_lacking(int error)
{
	return error == EPROTONOSUPPORT || error == EAFNOSUPPORT || error == ESOCKTNOSUPPORT ||
	       error == ENOPROTOOPT || error == EOPNOTSUPP || error == ENOSYS;
}

bool subject_support(struct subject *s, const char *step, int error)
{
	return is_lacking(error) ? subject_feature(s, step, error) : subject_step(s, step, error);
}

bool subject_timed(struct subject *s, const char *step, uint64_t since_us, int error)
{
	s->result->slow |= clock_monotonic_us() - since_us > WAY_SLOW_US;
	return subject_step(s, step, error);
}

bool subject_failed(const struct subject *s)
{
	return s->result->error != 0;
}

/* MPTCP answers TCP_INFO since 5.16; before, SO_ACCEPTCONN still shows that it listens. */
static uint8_t tcp_state(int fd)
{
	struct tcp_info info;
	int listens = 0, protocol = 0;
	socklen_t len = sizeof(info), int_len = sizeof(int);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
		return info.tcpi_state;
	(void)getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_len);
	(void)getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &int_len);
	return listens && protocol != IPPROTO_SCTP && protocol != IPPROTO_DCCP ? TCP_LISTEN : 0;
}

void subject_look(struct subject *s)
{
	struct sockaddr_storage addr = { 0 };
	const struct sockaddr_in *in = (const struct sockaddr_in *)&addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&addr;
	socklen_t len = sizeof(addr);
	struct way_result *r = s->result;
	bool portless = s->way->kind == WAY_PORTLESS;

	r->tcp_state = portless ? 0 : tcp_state(s->fd);
	r->port = 0;
	r->family = 0;
	memset(r->addr, 0, sizeof(r->addr));
	/* the port has the same offset in both families; of a raw socket it is a protocol number */
	if (getsockname(s->fd, (struct sockaddr *)&addr, &len) < 0 || !in->sin_port)
		return;
	r->port = portless ? 0 : ntohs(in->sin_port);
	r->family = addr.ss_family == AF_INET6 ? 6 : 4;
	if (r->family == 6)
		memcpy(r->addr, &in6->sin6_addr, sizeof(in6->sin6_addr));
	else
		memcpy(r->addr, &in->sin_addr, sizeof(in->sin_addr));
}

struct sockaddr_in subject_loopback(uint16_t port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

socklen_t subject_address(const struct subject *s, struct sockaddr_storage *ret)
{
	const struct way_socket *spec = &s->way->socket;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *in = (struct sockaddr_in *)ret;

	memset(ret, 0, sizeof(*ret));
	/* the same offset in both families */
	in->sin_port = htons(spec->any_port ? 0 : s->port);
	if (inet_pton(AF_INET6, spec->addr, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		return sizeof(*in6);
	}
	(void)inet_pton(AF_INET, spec->addr, &in->sin_addr);
	in->sin_family = spec->unspec ? AF_UNSPEC : AF_INET;
	return sizeof(*in);
}

static bool set_options(struct subject *s)
{
	const struct way_socket *spec = &s->way->socket;
	int r = 0;

	if (spec->option)
		r = setsockopt(s->fd, spec->level, spec->option, &spec->value, sizeof(spec->value));
	if (r == 0 && spec->device)
		r = setsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, spec->device,
			       (socklen_t)strlen(spec->device));
	return subject_support(s, "setsockopt", r < 0 ? errno : 0);
}

bool subject_open(struct subject *s)
{
	const struct way_socket *spec = &s->way->socket;

	s->fd = socket(spec->domain, spec->type | SOCK_CLOEXEC, spec->protocol);
	if (!subject_support(s, "socket", s->fd < 0 ? errno : 0))
		return false;
	return (!spec->option && !spec->device) || set_options(s);
}

bool subject_bind(struct subject *s)
{
	struct sockaddr_storage addr;
	socklen_t len = subject_address(s, &addr);
	uint64_t since = clock_monotonic_us();
	int error = bind(s->fd, (const struct sockaddr *)&addr, len) < 0 ? errno : 0;

	(void)subject_timed(s, "bind", since, error);
	subject_look(s);
	return error == 0;
}

bool subject_listen(struct subject *s)
{
	uint64_t since = clock_monotonic_us();
	int error;

	if (!s->way->socket.listen)
		return true;
	error = listen(s->fd, 1) < 0 ? errno : 0;
	(void)subject_timed(s, "listen", since, error);
	subject_look(s);
	return error == 0;
}

void subject_bind_and_listen(struct subject *s)
{
	if (!s->way->socket.addr || subject_bind(s))
		(void)subject_listen(s);
}
