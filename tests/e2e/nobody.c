// SPDX-License-Identifier: MIT
/*
 * nobody HOW PORT: a TCP listener on all addresses that is not easily found, until standard input
 * ends. Says "ok", or why not.
 *
 * flight: its descriptor is in a message that nobody reads. uring: only an io_uring has it.
 * thread: the main thread has ended, another one has it. stay: bind() may be denied, and the
 * process goes on; it tries again on SIGUSR1.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int port;

/* A descriptor that listens, or -1. */
static int listen_to_port(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0 && listen(fd, 1) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int into_message(int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = (char[]) { 'x' }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control.room,
				  .msg_controllen = sizeof(control.room) };
	int pair[2];

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 &&
			       sendmsg(pair[0], &message, 0) == 1 ?
		       0 :
		       -1;
}

static int into_ring(int fd)
{
	struct io_uring_params params = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	return ring < 0 ? -1 :
			  (int)syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1);
}

static int say(int r)
{
	(void)printf("%s\n", r < 0 ? strerror(errno) : "ok");
	return fflush(stdout);
}

static void *wait_for_end(void *unused)
{
	char c;

	(void)unused;
	while (read(STDIN_FILENO, &c, 1) != 0)
		;
	exit(0);
}

static void try_again(int number)
{
	(void)number;
	if (listen_to_port() < 0)
		_exit(1);
}

int main(int argc, char **argv)
{
	const char *how = argc == 3 ? argv[1] : "";
	pthread_t thread;
	int fd;

	port = argc == 3 ? atoi(argv[2]) : 0;
	fd = listen_to_port();
	if (strcmp(how, "stay") == 0) {
		(void)signal(SIGUSR1, try_again);
		return say(0) == 0 && wait_for_end(NULL) ? 1 : 0;
	}
	if (strcmp(how, "thread") == 0) {
		if (say(fd) != 0 || pthread_create(&thread, NULL, wait_for_end, NULL) != 0)
			return 1;
		pthread_exit(NULL);
	}
	if (fd < 0 || (strcmp(how, "uring") == 0 ? into_ring(fd) : into_message(fd)) < 0) {
		(void)say(-1);
		return 1;
	}
	(void)close(fd);
	(void)say(0);
	(void)wait_for_end(NULL);
	return 0;
}
