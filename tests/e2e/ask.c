// SPDX-License-Identifier: MIT
/*
 * A client of a unix socket with no manners.
 *
 *   ask PATH [hang-up]
 *
 * Connects, sends all of standard input as it is, and prints what comes until the
 * other side closes, or a minute has gone by without anything (status 1). With
 * `hang-up` it says that it will send no more before it reads.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, strlen(path));
	return connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -1 : fd;
}

/* The other side may have heard enough at any time. */
static void send_input(int fd)
{
	char part[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, part, sizeof(part))) > 0)
		if (send(fd, part, (size_t)n, MSG_NOSIGNAL) != n)
			return;
}

static int print_answer(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char part[4096];
	ssize_t n;

	for (;;) {
		if (poll(&p, 1, PATIENCE_MS) <= 0)
			return 1;
		n = read(fd, part, sizeof(part));
		if (n <= 0)
			return 0;
		(void)fwrite(part, 1, (size_t)n, stdout);
	}
}

int main(int argc, char **argv)
{
	int fd;

	if (argc < 2 || argc > 3) {
		(void)fputs("usage: ask PATH [hang-up]\n", stderr);
		return 2;
	}
	fd = dial(argv[1]);
	if (fd < 0) {
		perror("ask");
		return 3;
	}
	send_input(fd);
	if (argc == 3)
		(void)shutdown(fd, SHUT_WR);
	return print_answer(fd);
}
