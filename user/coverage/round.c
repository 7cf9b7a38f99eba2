// SPDX-License-Identifier: MIT
#include "round.h"

#include <errno.h>
#include <fcntl.h>

#include "../kernel/canary/canary.h"
#include "../kernel/sockets/ephemeral.h"
#include "observe.h"
#include "sysctl.h"

static bool has_programs(enum round round)
{
	return round == ROUND_AUDIT || round == ROUND_ENFORCE || round == ROUND_HELD;
}

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
		if (run_should_try(run, i))
			r = port_probe_hold(&run->lab.netns, run_way(run, i)->way->proto,
					    run_way(run, i)->port, run->holders[i]);
	return run_failed(run, r, "holding a port");
}

static int start_all(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->len; i++) {
		struct trial *t = &run->trials[i];

		t->state = TRIAL_NOT_TRIED;
		if (run_should_try(run, i))
			r = trial_start(t, &run->lab, &run->hold);
		if (r == 0 && t->state == TRIAL_NO_PLACE)
			r = -t->result->error;
	}
	return run_failed(run, r, "starting a process in the cgroup and the namespace");
}

/* Each round loads the programs anew, so that they remember nothing. */
static int load_programs(struct run *run)
{
	struct kernel_settings settings = {
		.fold_ns = KERNEL_FOLD_NS,
		.netns_cookie = run->lab.netns.cookie,
		.netns_inum = run->lab.netns.inum,
		.sctp = true,
	};
	struct hp_config config = config_of(run->round);
	uint16_t first, last;
	int r = kernel_load(&settings, &run->kernel);

	if (r < 0)
		return run_failed(run, r, "loading the programs");
	(void)ephemeral_range(&run->lab.netns, &first, &last);
	kernel_set_chosen_range(run->kernel, first, last);
	r = kernel_publish(run->kernel, run->policy, &config);
	if (r == 0)
		r = observe_start(run);
	return run_failed(run, r, "publishing the policy");
}

/* As an agent does, with the canary: it finds out whether post_bind may deny. */
static int attach_programs(struct run *run)
{
	_cleanup_close_ int fd = open(run->lab.in, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct canary canary = {
		.kernel = run->kernel,
		.netns = &run->lab.netns,
		.cgroup = run->lab.in,
		.cgroup2 = run->lab.mount,
		.limit_ms = CANARY_LIMIT_MS,
	};
	struct canary_proof proof;
	size_t failure;
	int r = fd < 0 ? -errno : kernel_attach(run->kernel, fd);

	if (r < 0)
		return run_failed(run, r, "attaching the programs");
	/* some machines load what they can't attach: without these programs the sweep reports */
	(void)kernel_attach_listen(run->kernel, fd);
	(void)kernel_attach_sctp(run->kernel);
	do
		canary_try(&canary, &proof);
	while (proof.result[0] == CANARY_LATE);
	failure = canary_first_failure(&proof);
	return failure == KERNEL_HOOKS ? 0 :
					 run_failed(run, -EIO, canary_words(proof.result[failure]));
}

/* If the kernel is to choose the port, the namespace's range is narrowed to that port meanwhile. */
static int take_port(struct run *run, size_t i)
{
	const struct coverage_way *w = run_way(run, i);
	bool narrow = w->way->kind == WAY_CHOSEN && !w->way->own_range;
	char all[SYSCTL_LEN] = "", one[SYSCTL_LEN];
	int r = narrow ? sysctl_read(&run->lab.netns, SYSCTL_PORT_RANGE, all) : 0, back = 0;

	(void)snprintf(one, sizeof(one), "%u %u", w->port, w->port);
	if (r == 0 && narrow)
		r = sysctl_write(&run->lab.netns, SYSCTL_PORT_RANGE, one);
	if (r < 0)
		return run_failed(run, r, "net.ipv4.ip_local_port_range of a namespace");
	r = trial_take(&run->trials[i], &run->hold);
	if (narrow)
		back = sysctl_write(&run->lab.netns, SYSCTL_PORT_RANGE, all);
	return run_failed(run, r < 0 ? r : back, "a process in the namespace");
}

static int take_and_observe(struct run *run, size_t i)
{
	struct look *look = &run_way(run, i)->looks[run->round];
	struct observe_sum before = { 0 }, after = { 0 };
	int r;

	observe_drain(run);
	r = observe_sum(run, &before);
	run->now = run_way(run, i);
	if (r == 0)
		r = take_port(run, i);
	observe_drain(run);
	run->now = NULL;
	if (r == 0)
		r = observe_sum(run, &after);
	look->events = after.events - before.events;
	look->denied = after.denied - before.denied;
	return r;
}

static int take_all(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->len; i++) {
		struct trial *t = &run->trials[i];
		struct look *look = &run_way(run, i)->looks[run->round];

		if (t->state == TRIAL_DONE && !t->result->absent && !t->result->error)
			r = take_and_observe(run, i);
		look->state = t->state;
		look->result = *t->result;
	}
	return r;
}

/* All processes keep their ports until the sweep is done and the ports are probed. */
static int take_and_probe(struct run *run)
{
	struct hp_config config = config_of(run->round);
	int r = take_all(run);

	if (r == 0 && run->kernel && !run_holds_ports(run->round))
		r = observe_sweep(run, &config);
	if (run->kernel)
		kernel_detach(run->kernel);
	observe_drain(run);
	if (r == 0)
		observe_after(run);
	return r;
}

static int run_steps(struct run *run)
{
	int r = lab_renew(&run->lab);

	if (r < 0)
		return run_failed(run, r, "making a network namespace and a cgroup");
	if (run_holds_ports(run->round))
		r = hold_ports(run);
	if (r == 0)
		r = start_all(run);
	if (r == 0)
		observe_before(run);
	if (r == 0 && has_programs(run->round))
		r = load_programs(run);
	if (r == 0 && has_programs(run->round))
		r = attach_programs(run);
	return r == 0 ? take_and_probe(run) : r;
}

static void end_trial(struct run *run, size_t i)
{
	trial_end(&run->trials[i]);
	for (size_t f = 0; f < 2; f++) {
		if (run->holders[i][f] >= 0)
			(void)close(run->holders[i][f]);
		run->holders[i][f] = -1;
	}
}

int round_run(struct run *run)
{
	int r = run_steps(run);

	for (size_t i = 0; i < run->len; i++)
		end_trial(run, i);
	kernel_free(run->kernel);
	run->kernel = NULL;
	if (!lab_clear(&run->lab) && r == 0)
		r = run_failed(run, -EBUSY, "ending the processes of a round");
	return r;
}
