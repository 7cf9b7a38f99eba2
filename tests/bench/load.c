// SPDX-License-Identifier: MIT
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REST_S 20 /* for all threads to come to rest; they share processors with the agent */

/* A line of the cache each: what they count must not cost them. */
struct load_thread {
	uint64_t attempts, others;
	struct load_shared *shared;
	const struct load_plan *plan;
	unsigned int number;
} __attribute__((aligned(128)));

struct load_shared {
	struct load_thread threads[LOAD_THREADS_MAX];
	atomic_uint run __attribute__((aligned(128))); /* odd: they bind; even: they rest */
	atomic_uint resting;			       /* threads */
};

static void wait_while(atomic_uint *word, unsigned int value, const struct timespec *timeout)
{
	(void)syscall(SYS_futex, word, FUTEX_WAIT, value, timeout, NULL, 0);
}

static void wake(atomic_uint *word)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* ---- a thread -------------------------------------------------------------------------------- */

struct walk {
	struct sockaddr_in addr;
	uint16_t first, len, at;
};

/* All ports from a place of its own; or where they are taken, those that are its own. */
static struct walk make_walk(const struct load_thread *t)
{
	const struct load_plan *p = t->plan;
	uint32_t from = p->ports * t->number / p->threads,
		 to = p->ports * (t->number + 1) / p->threads;
	struct walk walk = {
		.addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
		.first = p->first,
		.len = p->ports,
		.at = (uint16_t)from,
	};

	if (p->kind == LOAD_TAKEN) {
		walk.first = (uint16_t)(p->first + from);
		walk.len = (uint16_t)(to - from);
		walk.at = 0;
	}
	return walk;
}

static int bind_next(struct walk *w, int fd)
{
	w->addr.sin_port = htons((uint16_t)(w->first + w->at));
	if (++w->at == w->len)
		w->at = 0;
	return bind(fd, (struct sockaddr *)&w->addr, sizeof(w->addr));
}

static int new_socket(const struct load_thread *t)
{
	return socket(AF_INET, (t->plan->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
}

static void bind_refused(struct load_thread *t, struct walk *w, unsigned int run)
{
	int fd = new_socket(t);

	while (atomic_load_explicit(&t->shared->run, memory_order_relaxed) == run) {
		t->attempts++;
		if (bind_next(w, fd) < 0 && errno == EPERM)
			continue;
		t->others++;
		(void)close(fd); /* it may have a port now */
		fd = new_socket(t);
	}
	(void)close(fd);
}

static void bind_taken(struct load_thread *t, struct walk *w, unsigned int run)
{
	while (atomic_load_explicit(&t->shared->run, memory_order_relaxed) == run) {
		int fd = new_socket(t);

		t->attempts++;
		if (bind_next(w, fd) < 0)
			t->others++;
		(void)close(fd);
	}
}

static void rest(struct load_shared *shared, unsigned int run)
{
	(void)atomic_fetch_add(&shared->resting, 1);
	wake(&shared->resting);
	while (atomic_load(&shared->run) == run)
		wait_while(&shared->run, run, NULL);
}

static void *thread_main(void *data)
{
	struct load_thread *t = data;
	struct walk walk = make_walk(t);

	for (unsigned int run = 0;; run += 2) {
		rest(t->shared, run);
		if (t->plan->kind == LOAD_REFUSED)
			bind_refused(t, &walk, run + 1);
		else
			bind_taken(t, &walk, run + 1);
	}
	return NULL;
}

/* In the child, which is ended from outside. */
static void become_load(const struct scene *scene, struct load *load, pid_t parent)
{
	pthread_t thread;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || scene_enter(scene) < 0)
		_exit(1);
	for (unsigned int i = 0; i < load->plan.threads; i++)
		if (pthread_create(&thread, NULL, thread_main, &load->shared->threads[i]) != 0)
			_exit(1);
	for (;;)
		(void)pause();
}

/* ---- outside --------------------------------------------------------------------------------- */

static bool has_ended(const struct load *load)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)load->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid != 0;
}

/* Wait until all threads rest. */
static int wait_rest(struct load *load)
{
	struct timespec step = { .tv_nsec = 100000000 };
	uint64_t end = monotonic_ns() + REST_S * 1000000000ULL;
	unsigned int resting;

	while ((resting = atomic_load(&load->shared->resting)) != load->plan.threads) {
		if (monotonic_ns() > end)
			return -ETIMEDOUT;
		if (has_ended(load))
			return -ESRCH;
		wait_while(&load->shared->resting, resting, &step);
	}
	return 0;
}

int load_start(const struct scene *scene, const struct load_plan *plan, struct load *load)
{
	pid_t parent = getpid();
	int r;

	*load = (struct load) { .plan = *plan };
	if (plan->threads < 1 || plan->threads > LOAD_THREADS_MAX || plan->ports < plan->threads)
		return -EINVAL;
	load->shared = mmap(NULL, sizeof(*load->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (load->shared == MAP_FAILED) {
		load->shared = NULL;
		return -errno;
	}
	for (unsigned int i = 0; i < plan->threads; i++)
		load->shared->threads[i] = (struct load_thread) { .shared = load->shared,
								  .plan = &load->plan,
								  .number = i };
	load->pid = fork();
	if (load->pid == 0)
		become_load(scene, load, parent);
	r = load->pid < 0 ? -errno : wait_rest(load);
	if (r < 0)
		load_stop(load);
	return r;
}

static struct load_result so_far(const struct load *load)
{
	struct load_result sum = { 0 };

	for (unsigned int i = 0; i < load->plan.threads; i++) {
		sum.attempts += load->shared->threads[i].attempts;
		sum.others += load->shared->threads[i].others;
	}
	return sum;
}

void load_go(struct load *load)
{
	struct load_result before = so_far(load);

	load->attempts = before.attempts;
	load->others = before.others;
	atomic_store(&load->shared->resting, 0);
	load->began_ns = monotonic_ns();
	(void)atomic_fetch_add(&load->shared->run, 1);
	wake(&load->shared->run);
}

int load_halt(struct load *load, struct load_result *result)
{
	int r;

	(void)atomic_fetch_add(&load->shared->run, 1);
	result->elapsed_ns = monotonic_ns() - load->began_ns;
	r = wait_rest(load);
	result->attempts = so_far(load).attempts - load->attempts;
	result->others = so_far(load).others - load->others;
	return r;
}

int load_run(struct load *load, unsigned int ms, struct load_result *result)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	load_go(load);
	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
	return load_halt(load, result);
}

void load_stop(struct load *load)
{
	if (load->pid > 0) {
		(void)kill(load->pid, SIGKILL);
		(void)waitpid(load->pid, NULL, 0);
	}
	if (load->shared)
		(void)munmap(load->shared, sizeof(*load->shared));
	*load = (struct load) { 0 };
}
