// SPDX-License-Identifier: MIT
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "../kernel/existing.h"
#include "../kernel/kernel.h"
#include "ports.h"
#include "rules.h"

struct run {
	struct coverage *coverage;
	struct coverage_way control; /* a port that is allowed; no way that is shown */
	struct policy *policy;
	struct lab lab;
	struct stop stop;
	struct trial *trials;	   /* the ways, then the control */
	struct way_result *shared; /* one each */
	size_t len;		   /* of trials */
	int (*holders)[2];	   /* sockets that hold a way's port; one pair each */
	enum round round;
	struct kernel *kernel;	  /* of the round at hand; NULL: one without */
	struct coverage_way *now; /* the one that takes its port, or NULL */
	struct buf *err;
};

/* Say what failed, once, and return it. */
static int failed(struct run *run, int r, const char *what)
{
	if (r < 0 && r != -EINTR && !run->err->len)
		buf_printf(run->err, "%s: %s", what, strerror(-r));
	return r;
}

static struct coverage_way *at(struct run *run, size_t i)
{
	return i < run->coverage->len ? &run->coverage->ways[i] : &run->control;
}

static bool has_programs(enum round round)
{
	return round == ROUND_AUDIT || round == ROUND_ENFORCE || round == ROUND_HELD;
}

static bool is_held(enum round round)
{
	return round == ROUND_HELD_NONE || round == ROUND_HELD;
}

/* Is there anything to learn from trying this way in this round? */
static bool wanted(struct run *run, size_t i)
{
	const struct coverage_way *w = at(run, i);
	const struct look *alone = &w->looks[ROUND_HELD_NONE];

	if (run->round == ROUND_NONE)
		return true;
	if (!judge_works(&w->looks[ROUND_NONE]))
		return false;
	if (!is_held(run->round))
		return true;
	if (w == &run->control || !judge_can_be_held(w->way, &w->looks[ROUND_NONE]))
		return false;
	return run->round == ROUND_HELD_NONE || (alone->state == TRIAL_DONE && alone->result.error);
}

/* ---- what is seen -------------------------------------------------------------------- */

/* Whose port is it? */
static struct coverage_way *find(struct run *run, const struct hp_fold_key *key)
{
	for (size_t i = 0; i < run->len; i++) {
		struct coverage_way *w = at(run, i);

		if (w->port == key->port && w->way->proto == key->proto &&
		    w->way->kind != WAY_PORTLESS)
			return w;
	}
	return NULL;
}

static void add(struct look *look, const struct sighting *s)
{
	for (size_t i = 0; i < look->seen_len; i++)
		if (memcmp(&look->seen[i], s, sizeof(*s)) == 0)
			return;
	if (look->seen_len < LOOK_SIGHTINGS)
		look->seen[look->seen_len++] = *s;
}

/* A record, of a hook or of the sweep. */
static void on_record(void *data, const struct hp_event *e)
{
	struct run *run = data;
	struct coverage_way *w = find(run, &e->key);
	struct sighting s = {
		.hook = e->hook,
		.family = e->family,
		.verdict = e->key.verdict,
		.how = e->key.how,
		.outside = e->hook == HP_HOOK_SWEEP && e->cgroup_id == run->lab.out_id,
	};

	if (!w && run->now && run->now->way->kind == WAY_PORTLESS)
		w = run->now;
	if (w)
		add(&w->looks[run->round], &s);
	else if (run->now)
		run->now->looks[run->round].astray = e->key.port;
}

static void on_existing(void *data, const struct hp_event *e, uint64_t count)
{
	(void)count;
	on_record(data, e);
}

static int drain(struct run *run)
{
	int n;

	do
		n = run->kernel ? kernel_drain(run->kernel) : 0;
	while (n == KERNEL_DRAIN_MAX);
	return n < 0 ? failed(run, n, "reading the ring buffer") : 0;
}

struct sum {
	uint64_t events, denied;
};

/* All violations that the hooks have counted so far. */
static int sum_up(struct run *run, struct sum *ret_sum)
{
	struct hp_counters c = { 0 };
	struct sum sum = { 0 };
	int r = run->kernel ? kernel_counters(run->kernel, &c) : 0;

	if (r < 0)
		return failed(run, r, "reading the counters");
	for (size_t i = 0; i < HP_CLASS_MAX; i++) {
		sum.events += c.count[i][HP_VERDICT_AUDITED] + c.count[i][HP_VERDICT_DENIED] +
			      c.count[i][HP_VERDICT_EXCEPTED];
		sum.denied += c.count[i][HP_VERDICT_DENIED];
	}
	*ret_sum = sum;
	return 0;
}

/* ---- a round, step by step ----------------------------------------------------------- */

static struct hp_config config_of(enum round round)
{
	return (struct hp_config) {
		.mode = round == ROUND_ENFORCE ? HP_MODE_ENFORCE : HP_MODE_AUDIT,
		.denies = POLICY_DENIES_DEFAULT,
		.errno_code = EPERM,
	};
}

static int hold_ports(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->len; i++)
		if (wanted(run, i))
			r = probe_hold(&run->lab.netns, at(run, i)->way->proto, at(run, i)->port,
				       run->holders[i]);
	return failed(run, r, "holding a port");
}

static int start_all(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->len; i++) {
		struct trial *t = &run->trials[i];

		t->state = TRIAL_NOT_TRIED;
		if (wanted(run, i))
			r = trial_start(t, &run->lab, &run->stop);
		if (r == 0 && t->state == TRIAL_NO_PLACE)
			r = -t->result->error;
	}
	return failed(run, r, "starting a process in the cgroup and the namespace");
}

/* The programs come from here: those of the round before, and what they remember, are gone. */
static int attach(struct run *run)
{
	struct kernel_settings settings = {
		.netns_cookie = run->lab.netns.cookie,
		.netns_inum = run->lab.netns.inum,
	};
	struct hp_config config = config_of(run->round);
	_cleanup_close_ int fd = open(run->lab.in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : kernel_load(&settings, &run->kernel);

	if (r < 0)
		return failed(run, r, "loading the programs");
	r = kernel_publish(run->kernel, run->policy, &config);
	if (r == 0)
		r = kernel_on_event(run->kernel, on_record, run);
	if (r == 0)
		r = kernel_attach(run->kernel, fd);
	return failed(run, r, "attaching the programs");
}

/* Let one take its port; the kernel has but one to choose meanwhile, where it is to choose. */
static int take_one(struct run *run, size_t i)
{
	const struct coverage_way *w = at(run, i);
	bool narrow = w->way->kind == WAY_CHOSEN;
	char range[PORTS_LEN];
	int r = narrow ? ports_read(&run->lab.netns, range) : 0, back = 0;

	if (r == 0 && narrow)
		r = ports_narrow(&run->lab.netns, w->port);
	if (r < 0)
		return failed(run, r, "net.ipv4.ip_local_port_range of a namespace");
	r = trial_take(&run->trials[i], &run->stop);
	if (narrow)
		back = ports_write(&run->lab.netns, range);
	return failed(run, r < 0 ? r : back, "a process in the namespace");
}

static int take_and_look(struct run *run, size_t i)
{
	struct look *look = &at(run, i)->looks[run->round];
	struct sum before, after;
	int r = drain(run);

	if (r == 0)
		r = sum_up(run, &before);
	run->now = at(run, i);
	if (r == 0)
		r = take_one(run, i);
	if (r == 0)
		r = drain(run);
	run->now = NULL;
	if (r == 0)
		r = sum_up(run, &after);
	if (r < 0)
		return r;
	look->events = after.events - before.events;
	look->denied = after.denied - before.denied;
	return 0;
}

static int take_all(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->len; i++) {
		struct trial *t = &run->trials[i];
		struct look *look = &at(run, i)->looks[run->round];

		if (t->state == TRIAL_DONE && !t->result->absent && !t->result->error)
			r = take_and_look(run, i);
		look->state = t->state;
		look->result = *t->result;
	}
	return r;
}

static int sweep(struct run *run)
{
	struct hp_config config = config_of(run->round);

	return failed(run, existing_report(&run->lab.netns, run->policy, &config, on_existing, run),
		      "reading the socket table");
}

static enum held is_port_held(struct run *run, size_t i)
{
	const struct coverage_way *w = at(run, i);

	if (is_held(run->round) || !wanted(run, i) || w->way->kind == WAY_PORTLESS)
		return HELD_UNKNOWN;
	return probe_port(&run->lab.netns, w->way->proto, w->port);
}

/* With no program attached: what probes do is nobody's violation. */
static void probe_before(struct run *run)
{
	for (size_t i = 0; i < run->len; i++)
		at(run, i)->looks[run->round].before = is_port_held(run, i);
}

static void probe_after(struct run *run)
{
	for (size_t i = 0; i < run->len; i++)
		at(run, i)->looks[run->round].after = is_port_held(run, i);
}

static int steps(struct run *run)
{
	bool programs = has_programs(run->round);
	int r = lab_renew(&run->lab);

	if (r < 0)
		return failed(run, r, "making a network namespace");
	if (is_held(run->round))
		r = hold_ports(run);
	if (r == 0)
		r = start_all(run);
	if (r == 0)
		probe_before(run);
	if (r == 0 && programs)
		r = attach(run);
	if (r == 0)
		r = take_all(run);
	if (r == 0 && programs && !is_held(run->round))
		r = sweep(run);
	if (run->kernel)
		kernel_detach(run->kernel);
	if (r == 0)
		r = drain(run);
	if (r == 0)
		probe_after(run);
	return r;
}

static void let_go(struct run *run, size_t i)
{
	trial_end(&run->trials[i]);
	for (size_t f = 0; f < 2; f++) {
		if (run->holders[i][f] >= 0)
			(void)close(run->holders[i][f]);
		run->holders[i][f] = -1;
	}
}

static int one_round(struct run *run)
{
	int r = steps(run);

	for (size_t i = 0; i < run->len; i++)
		let_go(run, i);
	kernel_free(run->kernel);
	run->kernel = NULL;
	if (!lab_clear(&run->lab) && r == 0)
		return failed(run, -EBUSY, "ending the processes of a round");
	return r;
}

/* ---- all of them --------------------------------------------------------------------- */

static const struct way *control_way(void)
{
	for (size_t i = 0; i < ways_len; i++)
		if (ways[i].kind == WAY_EXPLICIT && ways[i].proto == HP_PROTO_TCP &&
		    !ways[i].outside && !ways[i].prepare)
			return &ways[i];
	return &ways[0];
}

static int prepare(struct run *run)
{
	size_t n = ways_len + 1;

	run->trials = calloc(n, sizeof(*run->trials));
	run->holders = calloc(n, sizeof(*run->holders));
	run->coverage->ways = calloc(ways_len, sizeof(*run->coverage->ways));
	run->shared = mmap(NULL, n * sizeof(*run->shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->shared == MAP_FAILED)
		run->shared = NULL;
	if (!run->trials || !run->holders || !run->coverage->ways || !run->shared)
		return -ENOMEM;
	run->len = n;
	run->coverage->len = ways_len;
	run->control = (struct coverage_way) { .way = control_way(), .port = RULES_ALLOWED };
	for (size_t i = 0; i < n; i++) {
		struct coverage_way *w = at(run, i);

		if (i < ways_len)
			*w = (struct coverage_way) { .way = &ways[i],
						     .port = rules_port(&ways[i], i) };
		run->trials[i] = (struct trial) { .way = w->way,
						  .port = w->port,
						  .result = &run->shared[i] };
		run->holders[i][0] = run->holders[i][1] = -1;
	}
	return rules_policy(ways, ways_len, &run->policy);
}

static void judge_all(struct run *run)
{
	struct coverage *c = run->coverage;

	for (size_t i = 0; i < c->len; i++) {
		judge(c->ways[i].way, c->ways[i].looks, &c->ways[i].judgement);
		judge_findings(c->ways[i].way, c->ways[i].looks, &c->ways[i].judgement,
			       &c->findings);
	}
	judge_control(run->control.looks, &c->findings);
}

static int try_all(struct run *run)
{
	int r = prepare(run);

	if (r < 0)
		return failed(run, r, "start");
	r = lab_open(&run->lab, run->err);
	if (r < 0)
		return r;
	for (enum round round = 0; r == 0 && round < ROUND_MAX; round++) {
		run->round = round;
		r = one_round(run);
	}
	lab_close(&run->lab);
	if (r == 0)
		judge_all(run);
	return r;
}

int coverage_run(struct coverage **ret_coverage, struct buf *err)
{
	_cleanup_(coverage_freep) struct coverage *coverage = calloc(1, sizeof(*coverage));
	struct run run = { .coverage = coverage, .err = err };
	int r = coverage ? stop_open(&run.stop) : -ENOMEM;

	if (r < 0)
		return failed(&run, r, "start");
	/* what a way leaves behind is ended with it */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	r = try_all(&run);
	stop_close(&run.stop);
	policy_free(run.policy);
	if (run.shared)
		(void)munmap(run.shared, (ways_len + 1) * sizeof(*run.shared));
	free(run.trials);
	free(run.holders);
	if (r == 0)
		*ret_coverage = TAKE_PTR(coverage);
	return r;
}

void coverage_free(struct coverage *coverage)
{
	if (!coverage)
		return;
	buf_free(&coverage->findings);
	free(coverage->ways);
	free(coverage);
}
