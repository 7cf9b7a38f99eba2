// SPDX-License-Identifier: MIT
/*
 * A subject whose thread, not its first, binds a TCP port of 127.0.0.1, after
 * each has taken a name.
 *
 *   threadprobe LEADER THREAD PORT
 *
 * Prints "ok", or the errno's name; then the process id and the thread's, which
 * is another one: "ok 4711 4712".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct task {
	const char *name;
	uint16_t port;
	int error;
	pid_t tid;
};

static void *run(void *data)
{
	struct task *t = data;
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(t->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	t->tid = gettid();
	if (fd < 0 || prctl(PR_SET_NAME, t->name) < 0 ||
	    bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0)
		t->error = errno;
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct task t = { 0 };
	pthread_t thread;

	if (argc != 4) {
		(void)fputs("usage: threadprobe LEADER THREAD PORT\n", stderr);
		return 2;
	}
	t.name = argv[2];
	t.port = (uint16_t)strtoul(argv[3], NULL, 10);
	if (prctl(PR_SET_NAME, argv[1]) < 0 || pthread_create(&thread, NULL, run, &t) != 0 ||
	    pthread_join(thread, NULL) != 0) {
		perror("threadprobe");
		return 3;
	}
	printf("%s %d %d\n", t.error ? strerrorname_np(t.error) : "ok", (int)getpid(), (int)t.tid);
	return 0;
}
