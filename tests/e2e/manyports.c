// SPDX-License-Identifier: MIT
/*
 * A subject that is fast: binds many ports many times.
 *
 *   manyports tcp|udp FIRST[+STEP] PORTS ROUNDS|hold [PROCESSES]
 *
 * Each of PROCESSES (1) binds so many ports, FIRST and then each STEP (1) further on, ROUNDS times
 * over, on a loopback address of its own (127.0.1.1, 127.0.1.2, ...), so that they never get
 * in each other's way. Prints how often a bind succeeded, was refused with EPERM,
 * and failed otherwise: "ok 100 EPERM 0 other 0".
 *
 * With `hold` one process binds every port once and keeps it, listening on TCP, until
 * the end of standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 64

struct outcome {
	unsigned long ok, eperm, other;
};

struct task {
	int type;
	unsigned long first, step, ports, rounds;
	bool hold;
};

static void say(const struct outcome *o)
{
	printf("ok %lu EPERM %lu other %lu\n", o->ok, o->eperm, o->other);
	(void)fflush(stdout);
}

static void bind_once(const struct task *t, const struct sockaddr_in *in, struct outcome *outcome)
{
	int fd = socket(AF_INET, t->type, 0);

	if (fd < 0)
		outcome->other++;
	else if (bind(fd, (const struct sockaddr *)in, sizeof(*in)) == 0)
		outcome->ok += !t->hold || t->type == SOCK_DGRAM || listen(fd, 1) == 0;
	else if (errno == EPERM)
		outcome->eperm++;
	else
		outcome->other++;
	if (fd >= 0 && !t->hold)
		(void)close(fd);
}

static void run(const struct task *t, unsigned long number, struct outcome *outcome)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 0x100 + (uint32_t)number),
	};

	for (unsigned long r = 0; r < t->rounds; r++) {
		for (unsigned long p = 0; p < t->ports; p++) {
			in.sin_port = htons((uint16_t)(t->first + p * t->step));
			bind_once(t, &in, outcome);
		}
	}
}

/* Take all and keep them. */
static void hold(const struct task *t)
{
	struct rlimit files = { 0 };
	struct outcome o = { 0 };
	char c;

	(void)getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	run(t, 0, &o);
	say(&o);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

/* Run and wait for all; false: a process could not be made, or died. */
static int run_all(const struct task *t, unsigned long processes, struct outcome *outcomes)
{
	int status, good = 1;

	for (unsigned long i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			run(t, i, &outcomes[i]);
			_exit(0);
		}
		if (pid < 0)
			good = 0;
	}
	while (wait(&status) > 0)
		if (status != 0)
			good = 0;
	return good;
}

int main(int argc, char **argv)
{
	struct outcome *outcomes, sum = { 0 };
	unsigned long processes = argc == 6 ? strtoul(argv[5], NULL, 10) : 1;
	struct task t = { 0 };
	char *step;

	if (argc < 5 || argc > 6 || processes < 1 || processes > PROCESSES_MAX) {
		(void)fputs("usage: manyports tcp|udp FIRST[+STEP] PORTS ROUNDS|hold [PROCESSES]\n",
			    stderr);
		return 2;
	}
	t.type = strcmp(argv[1], "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	t.first = strtoul(argv[2], &step, 10);
	t.step = *step == '+' ? strtoul(step + 1, NULL, 10) : 1;
	t.ports = strtoul(argv[3], NULL, 10);
	t.hold = strcmp(argv[4], "hold") == 0;
	t.rounds = t.hold ? 1 : strtoul(argv[4], NULL, 10);
	if (t.hold) {
		hold(&t);
		return 0;
	}
	outcomes = mmap(NULL, PROCESSES_MAX * sizeof(*outcomes), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (outcomes == MAP_FAILED || !run_all(&t, processes, outcomes)) {
		(void)fputs("manyports: a process failed\n", stderr);
		return 3;
	}
	for (unsigned long i = 0; i < processes; i++) {
		sum.ok += outcomes[i].ok;
		sum.eperm += outcomes[i].eperm;
		sum.other += outcomes[i].other;
	}
	say(&sum);
	return 0;
}
