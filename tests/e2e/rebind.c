// SPDX-License-Identifier: MIT
/*
 * A subject that tries again: binds one socket again and again, until its
 * addresses are used up.
 *
 *   rebind tcp|udp|udplite ADDRESS PORT [ADDRESS PORT]...
 *
 * IPv4. Prints what came of each in one line, the errno's name or "ok":
 * "EADDRINUSE ok".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

static int open_socket(const char *proto)
{
	if (strcmp(proto, "tcp") == 0)
		return socket(AF_INET, SOCK_STREAM, 0);
	return socket(AF_INET, SOCK_DGRAM, strcmp(proto, "udplite") == 0 ? IPPROTO_UDPLITE : 0);
}

static const char *try_bind(int fd, const char *address, const char *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
	};

	if (inet_pton(AF_INET, address, &in.sin_addr) != 1)
		return "address?";
	return bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 ? "ok" : strerrorname_np(errno);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 4 || argc % 2) {
		(void)fputs("usage: rebind tcp|udp|udplite ADDRESS PORT [ADDRESS PORT]...\n",
			    stderr);
		return 2;
	}
	fd = open_socket(argv[1]);
	if (fd < 0) {
		perror("rebind");
		return 3;
	}
	for (int i = 2; i < argc; i += 2)
		printf("%s%s", i > 2 ? " " : "", try_bind(fd, argv[i], argv[i + 1]));
	putchar('\n');
	(void)close(fd);
	return 0;
}
