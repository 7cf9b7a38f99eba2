// SPDX-License-Identifier: MIT
#include "sample.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"
#include "stats.h"

#define WARM_UP	     50
#define PORTS	     65536
#define BLOCK	     SAMPLE_CALLS_MIN
#define CALLS_A_LOOK 16 /* at the clock, by a thread */

struct subject {
	const struct sample_order *order;
	struct sockaddr_storage addr;
	socklen_t addr_len;
	uint16_t ports[PORTS]; /* in the order in which they are bound */
	uint32_t next;
};

/* ---- what is bound ------------------------------------------------------------------------- */

/* Each port once, in an order without a pattern but the same each time. */
static void shuffle(uint16_t *ports, uint32_t len)
{
	uint64_t x = 0x9e3779b97f4a7c15ULL;

	for (uint32_t i = len; i > 1; i--) {
		uint32_t k;
		uint16_t port = ports[i - 1];

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		k = (uint32_t)(x % i);
		ports[i - 1] = ports[k];
		ports[k] = port;
	}
}

static void subject_init(struct subject *s, const struct sample_order *order)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s->addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s->addr;

	memset(&s->addr, 0, sizeof(s->addr));
	s->order = order;
	s->next = order->skip % order->count;
	s->addr.ss_family = order->v6 ? AF_INET6 : AF_INET;
	s->addr_len = order->v6 ? sizeof(*v6) : sizeof(*v4);
	if (order->v6)
		v6->sin6_addr = in6addr_loopback;
	else
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (uint32_t i = 0; i < order->count; i++)
		s->ports[i] = htons((uint16_t)(order->first + i));
	if (order->random)
		shuffle(s->ports, order->count);
}

static int fresh_socket(struct subject *s)
{
	/* the port stands at the same place in both families */
	((struct sockaddr_in *)&s->addr)->sin_port = s->ports[s->next];
	s->next = s->next + 1 < s->order->count ? s->next + 1 : 0;
	return socket(s->addr.ss_family, s->order->udp ? SOCK_DGRAM : SOCK_STREAM, 0);
}

static void look(struct sample *sample, int r)
{
	sample->calls++;
	if (r == 0)
		return;
	if (errno == EPERM) {
		sample->refused++;
		return;
	}
	sample->failed++;
	sample->error = errno;
}

/* ---- one by one ---------------------------------------------------------------------------- */

/* Without a look at any clock in between. */
static void loop(struct subject *s, uint32_t calls, struct sample *sample)
{
	for (uint32_t i = 0; i < calls; i++) {
		int fd = fresh_socket(s);

		look(sample, bind(fd, (struct sockaddr *)&s->addr, s->addr_len));
		(void)close(fd);
	}
}

static void timed_loop(struct subject *s, const struct clock_rate *rate, struct sample *sample)
{
	double ns[SAMPLE_CALLS_MAX];
	uint32_t calls = s->order->calls;

	for (uint32_t i = 0; i < calls; i++) {
		int r, fd = fresh_socket(s);
		uint64_t before = clock_ticks();

		r = bind(fd, (struct sockaddr *)&s->addr, s->addr_len);
		ns[i] = (double)(clock_ticks() - before) * rate->ns_per_tick - rate->reading_ns;
		look(sample, r);
		(void)close(fd);
	}
	sample->bind_ns = stats_middle_mean(ns, calls, 0.5);
	sample->p99_ns = stats_percentile(ns, calls, 0.99);
}

/* CPU time, without a look at a clock between the calls of a block. */
static void untimed_loop(struct subject *s, struct sample *sample)
{
	double ns[SAMPLE_CALLS_MAX / BLOCK];
	uint32_t blocks = s->order->calls / BLOCK;
	uint64_t first = clock_ns(CLOCK_THREAD_CPUTIME_ID), before = first, now = first;

	for (uint32_t i = 0; i < blocks; i++) {
		loop(s, BLOCK, sample);
		now = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		ns[i] = (double)(now - before) / BLOCK;
		before = now;
	}
	sample->cpu_ns = (double)(now - first) / (double)(blocks * BLOCK);
	sample->usual_ns = stats_middle_mean(ns, blocks, 0.5);
}

/* ---- threads ------------------------------------------------------------------------------- */

struct worker {
	struct sample_order order;
	struct subject subject;
	pthread_t thread;
	pthread_barrier_t *start;
	struct sample sample;
};

/* Anywhere: they are to get in one another's way as those of a server would. */
static void leave_the_cpu(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	(void)sched_setaffinity(0, sizeof(all), &all);
}

static void *work(void *data)
{
	struct worker *w = data;
	uint64_t end;

	leave_the_cpu();
	(void)pthread_barrier_wait(w->start);
	end = clock_ns(CLOCK_MONOTONIC) + w->order.run_ms * 1000000ULL;
	while (clock_ns(CLOCK_MONOTONIC) < end)
		loop(&w->subject, CALLS_A_LOOK, &w->sample);
	return NULL;
}

/* Each has ports of its own. */
static void start_worker(struct worker *w, unsigned int number)
{
	w->order.count = (uint16_t)(w->order.count / w->order.threads);
	w->order.first = (uint16_t)(w->order.first + number * w->order.count);
	subject_init(&w->subject, &w->order);
	/* the others wait for it at the barrier */
	if (pthread_create(&w->thread, NULL, work, w) != 0)
		abort();
}

static void add_up(struct sample *sum, const struct sample *part)
{
	sum->calls += part->calls;
	sum->refused += part->refused;
	sum->failed += part->failed;
	if (part->failed)
		sum->error = part->error;
}

static void take_threads(const struct sample_order *order, struct sample *sample)
{
	_cleanup_free_ struct worker *workers = calloc(order->threads, sizeof(*workers));
	pthread_barrier_t start;
	uint64_t begin;

	if (!workers || order->count < order->threads)
		return;
	(void)pthread_barrier_init(&start, NULL, order->threads + 1U);
	for (unsigned int i = 0; i < order->threads; i++) {
		workers[i].order = *order;
		workers[i].start = &start;
		start_worker(&workers[i], i);
	}
	begin = clock_ns(CLOCK_MONOTONIC);
	(void)pthread_barrier_wait(&start);
	for (unsigned int i = 0; i < order->threads; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		add_up(sample, &workers[i].sample);
	}
	sample->per_s = (double)sample->calls * 1e9 / (double)(clock_ns(CLOCK_MONOTONIC) - begin);
	(void)pthread_barrier_destroy(&start);
}

/* -------------------------------------------------------------------------------------------- */

void sample_take(const struct sample_order *order, const struct clock_rate *rate,
		 struct sample *ret_sample)
{
	struct subject subject;
	struct sample sample = { 0 };

	if (order->threads) {
		take_threads(order, &sample);
	} else if (order->calls >= BLOCK && order->calls <= SAMPLE_CALLS_MAX) {
		subject_init(&subject, order);
		loop(&subject, WARM_UP, &sample);
		untimed_loop(&subject, &sample);
		timed_loop(&subject, rate, &sample);
	}
	*ret_sample = sample;
}
