// SPDX-License-Identifier: MIT
/*
 * How fast violations become lines. It is the real agent that is timed, not one
 * function of it: a line is also the record's way out of the ring, the names of its
 * process and control group, and a write(). The ring is filled while the agent is
 * stopped, so that it drains with a processor of its own; its lines go to a file in
 * memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../../user/base/cleanup.h"
#include "../../user/event/event.h"
#include "agent.h"
#include "maps.h"
#include "load.h"
#include "made.h"
#include "groups.h"
#include "samples.h"

#define ROW	   "json"
#define FILL_RUNS  3000 /* of FILL_MS: a minute, if others have the processors */
#define FILL_MS	   20
#define LOOK_NS	   200000
#define QUIET_NS   30000000ULL /* without a line, after all was read */
#define PATIENCE_S 30

struct drain {
	struct scene scene;
	struct bench_agent agent;
	struct load load;
	struct ring_view ring;
	int log;
};

static void drain_end(struct drain *d)
{
	ring_view_close(&d->ring);
	load_stop(&d->load);
	bench_agent_stop(&d->agent);
	if (d->log >= 0)
		(void)close(d->log);
	scene_close(&d->scene);
}
#define _cleanup_drain_ __attribute__((cleanup(drain_end)))

/* 0, or -1 after a side_fail(). */
static int drain_begin(const struct side *side, struct drain *d)
{
	static const struct load_plan plan = {
		.kind = LOAD_TAKEN, .threads = 2, .first = 10000, .ports = 256, .udp = true
	};
	char registry[PATH_MAX], option[PATH_MAX + 16], log[PATH_MAX];
	const char *const options[] = { "--mode=audit", "--fold=0", "--ring-size=16M", option,
					NULL };
	_cleanup_buf_ struct buf text = { 0 };
	int r = scene_open(side->bench, ROW, &d->scene);

	made_small_registry(&text);
	if (r == 0)
		r = scene_write(&d->scene, "registry.yaml", text.data, text.len, registry);
	if (r == 0)
		r = scene_write(&d->scene, "lines", "", 0, log);
	if (r == 0)
		r = load_start(&d->scene, &plan, &d->load);
	if (r == 0) {
		d->log = open(log, O_RDWR | O_APPEND | O_CLOEXEC);
		r = d->log < 0 ? -errno : 0;
	}
	if (r < 0) {
		side_fail(side, ROW, "start: %s", strerror(-r));
		return -1;
	}
	(void)snprintf(option, sizeof(option), "--registry=%s", registry);
	if (bench_agent_start(side, ROW, &d->scene,
			      &(struct bench_agent_plan) { .options = options, .log = d->log },
			      &d->agent) < 0)
		return -1;
	r = ring_view_open(d->agent.pid, &d->ring);
	if (r < 0)
		side_fail(side, ROW, "the agent's ring: %s", strerror(-r));
	return r < 0 ? -1 : 0;
}

/* Have the ring filled to a half, while nobody reads it. 0, or a negative errno. */
static int fill(struct drain *d)
{
	struct load_result result;
	int r = 0;

	if (kill(d->agent.pid, SIGSTOP) < 0 || waitpid(d->agent.pid, NULL, WUNTRACED) < 0)
		return -errno;
	for (int i = 0; i < FILL_RUNS && r == 0; i++) {
		if (*d->ring.written - *d->ring.read >= d->ring.bytes / 2)
			return 0;
		r = load_run(&d->load, FILL_MS, &result);
	}
	return r < 0 ? r : -ETIMEDOUT;
}

static off_t log_size(const struct drain *d)
{
	struct stat st;

	return fstat(d->log, &st) < 0 ? 0 : st.st_size;
}

/* From now until all is read, and the last line of it written. ns, or 0: it did not end. */
static uint64_t time_drain(const struct drain *d)
{
	struct timespec look = { .tv_nsec = LOOK_NS };
	uint64_t began = monotonic_ns(), moved = began, now = began;
	unsigned long read = *d->ring.read;
	off_t size = log_size(d);

	if (kill(d->agent.pid, SIGCONT) < 0)
		return 0;
	while (now - began < PATIENCE_S * 1000000000ULL) {
		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &look, NULL);
		now = monotonic_ns();
		if (*d->ring.read != read || log_size(d) != size) {
			read = *d->ring.read;
			size = log_size(d);
			moved = now;
		} else if (read == *d->ring.written && now - moved > QUIET_NS) {
			return moved - began;
		}
	}
	return 0;
}

/* Lines of violations: they alone have a verdict, and notices stand between them. */
static uint64_t count_lines(const struct drain *d)
{
	static const char member[] = "\"verdict\":";
	size_t matched = 0;
	char bytes[65536];
	uint64_t lines = 0;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(d->log, bytes, sizeof(bytes), at)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			matched = bytes[i] == member[matched] ? matched + 1 : bytes[i] == member[0];
			if (member[matched] == '\0') {
				lines++;
				matched = 0;
			}
		}
		at += n;
	}
	return lines;
}

/* One drain of a half full ring. 0, or -1 after a side_fail(). */
static int measure(const struct side *side, struct drain *d, struct samples *rates,
		   struct samples *cpu)
{
	struct bench_counters before, after;
	uint64_t used, ns;
	double lines;
	int r;

	if (bench_agent_status(side, ROW, &d->agent, &before) < 0)
		return -1;
	r = fill(d);
	used = bench_agent_cpu_ns(&d->agent);
	ns = r == 0 ? time_drain(d) : 0;
	used = bench_agent_cpu_ns(&d->agent) - used;
	if (!ns) {
		side_fail(side, ROW, "%s: %s", r < 0 ? "filling the ring" : "draining it",
			  strerror(r < 0 ? -r : ETIMEDOUT));
		return -1;
	}
	if (bench_agent_status(side, ROW, &d->agent, &after) < 0)
		return -1;
	lines = (double)(after.delivered - before.delivered);
	if (after.delivered != count_lines(d)) {
		side_fail(side, ROW, "lines are missing in the log");
		return -1;
	}
	samples_add(rates, lines * 1e9 / (double)ns);
	samples_add(cpu, (double)used / lines);
	side_note(side, ROW, "lines", "a drain", lines, "count");
	return 0;
}

/* The JSON alone, of an event such as the storm's. */
static double time_json(void)
{
	struct event event = {
		.time = { .tv_sec = 1767225600, .tv_nsec = 123456789 },
		.first = { .tv_sec = 1767225600, .tv_nsec = 123456789 },
		.count = 1,
		.node = "node-1",
		.mode = HP_MODE_AUDIT,
		.verdict = HP_VERDICT_AUDITED,
		.cls = HP_CLASS_UNREGISTERED,
		.proto = HP_PROTO_TCP,
		.how = HP_HOW_BIND,
		.family = 4,
		.addr = { 127, 0, 0, 1 },
		.port = 10042,
		.pid = 4711,
		.comm = "bench",
		.exe = "/usr/bin/bench",
		.cgroup = "/system.slice/bench.service",
		.workload = { .kind = WORKLOAD_UNIT, .unit = "bench.service" },
	};
	_cleanup_buf_ struct buf out = { 0 };
	uint64_t began = monotonic_ns();
	const int runs = 200000;

	for (int i = 0; i < runs; i++) {
		buf_reset(&out);
		event.port++;
		event_json(&event, &out);
	}
	return (double)(monotonic_ns() - began) / runs;
}

static void drain(const struct side *side)
{
	_cleanup_drain_ struct drain d = { .scene = SCENE_NONE,
					   .agent = BENCH_AGENT_NONE,
					   .log = -1 };
	struct samples rates = { .len = 0 }, cpu = { .len = 0 };

	if (drain_begin(side, &d) < 0)
		return;
	for (int i = 0; i < (bench_quick(side->bench) ? 2 : 9); i++)
		if (measure(side, &d, &rates, &cpu) < 0)
			return;
	side_put(side, ROW, "lines/s", "", samples_median(&rates));
	side_note(side, ROW, "agent's CPU ns a line", "", samples_median(&cpu), "ns");
	side_note(side, ROW, "ns of JSON a line", "", time_json(), "ns");
}

void bench_drain(struct bench *b)
{
	side_each(b, ROW, drain);
}
