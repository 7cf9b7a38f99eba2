// SPDX-License-Identifier: MIT
/*
 * A service manager, as far as sd_notify(3) goes.
 *
 *   notifyd PATH
 *
 * Listens on a datagram socket at PATH, prints "listening", then what it is told,
 * one line a message, until it is killed. A line end in a message becomes a blank.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[4096];
	ssize_t n;

	if (argc != 2 || strlen(argv[1]) >= sizeof(addr.sun_path)) {
		(void)fputs("usage: notifyd PATH\n", stderr);
		return 2;
	}
	memcpy(addr.sun_path, argv[1], strlen(argv[1]));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		perror("notifyd");
		return 3;
	}
	puts("listening");
	(void)fflush(stdout);
	while ((n = recv(fd, text, sizeof(text) - 1, 0)) >= 0) {
		text[n] = '\0';
		for (char *c = text; *c; c++)
			if (*c == '\n')
				*c = ' ';
		puts(text);
		(void)fflush(stdout);
	}
	return 0;
}
