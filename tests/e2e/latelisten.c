// SPDX-License-Identifier: MIT
/*
 * A subject: latelisten PORT COUNT binds COUNT TCP sockets to a port, each on a loopback
 * address of its own, prints "bound", waits for a line, listens with all of them,
 * prints "listening", and ends with its standard input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_MAX 64

static int bound(uint16_t port, unsigned int i)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		perror("bind");
		exit(1);
	}
	return fd;
}

static void say(const char *what)
{
	(void)puts(what);
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int count = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	int fds[COUNT_MAX];
	char line[16];

	if (!count || count > COUNT_MAX)
		return 2;
	for (unsigned int i = 0; i < count; i++)
		fds[i] = bound((uint16_t)strtoul(argv[1], NULL, 10), i);
	say("bound");
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	for (unsigned int i = 0; i < count; i++)
		if (listen(fds[i], 1) < 0)
			return 1;
	say("listening");
	while (fgets(line, sizeof(line), stdin))
		;
	return 0;
}
