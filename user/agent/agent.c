// SPDX-License-Identifier: MIT
/*
 * Start: registry and policy (nothing is touched yet that others see), the
 * control socket (one agent at a time), the programs, the policy, the
 * attachment, the canary; then ready.
 */
#include "agent.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/terminal.h"
#include "../stream/accounts.h"
#include "../stream/drain.h"
#include "../violations/would_break.h"
#include "context.h"
#include "notify.h"
#include "verbs.h"
#include "watchdog.h"

#define DESCRIPTORS_MIN (CONTROL_CLIENTS_MAX + 112) /* its own are some sixty */
#define STOP_DRAIN_MS	2000 /* for what the reader of the log has not read yet */

/*
 * All that may be open at once must fit: an agent that has no descriptor left can't
 * prove that it is effective, nor say that it is not.
 */
static int raise_descriptors(struct agent *agent)
{
	struct rlimit limit;

	(void)agent;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return EXIT_OK;
	if (limit.rlim_max < DESCRIPTORS_MIN) {
		log_error("open files: the limit is %llu, and the agent needs %d: see `ulimit -n`,"
			  " LimitNOFILE=",
			  (unsigned long long)limit.rlim_max, DESCRIPTORS_MIN);
		return EXIT_SYSTEM;
	}
	if (limit.rlim_cur < DESCRIPTORS_MIN) {
		limit.rlim_cur = DESCRIPTORS_MIN;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	return EXIT_OK;
}

/* 0 is EXIT_OK, and a negative errno is logged. */
static int step_status(int r, const char *what)
{
	if (r < 0)
		log_error("%s: %s", what, strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int load_policy(struct agent *agent)
{
	int r = policy_load_read(&agent->load);

	if (r == EXIT_OK)
		r = policy_load_check(&agent->load);
	return r == EXIT_OK ? policy_load_make(&agent->load) : r;
}

static int find_target(struct agent *agent)
{
	int r = target_find_cgroup(&agent->target, agent->config);

	return r == EXIT_OK ? target_find_netns(&agent->target, agent->config) : r;
}

static int open_identity(struct agent *agent)
{
	int r = identity_open(&agent->identity, &agent->target.mounts);

	if (r == 0 && !identity_names_cgroups(&agent->identity))
		log_warning("cgroup ids can't be turned into paths: CAP_DAC_READ_SEARCH is missing:"
			    " events tell no cgroup and no workload");
	return step_status(r, "cgroup hierarchies");
}

static void on_signal(void *data, uint32_t number)
{
	struct agent *agent = data;

	/* on a terminal the signal says that it is gone, and the user with it */
	if (number == SIGHUP && !agent->on_terminal)
		reload_signal(&agent->reload);
	else
		loop_stop(agent->loop);
}

static int open_loop(struct agent *agent)
{
	sigset_t signals;
	int r = loop_new(&agent->loop);

	agent->on_terminal = isatty(STDOUT_FILENO);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	if (r == 0)
		r = loop_signals(agent->loop, &signals, on_signal, agent, NULL);
	if (r == 0)
		r = sink_open(agent->loop, STDOUT_FILENO,
			      agent->config->log_json ? FORM_JSON :
			      terminal_colour()	      ? FORM_COLOUR :
							FORM_TEXT,
			      &agent->stream.sink);
	agent->stream.loop = agent->loop;
	return step_status(r, "event loop");
}

static int open_control(struct agent *agent)
{
	const char *path = agent->config->socket;
	int r = control_open(agent->loop, path, &agent->stream.history, verbs_document, agent,
			     &agent->stream.control);

	if (r == -EADDRINUSE)
		log_error("socket: %s: another agent, or program, is running with it", path);
	else if (r == -EACCES)
		log_error("socket: %s, or its lock beside it: %s: run as root, or name one"
			  " that can be made with --socket",
			  path, strerror(-r));
	else if (r == -EEXIST)
		log_error("socket: %s: exists and is no socket", path);
	else if (r < 0)
		log_error("socket: %s: %s", path, strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int open_pins(struct agent *agent)
{
	return programs_open_pins(&agent->programs);
}

/* The rooms that work with the kernel have it from then on. */
static int load_programs(struct agent *agent)
{
	int r = programs_load(&agent->programs);
	struct kernel *kernel = agent->programs.kernel;

	if (r != EXIT_OK)
		return r;
	agent->host.kernel = kernel;
	agent->load.kernel = kernel;
	agent->spare_map.kernel = kernel;
	agent->stream.kernel = kernel;
	agent->stream.told = kernel_told(kernel);
	agent->watch.kernel = kernel;
	return EXIT_OK;
}

static int restore_mode(struct agent *agent)
{
	return mode_restore(&agent->mode);
}

/* Before anything is published: what the policy will deny is looked for with it. */
static int prepare_sweeps(struct agent *agent)
{
	int r;

	agent->sweep.cgroup = target_path(&agent->target);
	r = sweep_prepare(&agent->sweep, agent->loop);
	if (r == 0)
		r = violations_start(&agent->violations);
	return step_status(r, "sweeps");
}

static int say_would_break(struct agent *agent)
{
	if (agent->in_force.decision.mode == HP_MODE_ENFORCE)
		would_break_say(&agent->violations);
	return EXIT_OK;
}

static int publish(struct agent *agent)
{
	const struct hp_config *decision = &agent->in_force.decision;
	int r = policy_load_publish(&agent->load, decision);

	if (r == 0 && decision->errno_code != EPERM && !kernel_has_errno(agent->programs.kernel))
		log_warning("--errno: this kernel can return EPERM only");
	return step_status(r, "publishing the policy");
}

static int attach(struct agent *agent)
{
	int r = programs_attach(&agent->programs);

	if (r == EXIT_OK)
		host_attach_sctp(&agent->host);
	return r;
}

static int prove(struct agent *agent)
{
	const struct health *health = watch_prove(&agent->watch);

	if (health->effective)
		return EXIT_OK;
	log_error("canary: %s", health->reason.data ? health->reason.data : strerror(ENOMEM));
	return EXIT_SYSTEM;
}

static int keep_programs(struct agent *agent)
{
	return programs_keep(&agent->programs);
}

static int start_reserving(struct agent *agent)
{
	int r = reserve_start(&agent->host.reserve, &agent->target.netns, agent->in_force.policy,
			      agent->config->socket, agent->config->reserve_ports);

	return step_status(r, "ephemeral ports");
}

static int start_stream(struct agent *agent)
{
	int r = drain_start(&agent->stream);

	if (r < 0)
		return step_status(r, "reading the ring buffer");
	sweep_start(&agent->sweep);
	r = spare_map_start(&agent->spare_map, agent->loop);
	return step_status(r, "the timer of publications");
}

static int start_reloading(struct agent *agent)
{
	int r = exception_timer_start(&agent->exceptions, agent->loop);

	agent->registry_watch.stamp = agent->load.stamp;
	if (r == 0)
		r = registry_watch_start(&agent->registry_watch, agent->loop);
	return step_status(r, "waiting for changes of the registry");
}

static int start_watchdog(struct agent *agent)
{
	return step_status(watchdog_start(agent->loop), "the timer of the watchdog");
}

static int replace_programs(struct agent *agent)
{
	return programs_replace(&agent->programs);
}

static int start_watching(struct agent *agent)
{
	return step_status(watch_start(&agent->watch, agent->loop), "the timer of the canary");
}

/* Nothing of the start is to be done again from here on: what a reload needs is kept. */
static int drop_privileges(struct agent *agent)
{
	int r;

	privilege_say_missing();
	r = privilege_drop(agent->target.netns.fd >= 0, &agent->privilege);
	return step_status(r, "giving up privileges");
}

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
	(void)notify("READY=1");
	log_info("%s: %zu rows of %zu layers, cgroup %s, netns %s, socket %s: ready",
		 what_it_does(agent), rows, registry->len, agent->target.cgroup,
		 agent->config->netns ? agent->config->netns : "own", agent->config->socket);
	log_never_wait();
}

static int start(struct agent *agent)
{
	static int (*const steps[])(struct agent *) = {
		raise_descriptors, load_policy,	   find_target,	    open_identity,  open_loop,
		open_control,	   open_pins,	   load_programs,   restore_mode,   prepare_sweeps,
		say_would_break,   publish,	   attach,	    prove,	    keep_programs,
		start_reserving,   start_stream,   start_reloading, start_watchdog, drop_privileges,
		replace_programs,  start_watching,
	};
	int r = EXIT_OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && r == EXIT_OK; i++)
		r = steps[i](agent);
	return r;
}

/*
 * Detach first: then what is told below is all there was. What stays attached
 * goes on counting, for the next agent.
 */
static void say_stopped(struct agent *agent)
{
	bool stays = programs_stay(&agent->programs);
	struct stream *stream = &agent->stream;
	uint64_t unwritten;

	(void)notify("STOPPING=1");
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
	sink_close(agent->stream.sink);
	sweep_stop(&agent->sweep);
	violations_stop(&agent->violations);
	drain_stop(&agent->stream);
	programs_end(&agent->programs, agent->ready);
	control_close(agent->stream.control); /* its lock is the next agent's sign to begin */
	watch_stop(&agent->watch);
	registry_watch_stop(&agent->registry_watch);
	reload_stop(&agent->reload);
	loop_free(agent->loop);
	history_free(&agent->stream.history);
	identity_close(&agent->identity);
	netns_close(&agent->target.netns);
	policy_free(agent->in_force.policy);
	generations_free(&agent->in_force.generations);
}

/* ---- who borrows what ---------------------------------------------------------------------- */

static void connect_policy(struct agent *agent)
{
	agent->host.in_force = &agent->in_force;
	agent->programs.config = agent->config;
	agent->programs.in_force = &agent->in_force;
	agent->programs.target = &agent->target;
	agent->load.config = agent->config;
	agent->load.in_force = &agent->in_force;
	agent->load.spare_map = &agent->spare_map;
	agent->load.host = &agent->host;
	agent->exceptions.load = &agent->load;
	agent->exceptions.in_force = &agent->in_force;
	agent->exceptions.stream = &agent->stream;
	agent->reload.load = &agent->load;
	agent->reload.in_force = &agent->in_force;
	agent->reload.exceptions = &agent->exceptions;
	agent->reload.stream = &agent->stream;
	agent->registry_watch.node = &agent->config->node;
	agent->registry_watch.changed = reload_changed;
	agent->registry_watch.data = &agent->reload;
	agent->registry_watch.fd = -1;
}

static void connect_stream(struct agent *agent)
{
	const struct stream_observer observer = {
		.on_record = violations_on_record,
		.on_line = violations_on_line,
		.data = &agent->violations,
	};

	agent->stream.identity = &agent->identity;
	agent->stream.generations = &agent->in_force.generations;
	agent->stream.observer = observer;
	agent->stream.fold_ns = agent->config->fold_ns;
	agent->sweep.in_force = &agent->in_force;
	agent->sweep.stream = &agent->stream;
	agent->sweep.identity = &agent->identity;
	agent->sweep.netns = &agent->target.netns;
	agent->sweep.close_existing = agent->config->close_existing;
	agent->sweep.deny_kernel = agent->config->deny_kernel;
	agent->sweep.every_s = agent->config->sweep_s;
	agent->violations.sweep = &agent->sweep;
}

static void connect_state(struct agent *agent)
{
	agent->target.netns.fd = -1;
	agent->watch.target = &agent->target;
	agent->watch.netns_name = agent->config->netns;
	agent->watch.stream = &agent->stream;
	agent->watch.host = &agent->host;
	agent->mode.config = agent->config;
	agent->mode.in_force = &agent->in_force;
	agent->mode.load = &agent->load;
	agent->mode.stream = &agent->stream;
	agent->mode.violations = &agent->violations;
	agent->mode.watch = &agent->watch;
}

int agent_run(const struct config *config)
{
	_cleanup_free_ struct agent *agent = calloc(1, sizeof(*agent));
	int status;

	if (!agent) {
		log_error("start: %s", strerror(ENOMEM));
		return EXIT_SYSTEM;
	}
	agent->config = config;
	connect_policy(agent);
	connect_stream(agent);
	connect_state(agent);
	status = start(agent);
	if (status == EXIT_OK) {
		say_ready(agent);
		status = step_status(loop_run(agent->loop), "event loop");
	}
	stop(agent);
	return status;
}
