// SPDX-License-Identifier: MIT
#include "port_probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

struct probe {
	uint8_t proto;
	uint16_t port;
	int fds[2]; /* IPv4, IPv6 */
	int error;  /* the first bind() that failed: a negative errno */
};

static int open_socket(int family, uint8_t proto)
{
	static const struct {
		int type, ipproto;
	} kinds[HP_PROTO_MAX] = {
		[HP_PROTO_TCP] = { SOCK_STREAM, IPPROTO_TCP },
		[HP_PROTO_UDP] = { SOCK_DGRAM, IPPROTO_UDP },
		[HP_PROTO_UDPLITE] = { SOCK_DGRAM, IPPROTO_UDPLITE },
		[HP_PROTO_SCTP] = { SOCK_STREAM, IPPROTO_SCTP },
		[HP_PROTO_DCCP] = { SOCK_DCCP, IPPROTO_DCCP },
	};

	if (proto >= HP_PROTO_MAX || !kinds[proto].type)
		return -1;
	return socket(family, kinds[proto].type | SOCK_CLOEXEC, kinds[proto].ipproto);
}

static int bind_any(int fd, int family, uint16_t port)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	int on = 1;

	if (family == AF_INET)
		return bind(fd, (struct sockaddr *)&v4, sizeof(v4)) < 0 ? -errno : 0;
	/* or it would also take the port of IPv4 */
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&v6, sizeof(v6)) < 0 ? -errno : 0;
}

static int bind_port(void *data)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct probe *a = data;

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		a->fds[i] = open_socket(families[i], a->proto);
		if (a->fds[i] >= 0 && a->error == 0)
			a->error = bind_any(a->fds[i], families[i], a->port);
	}
	return 0;
}

static void close_sockets(struct probe *a)
{
	for (size_t i = 0; i < ARRAY_LEN(a->fds); i++)
		if (a->fds[i] >= 0)
			(void)close(a->fds[i]);
}

enum held port_probe(const struct netns *netns, uint8_t proto, uint16_t port)
{
	struct probe a = { .proto = proto, .port = port, .fds = { -1, -1 } };
	bool known;

	if (!port || netns_call(netns, bind_port, &a) < 0)
		return HELD_UNKNOWN;
	known = a.fds[0] >= 0 || a.fds[1] >= 0;
	close_sockets(&a);
	if (a.error == -EADDRINUSE)
		return HELD_YES;
	return known && a.error == 0 ? HELD_NO : HELD_UNKNOWN;
}

int port_probe_hold(const struct netns *netns, uint8_t proto, uint16_t port, int ret_fds[2])
{
	struct probe a = { .proto = proto, .port = port, .fds = { -1, -1 } };
	int r = netns_call(netns, bind_port, &a);

	if (r == 0)
		r = a.error;
	if (r == 0 && a.fds[0] < 0 && a.fds[1] < 0)
		r = -EPROTONOSUPPORT;
	if (r < 0) {
		close_sockets(&a);
		return r;
	}
	ret_fds[0] = a.fds[0];
	ret_fds[1] = a.fds[1];
	return 0;
}
