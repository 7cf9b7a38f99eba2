// SPDX-License-Identifier: MIT
/*
 * A subject that never rests: threads that bind, close, and bind again, and count
 * exactly what came of it.
 *
 *   storm [OPTIONS] (--ports=PORTS | --always-ok=PORTS | --never-ok=PORTS)...
 *
 *   --threads=N      1; each walks all ports, from a place of its own, and starts over
 *   --count=N        attempts of each thread; without it until the end
 *   --least=N        attempts that each thread makes before it ends at SIGTERM
 *   --seconds=S      end after this time; without it at SIGTERM, or when all is counted
 *   --proto=tcp|udp  tcp
 *   --address=A      127.0.0.1; IPv4 or IPv6
 *   --errno=NAME     EPERM: what a denied bind returns
 *   --pace=USEC      rest after each attempt
 *   --together       all threads bind the same port at the same moment, then the next
 *   --fork           each attempt is a short-lived process of its own, whose uid is
 *                    100000 + port and whose comm is "sPID.PORT"
 *
 * PORTS is a list, "80,8080-8089". A bind of an --always-ok port must succeed, one of a
 * --never-ok port must fail with --errno and nothing else: any other error says that it
 * was let through. If several sets are given, their ports are bound in turn. No socket is
 * in another's way: all have SO_REUSEADDR and SO_REUSEPORT, and none listens.
 *
 * Prints "ok" once each thread has made its first attempt, and at the end one line:
 *
 *   {"attempts":9,"ok":6,"EPERM":3,"EADDRINUSE":0,"no_socket":0,"longest_us":41,
 *    "always_ok":{"attempts":6,"ok":6,"EPERM":0,"EADDRINUSE":0},
 *    "never_ok":{"attempts":3,"ok":0,"EPERM":3,"EADDRINUSE":0},
 *    "unexpected":0,"first_unexpected":[]}
 *
 * Other errors have a member of their name where there are any. `no_socket` counts what
 * was no attempt, because there was no socket, or no process. An element of the list, of
 * which a thread keeps no more than UNEXPECTED_MAX: {"port":80,"wanted":"ok","got":"EPERM",
 * "began_ns":1,"ended_ns":2}, times of CLOCK_BOOTTIME around the bind().
 *
 * Exit status: 0; 1: something unexpected; 2: usage; 3: it could not run.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storm_options.h"

#define NO_SOCKET      255
#define UNEXPECTED_MAX 8
#define UID_FIRST      100000

struct unexpected {
	uint16_t port;
	int wanted, got;
	uint64_t began_ns, ended_ns;
};

struct storm {
	struct plan plan;
	pthread_barrier_t started;
	atomic_bool stop;
	atomic_ulong arrived; /* of --together: attempts that are about to be made */
	atomic_ulong running;
};

struct worker {
	struct storm *storm;
	pthread_t thread;
	size_t at[SET_MAX];
	uint64_t outcomes[SET_MAX][ERRNO_MAX], no_socket, longest_ns, unexpected;
	struct unexpected first[UNEXPECTED_MAX];
};

static const char *outcome_name(int outcome)
{
	return outcome ? strerrorname_np(outcome) : "ok";
}

static uint64_t boot_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* One bind by this task: 0, an errno, or NO_SOCKET. */
static int bind_once(const struct plan *p, uint16_t port, uint64_t *began, uint64_t *ended)
{
	struct sockaddr_storage addr = p->addr;
	int one = 1, outcome, fd = socket(addr.ss_family, p->type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return NO_SOCKET;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	/* the port stands at the same place in both families */
	((struct sockaddr_in *)&addr)->sin_port = htons(port);
	*began = boot_ns();
	outcome = bind(fd, (struct sockaddr *)&addr, p->addr_len) < 0 ? errno : 0;
	*ended = boot_ns();
	(void)close(fd);
	return outcome;
}

/* The same by a new process, which is gone when this returns. */
static int bind_forked(const struct plan *p, uint16_t port, uint64_t *began, uint64_t *ended)
{
	char name[16];
	int status;
	pid_t pid;

	*began = boot_ns();
	pid = fork();
	if (pid == 0) {
		(void)snprintf(name, sizeof(name), "s%d.%u", (int)getpid(), (unsigned int)port);
		if (prctl(PR_SET_NAME, name) < 0 || setuid(UID_FIRST + (uid_t)port) < 0)
			_exit(NO_SOCKET);
		_exit(bind_once(p, port, began, ended));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return NO_SOCKET;
	*ended = boot_ns();
	return WEXITSTATUS(status);
}

static void check(struct worker *w, enum set set, struct unexpected u)
{
	u.wanted = set == SET_NEVER ? w->storm->plan.denied : 0;
	if (set == SET_ANY || u.got == u.wanted)
		return;
	if (w->unexpected < UNEXPECTED_MAX)
		w->first[w->unexpected] = u;
	w->unexpected++;
}

static void attempt(struct worker *w, enum set set)
{
	const struct plan *p = &w->storm->plan;
	const struct ports *ports = &p->sets[set];
	struct unexpected u = { .port = ports->port[w->at[set]++ % ports->len] };

	u.got = p->fork ? bind_forked(p, u.port, &u.began_ns, &u.ended_ns) :
			  bind_once(p, u.port, &u.began_ns, &u.ended_ns);
	if (u.got == NO_SOCKET || u.got >= ERRNO_MAX) {
		w->no_socket++;
		return;
	}
	w->outcomes[set][u.got]++;
	if (u.ended_ns - u.began_ns > w->longest_ns)
		w->longest_ns = u.ended_ns - u.began_ns;
	check(w, set, u);
}

/* Wait until all threads are about to make this attempt: a sleep would wake them one by one. */
static void meet(struct storm *s, unsigned long attempt)
{
	(void)atomic_fetch_add(&s->arrived, 1);
	while (atomic_load(&s->arrived) < (attempt + 1) * s->plan.threads && !atomic_load(&s->stop))
		(void)sched_yield();
}

static bool goes_on(struct storm *s, unsigned long made)
{
	if (atomic_load(&s->stop))
		return made < s->plan.least;
	return !s->plan.count || made < s->plan.count;
}

static void *run(void *data)
{
	struct worker *w = data;
	struct storm *s = w->storm;
	const struct plan *p = &s->plan;

	for (unsigned long i = 0; goes_on(s, i); i++) {
		if (p->together)
			meet(s, i);
		attempt(w, p->given[i % p->given_len]);
		if (i == 0)
			(void)pthread_barrier_wait(&s->started);
		if (p->pace_us)
			(void)usleep((useconds_t)p->pace_us);
	}
	if (atomic_fetch_sub(&s->running, 1) == 1)
		(void)kill(getpid(), SIGTERM);
	return NULL;
}

static void put_outcomes(const uint64_t *outcomes)
{
	uint64_t sum = 0;

	for (int i = 0; i < ERRNO_MAX; i++)
		sum += outcomes[i];
	printf("\"attempts\":%llu", (unsigned long long)sum);
	for (int i = 0; i < ERRNO_MAX; i++)
		if (outcomes[i] || i == 0 || i == EPERM || i == EADDRINUSE)
			printf(",\"%s\":%llu", outcome_name(i), (unsigned long long)outcomes[i]);
}

static void put_unexpected(const struct worker *workers, unsigned long len)
{
	const char *comma = "";

	printf(",\"first_unexpected\":[");
	for (unsigned long i = 0; i < len; i++) {
		for (uint64_t j = 0; j < workers[i].unexpected && j < UNEXPECTED_MAX; j++) {
			const struct unexpected *u = &workers[i].first[j];

			printf("%s{\"port\":%u,\"wanted\":\"%s\",\"got\":\"%s\",\"began_ns\":%llu,"
			       "\"ended_ns\":%llu}",
			       comma, u->port, outcome_name(u->wanted), outcome_name(u->got),
			       (unsigned long long)u->began_ns, (unsigned long long)u->ended_ns);
			comma = ",";
		}
	}
	printf("]}\n");
}

/* Returns how many outcomes were unexpected. */
static uint64_t report(const struct worker *workers, unsigned long len)
{
	struct worker sum = { 0 };
	uint64_t all[ERRNO_MAX] = { 0 };

	for (unsigned long i = 0; i < len; i++) {
		sum.no_socket += workers[i].no_socket;
		sum.unexpected += workers[i].unexpected;
		if (workers[i].longest_ns > sum.longest_ns)
			sum.longest_ns = workers[i].longest_ns;
		for (int set = 0; set < SET_MAX; set++) {
			for (int o = 0; o < ERRNO_MAX; o++) {
				sum.outcomes[set][o] += workers[i].outcomes[set][o];
				all[o] += workers[i].outcomes[set][o];
			}
		}
	}
	printf("{");
	put_outcomes(all);
	printf(",\"no_socket\":%llu,\"longest_us\":%llu,\"always_ok\":{",
	       (unsigned long long)sum.no_socket, (unsigned long long)sum.longest_ns / 1000);
	put_outcomes(sum.outcomes[SET_ALWAYS]);
	printf("},\"never_ok\":{");
	put_outcomes(sum.outcomes[SET_NEVER]);
	printf("},\"unexpected\":%llu", (unsigned long long)sum.unexpected);
	put_unexpected(workers, len);
	return sum.unexpected;
}

/* Wait for SIGTERM, which the last thread sends, too, or the end of the time. */
static void wait_for_end(const struct plan *p, const sigset_t *signals)
{
	struct timespec left = { .tv_sec = (time_t)p->seconds };
	int number;

	if (p->seconds)
		(void)sigtimedwait(signals, NULL, &left);
	else
		(void)sigwait(signals, &number);
}

static int rage(struct storm *s, struct worker *workers)
{
	const struct plan *p = &s->plan;
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 ||
	    pthread_barrier_init(&s->started, NULL, (unsigned int)p->threads + 1) != 0)
		return 3;
	atomic_store(&s->running, p->threads);
	for (unsigned long i = 0; i < p->threads; i++) {
		workers[i].storm = s;
		for (int set = 0; set < SET_MAX; set++)
			workers[i].at[set] = p->together ? 0 : i * p->sets[set].len / p->threads;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			_exit(3); /* the others wait for all */
	}
	(void)pthread_barrier_wait(&s->started);
	(void)puts("ok");
	(void)fflush(stdout);
	wait_for_end(p, &signals);
	atomic_store(&s->stop, true);
	for (unsigned long i = 0; i < p->threads; i++)
		(void)pthread_join(workers[i].thread, NULL);
	return report(workers, p->threads) ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct storm *s = calloc(1, sizeof(*s));
	struct worker *workers = calloc(THREADS_MAX, sizeof(*workers));
	int status = 2;

	if (!s || !workers)
		return 3;
	if (parse_plan(&s->plan, argc, argv))
		status = rage(s, workers);
	else
		(void)fputs("usage: see the head of storm.c\n", stderr);
	free(workers);
	free(s);
	return status;
}
