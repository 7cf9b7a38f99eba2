// SPDX-License-Identifier: MIT
#include "agent.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../stream/accounts.h"
#include "../stream/drain.h"
#include "context.h"
#include "service_manager.h"
#include "start.h"

#define STOP_DRAIN_MS 2000 /* for what the reader of the log has not read yet */

static const char *what_it_does(const struct agent *agent)
{
	return agent->in_force.decision.mode == HP_MODE_ENFORCE ? "enforcing" : "auditing";
}

static void say_ready(struct agent *agent)
{
	const struct registry *registry = agent->in_force.registry;
	size_t rows = 0;

	for (size_t i = 0; i < registry->len; i++)
		rows += layer_rows(&registry->layers[i]);
	agent->ready = true;
	mode_remember(&agent->mode);
	service_manager_ready();
	log_info("%s: %zu rows of %zu layers, cgroup %s, netns %s, socket %s: ready",
		 what_it_does(agent), rows, registry->len, agent->target.cgroup,
		 agent->config->netns ? agent->config->netns : "own", agent->config->socket);
	log_never_wait();
}

/*
 * Detach first: then the lines below are the last ones. Programs that stay attached go on
 * counting, for the next agent.
 */
static void say_stopped(struct agent *agent)
{
	bool stays = programs_stay(&agent->programs);
	struct stream *stream = &agent->stream;
	uint64_t unwritten;

	service_manager_stopping();
	if (!stays)
		kernel_detach(stream->kernel);
	drain_all(stream);
	unwritten = sink_drain(stream->sink, STOP_DRAIN_MS);
	log_info("stopped: lines %llu, violations folded into them %llu, lost %llu,"
		 " lines not written %llu",
		 (unsigned long long)stream->told->tally.delivered,
		 (unsigned long long)stream->told->tally.folded,
		 (unsigned long long)accounts_lost(stream->kernel, stream->told),
		 (unsigned long long)unwritten);
	if (stays)
		log_warning("still %s, without an agent: programs stay attached, pinned in %s:"
			    " `hostportctl detach` ends that",
			    what_it_does(agent), pins_path(agent->programs.pins));
}

static void stop(struct agent *agent)
{
	const struct programs *programs = &agent->programs;

	if (agent->ready ? programs_stay(programs) : programs_found(programs))
		reserve_leave(&agent->host.reserve);
	else
		reserve_stop(&agent->host.reserve);
	if (agent->ready)
		say_stopped(agent);
	metrics_endpoint_close(&agent->metrics); /* the next agent wants its port */
	sink_close(agent->stream.sink);
	host_ports_stop(&agent->host_ports);
	sweep_stop(&agent->sweep);
	violations_stop(&agent->violations);
	drain_stop(&agent->stream);
	watch_stop(&agent->watch);
	programs_end(&agent->programs, agent->ready);
	control_close(agent->stream.control); /* its lock is the next agent's sign to begin */
	file_watch_stop(&agent->registry_watch);
	pod_sources_stop(&agent->pod_sources);
	kube_events_stop(&agent->kube_events);
	node_role_stop(&agent->node_role);
	reload_stop(&agent->reload);
	read_ahead_stop(&agent->load.ahead);
	loop_free(agent->loop);
	owners_stop(&agent->owners);
	history_free(&agent->stream.history);
	identity_close(&agent->identity);
	netns_close(&agent->target.netns);
	policy_free(agent->in_force.policy);
	generations_free(&agent->in_force.generations);
}

int agent_run(const struct config *config)
{
	_cleanup_free_ struct agent *agent = calloc(1, sizeof(*agent));
	int status, r;

	if (!agent) {
		log_error("start: %s", strerror(ENOMEM));
		return EXIT_SYSTEM;
	}
	agent->config = config;
	context_connect(agent);
	status = start_agent(agent);
	if (status == EXIT_OK) {
		say_ready(agent);
		r = loop_run(agent->loop);
		if (r < 0) {
			log_error("event loop: %s", strerror(-r));
			status = EXIT_SYSTEM;
		}
	}
	stop(agent);
	return status;
}
