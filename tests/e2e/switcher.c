// SPDX-License-Identifier: MIT
/*
 * A subject that binds without pause while the mode is switched to and fro:
 *
 *   switcher REGISTERED UNREGISTERED SWITCHES COMMAND...
 *
 * Each bind is a new TCP socket on 127.0.0.1. COMMAND gets "enforce" or "audit" added, by turns,
 * "enforce" first; once it has ended, and until the next begins, the mode is settled. Prints
 *
 *   switches N failed N
 *   registered ok N other N
 *   unregistered ok N EPERM N other N
 *   settled enforce N audit N wrong N
 *
 * where settled ones are unregistered binds that began and ended in a settled mode, and wrong ones
 * those of them that came out as in the other mode; and before the last line, if anything was
 * "other", `last other ERRNO`.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTLED_BINDS 20 /* in each settled mode */
#define ARGS_MAX      16

enum phase { SWITCHING, ENFORCE, AUDIT };

struct counts {
	unsigned long registered_ok, registered_other;
	int last_other; /* an errno */
	unsigned long ok, eperm, other;
	unsigned long settled[3], wrong;
};

struct subject {
	uint16_t registered, unregistered;
	/* the phase in the low bits; the rest counts phases, so that none is taken for another */
	atomic_ulong phase;
	atomic_ulong settled_binds; /* in this phase */
	atomic_bool stop;
	struct counts counts;
};

static int try_bind(uint16_t port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return errno;
	/* a walk over all open files keeps a closed one for a moment, and its port with it */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	error = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? errno : 0;
	(void)close(fd);
	return error;
}

static void bind_unregistered(struct subject *s)
{
	struct counts *c = &s->counts;
	unsigned long before = atomic_load(&s->phase);
	int error = try_bind(s->unregistered);
	enum phase phase = before & 3;

	c->ok += error == 0;
	c->eperm += error == EPERM;
	c->other += error != 0 && error != EPERM;
	if (error != 0 && error != EPERM)
		c->last_other = error;
	if (phase == SWITCHING || atomic_load(&s->phase) != before)
		return;
	c->settled[phase]++;
	c->wrong += error != (phase == ENFORCE ? EPERM : 0);
	atomic_fetch_add(&s->settled_binds, 1);
}

static void bind_for_ever(struct subject *s)
{
	while (!atomic_load(&s->stop)) {
		int error = try_bind(s->registered);

		s->counts.registered_ok += error == 0;
		s->counts.registered_other += error != 0;
		if (error)
			s->counts.last_other = error;
		bind_unregistered(s);
	}
}

static void enter(struct subject *s, enum phase phase)
{
	unsigned long next = (atomic_load(&s->phase) / 4 + 1) * 4 + phase;

	atomic_store(&s->settled_binds, 0);
	atomic_store(&s->phase, next);
	while (phase != SWITCHING && atomic_load(&s->settled_binds) < SETTLED_BINDS)
		(void)usleep(1000);
}

/* The exit status of the command. */
static int run(char **command, int len, const char *mode)
{
	char *argv[ARGS_MAX + 2] = { 0 };
	int status;
	pid_t pid;

	memcpy(argv, command, (size_t)len * sizeof(*argv));
	argv[len] = (char *)mode;
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void print(const struct counts *c, unsigned long switches, unsigned long failed)
{
	printf("switches %lu failed %lu\n", switches, failed);
	printf("registered ok %lu other %lu\n", c->registered_ok, c->registered_other);
	printf("unregistered ok %lu EPERM %lu other %lu\n", c->ok, c->eperm, c->other);
	if (c->last_other)
		printf("last other %s\n", strerrorname_np(c->last_other));
	printf("settled enforce %lu audit %lu wrong %lu\n", c->settled[ENFORCE], c->settled[AUDIT],
	       c->wrong);
}

/* A process of its own: a fork while it has a socket would give that to the child, too. */
static pid_t start_binding(struct subject *s)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		bind_for_ever(s);
		_exit(0);
	}
	return pid;
}

int main(int argc, char **argv)
{
	struct subject *subject = mmap(NULL, sizeof(*subject), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long switches, failed = 0;
	pid_t pid;

	if (argc < 5 || argc - 4 > ARGS_MAX) {
		fputs("usage: switcher REGISTERED UNREGISTERED SWITCHES COMMAND...\n", stderr);
		return 2;
	}
	if (subject == MAP_FAILED)
		return 3;
	subject->registered = (uint16_t)strtoul(argv[1], NULL, 10);
	subject->unregistered = (uint16_t)strtoul(argv[2], NULL, 10);
	switches = strtoul(argv[3], NULL, 10);
	pid = start_binding(subject);
	for (unsigned long i = 0; pid > 0 && i < switches; i++) {
		enter(subject, SWITCHING);
		failed += run(argv + 4, argc - 4, i % 2 ? "audit" : "enforce") != 0;
		enter(subject, i % 2 ? AUDIT : ENFORCE);
	}
	atomic_store(&subject->stop, true);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return 3;
	print(&subject->counts, switches, failed);
	return 0;
}
