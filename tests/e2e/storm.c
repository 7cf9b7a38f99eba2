// SPDX-License-Identifier: MIT
/*
 * A subject that never rests: threads that bind, close, and bind again, and count
 * exactly what came of it.
 *
 *   storm [OPTIONS] (--ports=PORTS | --always-ok=PORTS | --never-ok=PORTS)...
 *
 *   --threads=N      1; each walks all ports, from a place of its own, and starts over
 *   --count=N        attempts of each thread; without it until the end
 *   --seconds=S      end after this time; without it at SIGTERM, or when all is counted
 *   --proto=tcp|udp  tcp
 *   --address=A      127.0.0.1; IPv4 or IPv6
 *   --errno=NAME     EPERM: what a denied bind returns
 *   --pace=USEC      rest after each attempt
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
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <pthread.h>
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

#define THREADS_MAX    64
#define ERRNO_MAX      134 /* more than Linux has */
#define NO_SOCKET      255
#define UNEXPECTED_MAX 8
#define UID_FIRST      100000
#define PORTS_MAX      65536

enum set {
	SET_ANY,
	SET_ALWAYS,
	SET_NEVER,
	SET_MAX,
};

struct ports {
	size_t len;
	uint16_t port[PORTS_MAX];
};

struct unexpected {
	uint16_t port;
	int wanted, got;
	uint64_t began_ns, ended_ns;
};

struct storm {
	struct ports sets[SET_MAX];
	enum set given[SET_MAX]; /* those that have ports */
	unsigned int given_len;
	unsigned long threads, count, seconds, pace_us;
	int type, denied;
	bool fork;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	pthread_barrier_t started;
	atomic_bool stop;
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
static int bind_once(const struct storm *s, uint16_t port, uint64_t *began, uint64_t *ended)
{
	struct sockaddr_storage addr = s->addr;
	int one = 1, outcome, fd = socket(addr.ss_family, s->type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return NO_SOCKET;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	/* the port stands at the same place in both families */
	((struct sockaddr_in *)&addr)->sin_port = htons(port);
	*began = boot_ns();
	outcome = bind(fd, (struct sockaddr *)&addr, s->addr_len) < 0 ? errno : 0;
	*ended = boot_ns();
	(void)close(fd);
	return outcome;
}

/* The same by a new process, which is gone when this returns. */
static int bind_forked(const struct storm *s, uint16_t port, uint64_t *began, uint64_t *ended)
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
		_exit(bind_once(s, port, began, ended));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return NO_SOCKET;
	*ended = boot_ns();
	return WEXITSTATUS(status);
}

static void check(struct worker *w, enum set set, struct unexpected u)
{
	u.wanted = set == SET_NEVER ? w->storm->denied : 0;
	if (set == SET_ANY || u.got == u.wanted)
		return;
	if (w->unexpected < UNEXPECTED_MAX)
		w->first[w->unexpected] = u;
	w->unexpected++;
}

static void attempt(struct worker *w, enum set set)
{
	const struct storm *s = w->storm;
	const struct ports *ports = &s->sets[set];
	struct unexpected u = { .port = ports->port[w->at[set]++ % ports->len] };

	u.got = s->fork ? bind_forked(s, u.port, &u.began_ns, &u.ended_ns) :
			  bind_once(s, u.port, &u.began_ns, &u.ended_ns);
	if (u.got == NO_SOCKET || u.got >= ERRNO_MAX) {
		w->no_socket++;
		return;
	}
	w->outcomes[set][u.got]++;
	if (u.ended_ns - u.began_ns > w->longest_ns)
		w->longest_ns = u.ended_ns - u.began_ns;
	check(w, set, u);
}

static void *run(void *data)
{
	struct worker *w = data;
	struct storm *s = w->storm;

	for (unsigned long i = 0; (!s->count || i < s->count) && !atomic_load(&s->stop); i++) {
		attempt(w, s->given[i % s->given_len]);
		if (i == 0)
			(void)pthread_barrier_wait(&s->started);
		if (s->pace_us)
			(void)usleep((useconds_t)s->pace_us);
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
static void wait_for_end(const struct storm *s, const sigset_t *signals)
{
	struct timespec left = { .tv_sec = (time_t)s->seconds };
	int number;

	if (s->seconds)
		(void)sigtimedwait(signals, NULL, &left);
	else
		(void)sigwait(signals, &number);
}

static int rage(struct storm *s)
{
	struct worker *workers = calloc(s->threads, sizeof(*workers));
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	if (!workers || pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 ||
	    pthread_barrier_init(&s->started, NULL, (unsigned int)s->threads + 1) != 0)
		return 3;
	atomic_store(&s->running, s->threads);
	for (unsigned long i = 0; i < s->threads; i++) {
		workers[i].storm = s;
		for (int set = 0; set < SET_MAX; set++)
			workers[i].at[set] = i * s->sets[set].len / s->threads;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
			return 3;
	}
	(void)pthread_barrier_wait(&s->started);
	(void)puts("ok");
	(void)fflush(stdout);
	wait_for_end(s, &signals);
	atomic_store(&s->stop, true);
	for (unsigned long i = 0; i < s->threads; i++)
		(void)pthread_join(workers[i].thread, NULL);
	return report(workers, s->threads) ? 1 : 0;
}

static bool set_number(unsigned long *number, unsigned long least, unsigned long most)
{
	char *end;

	*number = strtoul(optarg, &end, 10);
	return end != optarg && !*end && *number >= least && *number <= most;
}

/* "80,8080-8089" */
static bool set_ports(struct storm *s, enum set set)
{
	struct ports *ports = &s->sets[set];
	char *at = optarg;

	if (ports->len)
		return false;
	do {
		unsigned long first = strtoul(at, &at, 10), last = first;

		if (*at == '-')
			last = strtoul(at + 1, &at, 10);
		if (first < 1 || last < first || last >= PORTS_MAX)
			return false;
		while (first <= last && ports->len < PORTS_MAX)
			ports->port[ports->len++] = (uint16_t)first++;
	} while (*at++ == ',');
	s->given[s->given_len++] = set;
	return !at[-1];
}

static bool set_address(struct storm *s, const char *text)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&s->addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&s->addr;

	s->addr.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	s->addr_len = s->addr.ss_family == AF_INET6 ? sizeof(*in6) : sizeof(*in);
	return s->addr.ss_family == AF_INET6 ? inet_pton(AF_INET6, text, &in6->sin6_addr) == 1 :
					       inet_pton(AF_INET, text, &in->sin_addr) == 1;
}

static bool set_proto(struct storm *s)
{
	s->type = strcmp(optarg, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
	return s->type == SOCK_DGRAM || strcmp(optarg, "tcp") == 0;
}

static bool set_errno(struct storm *s)
{
	for (s->denied = 1; s->denied < ERRNO_MAX; s->denied++)
		if (strerrorname_np(s->denied) && strcmp(strerrorname_np(s->denied), optarg) == 0)
			return true;
	return false;
}

static bool set_option(struct storm *s, int letter)
{
	switch (letter) {
	case 'p':
		return set_ports(s, SET_ANY);
	case 'a':
		return set_ports(s, SET_ALWAYS);
	case 'n':
		return set_ports(s, SET_NEVER);
	case 't':
		return set_number(&s->threads, 1, THREADS_MAX);
	case 'c':
		return set_number(&s->count, 1, 1000000000);
	case 's':
		return set_number(&s->seconds, 1, 86400);
	case 'w':
		return set_number(&s->pace_us, 1, 1000000);
	case 'P':
		return set_proto(s);
	case 'A':
		return set_address(s, optarg);
	case 'e':
		return set_errno(s);
	case 'f':
		return s->fork = true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ports", required_argument, NULL, 'p' },
		{ "always-ok", required_argument, NULL, 'a' },
		{ "never-ok", required_argument, NULL, 'n' },
		{ "threads", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'c' },
		{ "seconds", required_argument, NULL, 's' },
		{ "pace", required_argument, NULL, 'w' },
		{ "proto", required_argument, NULL, 'P' },
		{ "address", required_argument, NULL, 'A' },
		{ "errno", required_argument, NULL, 'e' },
		{ "fork", no_argument, NULL, 'f' },
		{ 0 },
	};
	struct storm *s = calloc(1, sizeof(*s));
	bool good = s && set_address(s, "127.0.0.1");
	int letter;

	if (!good)
		return 3;
	s->threads = 1;
	s->type = SOCK_STREAM;
	s->denied = EPERM;
	while (good && (letter = getopt_long(argc, argv, "", options, NULL)) != -1)
		good = set_option(s, letter);
	if (!good || optind != argc || !s->given_len) {
		(void)fputs("usage: storm [OPTIONS] --ports=PORTS|--always-ok=PORTS|"
			    "--never-ok=PORTS...: see storm.c\n",
			    stderr);
		return 2;
	}
	return rage(s);
}
