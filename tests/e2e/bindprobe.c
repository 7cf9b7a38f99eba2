// SPDX-License-Identifier: MIT
/*
 * A subject: takes ports as it is told and says what came of it.
 *
 *   bindprobe PROTO FAMILY ADDRESS PORT [COUNT]
 *   bindprobe each
 *
 * PROTO is tcp, udp, udplite or mptcp; FAMILY is 4, 6, 6only (IPV6_V6ONLY) or unspec (an IPv4
 * socket given AF_UNSPEC). Binds COUNT times (1), a new socket each time, closed
 * before the next; prints the errno's name of each different outcome, or "ok PORT",
 * and how often it came: "EPERM 3". `hold [SOCKETS]` in place of COUNT binds once (or
 * so many sockets, with SO_REUSEPORT), listens on TCP, prints and waits for the end of
 * its standard input. `listen [FROM]` there listens without bind(), with FROM as the
 * socket's own range of ports (IP_LOCAL_PORT_RANGE), and prints the same; a UDP socket
 * sends instead. `from FROM` binds to PORT with such a range. `hold` after FROM waits as above.
 * `exec PROGRAM` there binds and listens, prints, and becomes the program, with the socket open.
 * `each` reads PROTO FAMILY ADDRESS PORT from each line of standard input, and binds
 * once, two milliseconds apart.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

struct target {
	int type, ipproto, domain;
	bool v6only;
	struct sockaddr_storage addr;
	socklen_t len;
};

static int usage(void)
{
	fputs("usage: bindprobe tcp|udp|udplite|mptcp 4|6|6only|unspec ADDRESS PORT [COUNT|hold "
	      "[SOCKETS]|listen [FROM [hold]]|from FROM [hold]|exec PROGRAM]\n"
	      "       bindprobe each\n",
	      stderr);
	return 2;
}

static bool set_proto(struct target *t, const char *word)
{
	if (strcmp(word, "tcp") == 0)
		t->type = SOCK_STREAM, t->ipproto = IPPROTO_TCP;
	else if (strcmp(word, "udp") == 0)
		t->type = SOCK_DGRAM, t->ipproto = IPPROTO_UDP;
	else if (strcmp(word, "udplite") == 0)
		t->type = SOCK_DGRAM, t->ipproto = IPPROTO_UDPLITE;
	else if (strcmp(word, "mptcp") == 0)
		t->type = SOCK_STREAM, t->ipproto = IPPROTO_MPTCP;
	else
		return false;
	return true;
}

static bool set_addr4(struct target *t, sa_family_t family, const char *addr, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&t->addr;

	t->domain = AF_INET;
	t->len = sizeof(*in);
	in->sin_family = family;
	in->sin_port = htons(port);
	return inet_pton(AF_INET, addr, &in->sin_addr) == 1;
}

static bool set_addr6(struct target *t, const char *addr, uint16_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&t->addr;

	t->domain = AF_INET6;
	t->len = sizeof(*in6);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return inet_pton(AF_INET6, addr, &in6->sin6_addr) == 1;
}

static bool set_addr(struct target *t, const char *family, const char *addr, uint16_t port)
{
	if (strcmp(family, "4") == 0)
		return set_addr4(t, AF_INET, addr, port);
	if (strcmp(family, "unspec") == 0)
		return set_addr4(t, AF_UNSPEC, addr, port);
	t->v6only = strcmp(family, "6only") == 0;
	if (t->v6only || strcmp(family, "6") == 0)
		return set_addr6(t, addr, port);
	return false;
}

/* From the words PROTO FAMILY ADDRESS PORT. */
static bool set_target(struct target *t, char *const words[4])
{
	*t = (struct target) { 0 };
	return set_proto(t, words[0]) &&
	       set_addr(t, words[1], words[2], (uint16_t)strtoul(words[3], NULL, 10));
}

static int open_socket(const struct target *t)
{
	int one = 1, fd = socket(t->domain, t->type, t->ipproto);

	if (fd >= 0 && t->v6only &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0)
		perror("IPV6_V6ONLY");
	return fd;
}

static unsigned int bound_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		return 0;
	/* the port stands at the same place in both families */
	return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

static void say(int error, unsigned int port, unsigned long times)
{
	if (error)
		printf("%s %lu\n", strerrorname_np(error), times);
	else
		printf("ok %u %lu\n", port, times);
}

static int repeat(const struct target *t, unsigned long count)
{
	unsigned long times = 0;
	int last = -1;
	unsigned int port = 0;

	for (unsigned long i = 0; i < count; i++) {
		int fd = open_socket(t), error;

		if (fd < 0) {
			perror("socket");
			return 3;
		}
		error = bind(fd, (const struct sockaddr *)&t->addr, t->len) < 0 ? errno : 0;
		if (times && error != last) {
			say(last, port, times);
			times = 0;
		}
		port = error ? 0 : bound_port(fd);
		last = error;
		times++;
		(void)close(fd);
	}
	say(last, port, times);
	return 0;
}

/* Take the port with one more socket; 0 or an errno. The socket stays open. */
static int take(const struct target *t, bool shared, unsigned int *port)
{
	int one = 1, fd = open_socket(t);

	if (fd < 0)
		return errno;
	if (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) < 0)
		return errno;
	if (bind(fd, (const struct sockaddr *)&t->addr, t->len) < 0)
		return errno;
	if (t->type == SOCK_STREAM && listen(fd, 1) < 0)
		return errno;
	*port = bound_port(fd);
	return 0;
}

static void wait_for_end(void)
{
	char c;

	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

static int hold(const struct target *t, unsigned long sockets)
{
	unsigned int port = 0;
	int error = 0;

	for (unsigned long i = 0; i < sockets && !error; i++)
		error = take(t, sockets > 1, &port);
	say(error, error ? 0 : port, sockets);
	wait_for_end();
	return 0;
}

static int become(const struct target *t, char *program)
{
	char *argv[] = { program, NULL };
	unsigned int port = 0;
	int error = take(t, false, &port);

	say(error, port, 1);
	(void)fflush(stdout);
	(void)execv(program, argv);
	perror(program);
	return 3;
}

/* Take a port without a bind(). */
static int take_unbound(int fd, const struct target *t)
{
	struct target to = *t;

	if (t->type == SOCK_STREAM)
		return listen(fd, 1);
	((struct sockaddr_in *)&to.addr)->sin_port = htons(9); /* discard; so for both families */
	return sendto(fd, "", 1, 0, (const struct sockaddr *)&to.addr, to.len) < 0 ? -1 : 0;
}

/* Let the kernel choose the port, from one port only unless that is 0. */
static int choose(const struct target *t, bool bound, uint32_t from, bool held)
{
	int fd = open_socket(t), error = 0;

	from |= from << 16;
	if (fd < 0 ||
	    (from && setsockopt(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &from, sizeof(from)) < 0) ||
	    (bound ? bind(fd, (const struct sockaddr *)&t->addr, t->len) : take_unbound(fd, t)) < 0)
		error = errno;
	say(error, error ? 0 : bound_port(fd), 1);
	if (held)
		wait_for_end();
	return 0;
}

/* In no hurry: a CPU takes a thousand new findings a second, and loses the rest. */
static int each(void)
{
	char *words[4], *save, line[128];
	struct target t;

	while (fgets(line, sizeof(line), stdin)) {
		for (int i = 0; i < 4; i++) {
			words[i] = strtok_r(i ? NULL : line, " \n", &save);
			if (!words[i])
				return usage();
		}
		if (!set_target(&t, words))
			return usage();
		if (repeat(&t, 1) != 0)
			return 3;
		(void)usleep(2000);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct target t;
	const char *how = argc >= 6 ? argv[5] : "1";

	if (argc == 2 && strcmp(argv[1], "each") == 0)
		return each();
	if (argc < 5 || argc > 8 || !set_target(&t, argv + 1))
		return usage();
	if (strcmp(how, "hold") == 0)
		return hold(&t, argc == 7 ? strtoul(argv[6], NULL, 10) : 1);
	if (strcmp(how, "exec") == 0 && argc == 7)
		return become(&t, argv[6]);
	if (strcmp(how, "listen") == 0 || strcmp(how, "from") == 0)
		return choose(&t, how[0] == 'f',
			      argc >= 7 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0, argc == 8);
	return repeat(&t, strtoul(how, NULL, 10));
}
