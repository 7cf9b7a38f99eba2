// SPDX-License-Identifier: MIT
/*
 * Many clients of a unix socket at once, which wait and read nothing.
 *
 *   crowd PATH N [REQUEST]
 *
 * Connects N times, each for a minute at most, and sends REQUEST and a line end
 * if there is one. Says "connected C of N"; then, for each line of standard input,
 * "open O": of how many the other side has not closed yet. Ends with standard input.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX 2000

static int dial(const struct sockaddr_un *addr, const char *request)
{
	struct timeval limit = { .tv_sec = 60 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0) {
		(void)close(fd);
		return -1;
	}
	if (request)
		(void)send(fd, request, strlen(request), MSG_NOSIGNAL);
	return fd;
}

/* A peer that has closed both directions is gone, read or not. */
static size_t count_open(const int *fds, size_t len)
{
	size_t open = 0;

	for (size_t i = 0; i < len; i++) {
		struct pollfd p = { .fd = fds[i] };

		open += poll(&p, 1, 0) == 0;
	}
	return open;
}

int main(int argc, char **argv)
{
	struct rlimit files = { CLIENTS_MAX + 16, CLIENTS_MAX + 16 };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	static int fds[CLIENTS_MAX];
	size_t wanted = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, len = 0;
	char request[4096], line[16];

	if (argc < 3 || argc > 4 || wanted > CLIENTS_MAX ||
	    strlen(argv[1]) >= sizeof(addr.sun_path)) {
		(void)fputs("usage: crowd PATH N [REQUEST]\n", stderr);
		return 2;
	}
	(void)setrlimit(RLIMIT_NOFILE, &files);
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	(void)snprintf(request, sizeof(request), "%s\n", argc > 3 ? argv[3] : "");
	for (size_t i = 0; i < wanted; i++) {
		fds[len] = dial(&addr, argc > 3 ? request : NULL);
		len += fds[len] >= 0;
	}
	(void)printf("connected %zu of %zu\n", len, wanted);
	(void)fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		(void)printf("open %zu\n", count_open(fds, len));
		(void)fflush(stdout);
	}
	return 0;
}
