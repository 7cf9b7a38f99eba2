// SPDX-License-Identifier: MIT
#include "snapshot.h"

#include "../base/clock.h"
#include "../stream/drain.h"
#include "../violations/without_port.h"
#include "context.h"

static struct snapshot_pins take_pins(const struct programs *programs)
{
	struct snapshot_pins pins = {
		.directory = programs->config->pin,
		.error = programs->pins_error,
		.adopted = kernel_adopted(programs->kernel),
		.stay = programs_stay(programs),
		.open = programs->pins != NULL,
	};

	if (!pins.open)
		return pins;
	pins.instance = pins_instance(programs->pins);
	if (!pins_are_there(programs->pins))
		pins.error = "somebody has removed them: what is attached ends with the agent";
	return pins;
}

static struct snapshot_abilities take_abilities(const struct agent *agent)
{
	const struct kernel *kernel = agent->programs.kernel;

	return (struct snapshot_abilities) {
		.errno_code = kernel_has_errno(kernel),
		.guard = kernel_guards(kernel),
		.sctp = agent->host.sctp_attached && kernel_lsm_ran(kernel),
		.listen = kernel_listen_hook(kernel),
		.iterator = socket_owners_ask_kernel(agent->sweep.table.owners),
	};
}

static void take_mode(const struct agent *agent, struct snapshot *s)
{
	s->mode = agent->in_force.decision.mode;
	s->mode_option = agent->config->node.mode;
	s->mode_switch = agent->mode.last;
	s->denies = agent->in_force.decision.denies;
}

static void take_programs(struct agent *agent, struct snapshot *s)
{
	watch_look(&agent->watch, &s->health);
	s->health_age_s = watch_age_s(&agent->watch);
	s->canary_runs = agent->watch.runs;
	s->canary_failures = agent->watch.failures;
	s->attached_len = kernel_attachments(agent->programs.kernel, s->attached);
	s->cgroup = agent->target.cgroup;
	s->pins = take_pins(&agent->programs);
	s->abilities = take_abilities(agent);
	s->privilege = &agent->privilege;
}

static void take_registry(const struct agent *agent, struct snapshot *s)
{
	s->node_facts = agent->in_force.facts;
	s->role_auto = agent->config->role_auto;
	if (agent->node_role.error.len)
		s->role_error = agent->node_role.error.data;
	s->generation = agent->in_force.decision.generation;
	s->registry = agent->in_force.registry;
	s->loaded = agent->in_force.loaded;
	s->reloads = agent->reload.counts;
	s->reload_errors = &agent->reload.errors;
	s->files = file_watch_word(&agent->registry_watch);
	s->files_error = agent->registry_watch.error;
}

static void take_violations(struct agent *agent, struct snapshot *s)
{
	/* before the counters, so that what is lost meanwhile is among the rest */
	losses_read(agent->programs.kernel, &agent->identity, &s->losses);
	accounts_read(agent->programs.kernel, agent->stream.told, &s->accounts);
	s->fold_ns = agent->config->fold_ns;
	s->ring_bytes = kernel_ring_bytes(agent->programs.kernel);
	s->sweep_every_s = agent->config->sweep_s;
	s->sweep = agent->sweep.counts;
	s->ledger = agent->violations.ledger;
	s->teams = &agent->violations.teams;
	if (without_port_look(&agent->violations))
		s->without_port = &agent->violations.denied;
	s->reserve = &agent->host.reserve;
	s->owned_rows = agent->in_force.policy->owned.rows_len;
	s->unchecked_rows = agent->in_force.policy->owned.unchecked;
	s->owner_entries = agent->owners.entries;
	s->owners_left_out = agent->owners.left_out;
	s->declared_ports = agent->owners.ports;
	control_stats(agent->stream.control, &s->tails, &s->tail_lines_lost);
	s->log_lines_lost = sink_lost(agent->stream.sink);
}

void snapshot_take(struct agent *agent, struct snapshot *ret_snapshot)
{
	struct snapshot *s = ret_snapshot;

	host_refresh(&agent->host);
	drain_all(&agent->stream); /* so that next to nothing is pending */
	*s = (struct snapshot) {
		.taken = clock_wall(),
		.started = agent->violations.since,
		.node = agent->identity.node,
		.facts = agent->identity.facts,
		.netns_cookie = agent->target.netns.cookie,
		.netns_inode = agent->target.netns.inum,
	};
	take_mode(agent, s);
	take_programs(agent, s);
	take_registry(agent, s);
	take_violations(agent, s);
	s->pods = &agent->pod_sources.pods;
	s->kube_events = agent->config->kube_events ? &agent->kube_events : NULL;
	usage_read(&s->usage);
}

void snapshot_free(struct snapshot *snapshot)
{
	health_free(&snapshot->health);
	losses_free(&snapshot->losses);
}
