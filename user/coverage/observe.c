// SPDX-License-Identifier: MIT
#include "observe.h"

#include <string.h>

#include "../kernel/sockets/ephemeral.h"
#include "../kernel/sockets/receivers.h"

#define RECORDS_MAX 256 /* taken from the ring at once */

/* ---- records ------------------------------------------------------------------------- */

/* The way that takes the port; NULL: none. */
static struct coverage_way *way_of_port(struct run *run, const struct hp_fold_key *key)
{
	for (size_t i = 0; i < run->len; i++) {
		struct coverage_way *w = run_way(run, i);

		if (w->port == key->port && w->way->proto == key->proto && way_has_port(w->way))
			return w;
	}
	return NULL;
}

static void add_sighting(struct look *look, const struct sighting *s)
{
	for (size_t i = 0; i < look->seen_len; i++)
		if (memcmp(&look->seen[i], s, sizeof(*s)) == 0)
			return;
	if (look->seen_len < LOOK_SIGHTINGS)
		look->seen[look->seen_len++] = *s;
}

/* A record from a hook or from the sweep. */
static void on_record(void *data, const struct hp_event *e)
{
	struct run *run = data;
	struct coverage_way *w = way_of_port(run, &e->key);
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
		add_sighting(&w->looks[run->round], &s);
	else if (run->now)
		run->now->looks[run->round].astray = e->key.port;
}

int observe_start(struct run *run)
{
	return kernel_on_event(run->kernel, on_record, run);
}

void observe_drain(struct run *run)
{
	while (run->kernel && kernel_take(run->kernel, RECORDS_MAX) == RECORDS_MAX)
		kernel_release(run->kernel);
	if (run->kernel)
		kernel_release(run->kernel);
}

struct sweep {
	struct run *run;
	const struct hp_config *config;
	struct port_range range;
};

static struct hp_decision decide(const struct sweep *sweep, const struct receivers_socket *s)
{
	const struct receiver_facts facts = { .asked = s->asked };

	return receiver_decide(sweep->run->policy, sweep->config, &sweep->range, &s->socket, facts);
}

/* As the agent's sweep: a port that looks as if the kernel had chosen it may be asked for. */
static bool may_violate(void *data, struct receivers_socket *s)
{
	struct hp_decision d = decide(data, s);

	return receiver_violates(d) || d.cls == HP_CLASS_EPHEMERAL;
}

static void note_violation(const struct sweep *sweep, const struct receivers_socket *s)
{
	const struct receiver *socket = &s->socket;
	struct hp_event e = {
		.key = {
			.port = socket->port,
			.proto = socket->proto,
			.verdict = HP_VERDICT_AUDITED, /* the sweep never denies */
			.how = HP_HOW_EXISTING,
		},
		.cgroup_id = socket->cgroup_id,
		.family = socket->family,
		.hook = HP_HOOK_SWEEP,
	};

	if (receiver_violates(decide(sweep, s)))
		on_record(sweep->run, &e);
}

/* Who asked for its port? Where that can't be found out, a sweep does not know it either. */
static int name(const struct run *run, struct receivers *found)
{
	struct socket_owners *owners = NULL;
	int r = socket_owners_new(run->lab.netns.inum, &owners);

	if (r == 0)
		r = receivers_name(found, owners);
	socket_owners_free(owners);
	return r;
}

int observe_sweep(struct run *run, const struct hp_config *config)
{
	struct sweep sweep = { .run = run, .config = config };
	_cleanup_receivers_ struct receivers found = { 0 };
	int r;

	(void)ephemeral_range(&run->lab.netns, &sweep.range.first, &sweep.range.last);
	r = receivers_read(&run->lab.netns, may_violate, &sweep, &found);
	if (r == 0)
		r = name(run, &found);
	for (size_t i = 0; r == 0 && i < found.len; i++)
		note_violation(&sweep, &found.list[i]);
	return run_failed(run, r, "reading the socket table");
}

/* ---- counters ------------------------------------------------------------------------ */

int observe_sum(struct run *run, struct observe_sum *ret_sum)
{
	struct hp_counters c = { 0 };
	struct observe_sum sum = { 0 };
	int r = run->kernel ? kernel_counters(run->kernel, &c) : 0;

	if (r < 0)
		return run_failed(run, r, "reading the counters");
	for (size_t i = 0; i < HP_CLASS_MAX; i++) {
		for (size_t p = 0; p < HP_PROTO_MAX; p++) {
			sum.events += c.count[i][HP_VERDICT_AUDITED][p] +
				      c.count[i][HP_VERDICT_DENIED][p] +
				      c.count[i][HP_VERDICT_EXCEPTED][p];
			sum.denied += c.count[i][HP_VERDICT_DENIED][p];
		}
	}
	*ret_sum = sum;
	return 0;
}

/* ---- ports --------------------------------------------------------------------------- */

static enum held is_port_held(struct run *run, size_t i)
{
	const struct coverage_way *w = run_way(run, i);

	if (run_holds_ports(run->round) || !run_should_try(run, i) || w->way->kind == WAY_PORTLESS)
		return HELD_UNKNOWN;
	return port_probe(&run->lab.netns, w->way->proto, w->port);
}

void observe_before(struct run *run)
{
	for (size_t i = 0; i < run->len; i++)
		run_way(run, i)->looks[run->round].before = is_port_held(run, i);
}

void observe_after(struct run *run)
{
	for (size_t i = 0; i < run->len; i++)
		run_way(run, i)->looks[run->round].after = is_port_held(run, i);
}
