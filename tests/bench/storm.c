// SPDX-License-Identifier: MIT
/*
 * Floods of violations, with a real agent that tells of them: what a refused
 * bind() costs beside one that a program refuses without a word, how much is told,
 * and whether every attempt is counted.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "agent.h"
#include "holder.h"
#include "load.h"
#include "made.h"
#include "maps.h"
#include "groups.h"
#include "samples.h"

#define FIRST_PORT   10000 /* the registry knows none of them */
#define RECORDS_S    1000  /* a workload's most on each CPU: hp_token_ns, hp_burst_ns */
#define RECORDS_NOW  384
#define RECORD_BYTES (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ)

static const struct load_plan deny_load = {
	.kind = LOAD_REFUSED, .threads = 8, .first = FIRST_PORT, .ports = 256
};
static const struct load_plan scan_load = {
	.kind = LOAD_REFUSED, .threads = 8, .first = FIRST_PORT, .ports = 50000
};
/* UDP: it makes the most sockets a second. */
static const struct load_plan tell_load = {
	.kind = LOAD_TAKEN, .threads = 4, .first = FIRST_PORT, .ports = 256, .udp = true
};

/* An agent that knows no port that is bound, and a load for it. */
struct storm {
	struct scene scene;
	struct bench_agent agent;
	struct load load;
	uint64_t attempts, others;
};

static void storm_end(struct storm *s)
{
	load_stop(&s->load);
	bench_agent_stop(&s->agent);
	scene_close(&s->scene);
}
#define _cleanup_storm_ __attribute__((cleanup(storm_end)))
#define STORM_NONE                                                                                 \
	{                                                                                          \
		.scene = SCENE_NONE, .agent = BENCH_AGENT_NONE                                     \
	}

/* 0, or -1 after a side_fail(). The options end with NULL. */
static int storm_begin(const struct side *side, const char *row, const struct load_plan *plan,
		       const char *const options[], struct storm *s)
{
	const char *argv[16] = { NULL };
	_cleanup_buf_ struct buf text = { 0 };
	char path[PATH_MAX], registry[PATH_MAX + 16];
	size_t n = 0;
	int r = scene_open(side->bench, row, &s->scene);

	made_small_registry(&text);
	if (r == 0)
		r = scene_write(&s->scene, "registry.yaml", text.data, text.len, path);
	if (r == 0)
		r = load_start(&s->scene, plan, &s->load);
	if (r < 0) {
		side_fail(side, row, "start: %s", strerror(-r));
		return -1;
	}
	(void)snprintf(registry, sizeof(registry), "--registry=%s", path);
	argv[n++] = registry;
	while (*options && n + 1 < ARRAY_LEN(argv))
		argv[n++] = *options++;
	return bench_agent_start(side, row, &s->scene,
				 &(struct bench_agent_plan) { .options = argv }, &s->agent);
}

/* Let it rage. 0, or -1 after a side_fail(). */
static int rage(const struct side *side, const char *row, struct storm *s, unsigned int ms,
		struct load_result *result)
{
	int r = load_run(&s->load, ms, result);

	s->attempts += result->attempts;
	s->others += result->others;
	if (r < 0)
		side_fail(side, row, "storm: %s", strerror(-r));
	else if (s->others)
		side_fail(side, row, "storm: %llu binds of %llu did not come out as they must",
			  (unsigned long long)s->others, (unsigned long long)s->attempts);
	return r < 0 || s->others ? -1 : 0;
}

static double per_second(uint64_t count, uint64_t ns)
{
	return ns ? (double)count * 1e9 / (double)ns : 0;
}

/* The counters of a storm that is over. */
static int put_counts(const struct side *side, const char *row, const struct storm *s,
		      struct bench_counters *c)
{
	if (bench_agent_status(side, row, &s->agent, c) < 0)
		return -1;
	side_note(side, row, "attempts", "", (double)s->attempts, "count");
	side_note(side, row, "lines", "", (double)c->delivered, "count");
	side_note(side, row, "lost at the rate", "", (double)c->lost_rate, "count");
	return 0;
}

/* ---- deny-storm ------------------------------------------------------------------------------ */

/* What refuses each bind() without a look, and a load for it. */
struct silent {
	struct scene scene;
	struct binder *binder; /* whom a holder is for; it binds nothing */
	struct holder *holder;
	struct load load;
};

static void silent_end(struct silent *s)
{
	load_stop(&s->load);
	holder_freep(&s->holder);
	binder_freep(&s->binder);
	scene_close(&s->scene);
}
#define _cleanup_silent_ __attribute__((cleanup(silent_end)))

/* 0, or -1 after a side_fail(). */
static int silent_begin(const struct side *side, struct silent *s)
{
	_cleanup_buf_ struct buf err = { 0 };
	int r = scene_open(side->bench, "silent", &s->scene);

	if (r == 0)
		r = binder_start(s->scene.cgroup, &s->binder);
	if (r == 0)
		r = holder_start(bench_dir(side->bench), s->scene.cgroup, s->binder, "peer silent",
				 &s->holder, &err);
	if (r == 0)
		r = holder_on(s->holder, 1, &err);
	if (r == 0)
		r = load_start(&s->scene, &deny_load, &s->load);
	if (r < 0)
		side_fail(side, "deny-storm", "the silent program: %s: %s", strerror(-r),
			  err.data ? err.data : "");
	return r < 0 ? -1 : 0;
}

/* Pairs of the two, in turn one and the other first. 0, or -1 after a side_fail(). */
static int measure_pairs(const struct side *side, struct storm *s, struct load *silent)
{
	struct samples ratios = { .len = 0 }, ours = { .len = 0 }, theirs = { .len = 0 };
	unsigned int rounds = bench_quick(side->bench) ? 3 : 16,
		     ms = bench_quick(side->bench) ? 100 : 250;
	struct load_result mine = { 0 }, other = { 0 };

	for (unsigned int i = 0; i < rounds; i++) {
		int r = 0;

		if (i % 2)
			r = load_run(silent, ms, &other);
		if (rage(side, "deny-storm", s, ms, &mine) < 0)
			return -1;
		if (i % 2 == 0)
			r = load_run(silent, ms, &other);
		if (r < 0 || other.others) {
			side_fail(side, "deny-storm", "the silent program: %s", strerror(-r));
			return -1;
		}
		samples_add(&ours, per_second(mine.attempts, mine.elapsed_ns));
		samples_add(&theirs, per_second(other.attempts, other.elapsed_ns));
		samples_add(&ratios, ours.value[i] / theirs.value[i]);
	}
	side_put(side, "deny-storm", "x silent deny", "", samples_median(&ratios));
	side_note(side, "deny-storm", "binds/s", "", samples_median(&ours), "1/s");
	side_note(side, "deny-storm", "binds/s with silent deny", "", samples_median(&theirs),
		  "1/s");
	return 0;
}

/* The agent's share of a processor, over one long storm and until it has told all of it. */
static int measure_share(const struct side *side, struct storm *s)
{
	uint64_t before = bench_agent_cpu_ns(&s->agent), used;
	struct bench_counters c;
	struct load_result result;

	if (rage(side, "deny-storm", s, bench_quick(side->bench) ? 1000 : 4000, &result) < 0)
		return -1;
	used = bench_agent_cpu_ns(&s->agent) - before;
	side_put(side, "deny-storm", "% of a core", "",
		 100.0 * (double)used / (double)result.elapsed_ns);
	if (put_counts(side, "deny-storm", s, &c) < 0)
		return -1;
	side_put(side, "deny-storm", "dropped", "", (double)(c.lost_ring + c.log_lines_lost));
	side_put(side, "deny-storm", "miscounted", "", (double)bench_miscounted(&c, s->attempts));
	return 0;
}

static void deny_storm(const struct side *side)
{
	static const char *const options[] = { "--mode=enforce", NULL };
	_cleanup_silent_ struct silent silent = { .scene = SCENE_NONE };
	_cleanup_storm_ struct storm s = STORM_NONE;

	if (storm_begin(side, "deny-storm", &deny_load, options, &s) < 0)
		return;
	if (silent_begin(side, &silent) == 0 && measure_pairs(side, &s, &silent.load) == 0)
		(void)measure_share(side, &s);
}

/* ---- scan-storm ------------------------------------------------------------------------------ */

/*
 * The cap is one on records, which cost the binder and the ring. A record is a line, and what
 * its slot has counted since another one, at most one a second: those are in the notes.
 */
static void put_scan(const struct side *side, const struct storm *s,
		     const struct load_result *result, uint64_t raged_ns, uint64_t records)
{
	double cap = get_nprocs() * (RECORDS_NOW + RECORDS_S * (double)raged_ns / 1e9);
	double over = (double)records - cap;
	uint64_t used = bench_agent_cpu_ns(&s->agent) - s->agent.cpu_ready_ns;
	struct bench_counters c;

	if (put_counts(side, "scan-storm", s, &c) < 0)
		return;
	side_put(side, "scan-storm", "events over cap", "", over > 0 ? over : 0);
	side_put(side, "scan-storm", "dropped", "", (double)(c.lost_ring + c.log_lines_lost));
	side_put(side, "scan-storm", "miscounted", "", (double)bench_miscounted(&c, s->attempts));
	side_note(side, "scan-storm", "records", "", (double)records, "count");
	side_note(side, "scan-storm", "cap", "", cap, "count");
	side_note(side, "scan-storm", "binds/s", "",
		  per_second(result->attempts, result->elapsed_ns), "1/s");
	side_note(side, "scan-storm", "agent's % of a core", "",
		  100.0 * (double)used / (double)result->elapsed_ns, "%");
}

static void scan_storm(const struct side *side)
{
	static const char *const options[] = { "--mode=enforce", "--ring-size=256K", NULL };
	_cleanup_view_ struct ring_view ring = { .bytes = 0 };
	_cleanup_storm_ struct storm s = STORM_NONE;
	struct load_result result;
	uint64_t began;
	int r;

	if (storm_begin(side, "scan-storm", &scan_load, options, &s) < 0)
		return;
	r = ring_view_open(s.agent.pid, &ring);
	began = monotonic_ns();
	if (r < 0)
		side_fail(side, "scan-storm", "the agent's ring: %s", strerror(-r));
	else if (rage(side, "scan-storm", &s, bench_quick(side->bench) ? 1000 : 5000, &result) == 0)
		/* until all rest: some threads bind once more after the end */
		put_scan(side, &s, &result, monotonic_ns() - began, *ring.written / RECORD_BYTES);
}

/* ---- no-fold-storm --------------------------------------------------------------------------- */

/* What the same storm makes of this machine when nobody looks: no more can be told of. */
static int free_storm(const struct side *side, unsigned int ms)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	_cleanup_load_ struct load load = { 0 };
	struct load_result result;
	double rate;
	int r = scene_open(side->bench, "free", &scene);

	if (r == 0)
		r = load_start(&scene, &tell_load, &load);
	if (r == 0)
		r = load_run(&load, ms, &result);
	if (r == 0 && result.others)
		r = -EPROTO;
	if (r < 0) {
		side_fail(side, "no-fold-storm", "without an agent: %s", strerror(-r));
		return -1;
	}
	rate = per_second(result.attempts, result.elapsed_ns);
	side_note(side, "no-fold-storm", "binds/s with none", "", rate, "1/s");
	side_least(side, "no-fold-storm", "events/s", "", rate);
	return 0;
}

static void no_fold_storm(const struct side *side)
{
	static const char *const options[] = { "--mode=audit", "--fold=0", "--ring-size=1M", NULL };
	unsigned int ms = bench_quick(side->bench) ? 500 : 3000;
	_cleanup_storm_ struct storm s = STORM_NONE;
	struct load_result result;
	struct bench_counters c;
	uint64_t used;

	if (free_storm(side, ms) < 0 ||
	    storm_begin(side, "no-fold-storm", &tell_load, options, &s) < 0 ||
	    rage(side, "no-fold-storm", &s, ms, &result) < 0)
		return;
	used = bench_agent_cpu_ns(&s.agent) - s.agent.cpu_ready_ns;
	if (put_counts(side, "no-fold-storm", &s, &c) < 0)
		return;
	/* each has a line of its own, or its line is missing */
	side_put(side, "no-fold-storm", "dropped", "",
		 (double)(c.violations - c.delivered + c.log_lines_lost));
	side_put(side, "no-fold-storm", "events/s", "", per_second(c.delivered, result.elapsed_ns));
	side_note(side, "no-fold-storm", "miscounted", "", (double)bench_miscounted(&c, s.attempts),
		  "count");
	side_note(side, "no-fold-storm", "binds/s", "",
		  per_second(result.attempts, result.elapsed_ns), "1/s");
	side_note(side, "no-fold-storm", "agent's % of a core", "",
		  100.0 * (double)used / (double)result.elapsed_ns, "%");
}

void bench_storms(struct bench *b)
{
	side_each(b, "deny-storm", deny_storm);
	side_each(b, "scan-storm", scan_storm);
	side_each(b, "no-fold-storm", no_fold_storm);
}
