// SPDX-License-Identifier: MIT
/*
 * A server that is no agent, at the path of the agent's socket.
 *
 *   noagent PATH
 *
 * Listens on a stream socket at PATH, takes one client, reads what it asks, answers
 * with all of standard input as it is, and ends.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), client;
	char part[4096];
	ssize_t n;

	if (argc != 2 || strlen(argv[1]) >= sizeof(addr.sun_path)) {
		(void)fputs("usage: noagent PATH\n", stderr);
		return 2;
	}
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(fd, 1) < 0) {
		perror("noagent");
		return 3;
	}
	client = accept(fd, NULL, NULL);
	if (client < 0 || read(client, part, sizeof(part)) <= 0)
		return 3;
	while ((n = read(STDIN_FILENO, part, sizeof(part))) > 0)
		if (send(client, part, (size_t)n, MSG_NOSIGNAL) != n)
			return 3;
	return 0;
}
