// SPDX-License-Identifier: MIT
#include "context.h"

static void on_pods(void *data)
{
	struct agent *agent = data;

	owners_pods_changed(&agent->owners);
	host_ports_soon(&agent->host_ports);
}

static void on_node(void *data, const struct this_node *node, const char *why)
{
	struct agent *agent = data;

	if (node)
		node_role_read(&agent->node_role, node);
	else
		node_role_unread(&agent->node_role, why);
}

static void look_again(void *data)
{
	struct agent *agent = data;

	sweep_soon(&agent->sweep);
}

static void on_kube_event(void *data, const char *why)
{
	struct agent *agent = data;

	kube_events_ended(&agent->kube_events, why);
}

static void on_record(void *data, const struct hp_event *record)
{
	struct agent *agent = data;

	violations_on_record(&agent->violations, record);
}

static void on_line(void *data, const struct hp_event *record, const struct event *event)
{
	struct agent *agent = data;

	violations_on_line(&agent->violations, record, event);
	kube_events_on_line(&agent->kube_events, event);
}

static void connect_policy(struct agent *agent)
{
	agent->host.in_force = &agent->in_force;
	agent->programs.config = agent->config;
	agent->programs.in_force = &agent->in_force;
	agent->programs.target = &agent->target;
	agent->load.config = agent->config;
	agent->load.in_force = &agent->in_force;
	agent->load.host = &agent->host;
	agent->load.owners = &agent->owners;
	agent->load.ahead.node = &agent->config->node;
	agent->owners.in_force = &agent->in_force;
	agent->owners.identity = &agent->identity;
	agent->owners.mounts = &agent->target.mounts;
	agent->owners.pods = &agent->pod_sources.pods;
	agent->owners.has_pod_sources = agent->config->pods_len > 0;
	agent->owners.on_known = look_again;
	agent->owners.data = agent;
	agent->exceptions.load = &agent->load;
	agent->node_role.load = &agent->load;
	agent->exceptions.in_force = &agent->in_force;
	agent->reload.load = &agent->load;
	agent->reload.in_force = &agent->in_force;
	agent->reload.exceptions = &agent->exceptions;
	agent->load.stream = &agent->stream;
	agent->registry_watch.paths = node_options_paths(&agent->config->node);
	agent->registry_watch.what = "registry";
	agent->registry_watch.changed = reload_changed;
	agent->registry_watch.data = &agent->reload;
}

static void connect_stream(struct agent *agent)
{
	const struct stream_observer observer = {
		.on_record = on_record,
		.on_line = on_line,
		.data = agent,
	};

	agent->stream.identity = &agent->identity;
	agent->stream.generations = &agent->in_force.generations;
	agent->stream.observer = observer;
	agent->stream.fold_ns = agent->config->fold_ns;
	agent->sweep.table.in_force = &agent->in_force;
	agent->sweep.table.stream = &agent->stream;
	agent->sweep.table.identity = &agent->identity;
	agent->sweep.table.netns = &agent->target.netns;
	agent->sweep.close_existing = agent->config->close_existing;
	agent->sweep.deny_kernel = agent->config->deny_kernel;
	agent->sweep.every_s = agent->config->sweep_s;
	agent->violations.sweep = &agent->sweep;
	agent->host_ports.table = &agent->sweep.table;
}

static void connect_state(struct agent *agent)
{
	agent->target.netns.fd = -1;
	agent->pod_sources.specs = agent->config->pods;
	agent->pod_sources.specs_len = agent->config->pods_len;
	agent->pod_sources.kubeconfig = agent->config->kubeconfig;
	agent->pod_sources.kubelet_ca = agent->config->kubelet_ca;
	agent->pod_sources.stream = &agent->stream;
	agent->pod_sources.identity = &agent->identity;
	agent->identity.pods = &agent->pod_sources.pods;
	agent->pod_sources.on_change = on_pods;
	if (agent->config->role_auto)
		agent->pod_sources.on_node = on_node;
	agent->pod_sources.on_event = on_kube_event;
	agent->pod_sources.data = agent;
	agent->kube_events.wanted = agent->config->kube_events;
	agent->kube_events.process = &agent->pod_sources.process;
	agent->watch.target = &agent->target;
	agent->watch.netns_name = agent->config->netns;
	agent->watch.stream = &agent->stream;
	agent->watch.host = &agent->host;
	agent->watch.programs = &agent->programs;
	agent->mode.config = agent->config;
	agent->mode.in_force = &agent->in_force;
	agent->mode.load = &agent->load;
	agent->mode.host = &agent->host;
	agent->mode.stream = &agent->stream;
	agent->mode.violations = &agent->violations;
	agent->mode.watch = &agent->watch;
}

void context_connect(struct agent *agent)
{
	connect_policy(agent);
	connect_stream(agent);
	connect_state(agent);
}
