// SPDX-License-Identifier: MIT
#include "start.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../base/terminal.h"
#include "../stream/drain.h"
#include "../violations/would_break.h"
#include "context.h"
#include "service_manager.h"
#include "verbs.h"

#define DESCRIPTORS_MIN (CONTROL_CLIENTS_MAX + 112) /* its own are some sixty */
#define PRIORITY	(-4)			    /* as auditd's priority_boost */
#define PODS_WAIT_MS	5000

/*
 * All that may be open at once must fit: an agent that has no descriptor left can't
 * prove that it is effective, nor say that it is not.
 */
static int raise_descriptors(struct agent *agent)
{
	rlim_t least = DESCRIPTORS_MIN + (agent->config->metrics ? HTTP_SERVER_CLIENTS_MAX : 0);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return EXIT_OK;
	if (limit.rlim_max < least) {
		log_error(
			"open files: the limit is %llu, and the agent needs %llu: see `ulimit -n`,"
			" LimitNOFILE=",
			(unsigned long long)limit.rlim_max, (unsigned long long)least);
		return EXIT_SYSTEM;
	}
	if (limit.rlim_cur < least) {
		limit.rlim_cur = least;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	return EXIT_OK;
}

/*
 * In a flood without folding the binders fill the ring within milliseconds, and records are
 * lost if the agent waits behind them for a processor. auditd does the same for its queue.
 * It is no error if CAP_SYS_NICE is missing. Whoever has set a priority wanted that one.
 */
static int raise_priority(struct agent *agent)
{
	(void)agent;
	if (getpriority(PRIO_PROCESS, 0) == 0)
		(void)setpriority(PRIO_PROCESS, 0, PRIORITY);
	return EXIT_OK;
}

/* 0 is EXIT_OK, and a negative errno is logged. */
static int step_status(int r, const char *what)
{
	if (r < 0)
		log_error("%s: %s", what, strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int read_policy(struct agent *agent)
{
	int r = policy_load_read(&agent->load);

	return r == EXIT_OK ? policy_load_check(&agent->load) : r;
}

static int make_policy(struct agent *agent)
{
	return policy_load_make(&agent->load);
}

static int find_target(struct agent *agent)
{
	int r = target_find_cgroup(&agent->target, agent->config);

	return r == EXIT_OK ? target_find_netns(&agent->target, agent->config) : r;
}

static int open_identity(struct agent *agent)
{
	int r = identity_open(&agent->identity, &agent->target.mounts, agent->config->node_name);

	if (r == 0 && !identity_names_cgroups(&agent->identity))
		log_warning("cgroup ids can't be turned into paths: CAP_DAC_READ_SEARCH is missing:"
			    " events name no cgroup and no workload");
	return step_status(r, "cgroup hierarchies");
}

/* The files are read as when they change: aside, however large they are. */
static void reload_asked(struct agent *agent)
{
	if (file_watch_force(&agent->registry_watch))
		agent->reload.asked = true;
	else
		reload_signal(&agent->reload);
}

static void on_signal(void *data, uint32_t number)
{
	struct agent *agent = data;

	/* on a terminal the signal says that it is gone, and the user with it */
	if (number == SIGHUP && !agent->on_terminal)
		reload_asked(agent);
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

/* The rooms that work with the kernel have it from then on. */
static int load_programs(struct agent *agent)
{
	int r = programs_open_pins(&agent->programs);
	struct kernel *kernel;

	if (r == EXIT_OK)
		r = programs_load(&agent->programs);
	if (r != EXIT_OK)
		return r;
	kernel = agent->programs.kernel;
	agent->host.kernel = kernel;
	agent->load.kernel = kernel;
	agent->stream.kernel = kernel;
	agent->stream.told = kernel_told(kernel);
	agent->watch.kernel = kernel;
	return EXIT_OK;
}

static int restore_mode(struct agent *agent)
{
	return mode_restore(&agent->mode);
}

static int start_pod_sources(struct agent *agent)
{
	return step_status(pod_sources_start(&agent->pod_sources, agent->loop), "pod sources");
}

static int start_kube_events(struct agent *agent)
{
	return step_status(kube_events_start(&agent->kube_events, agent->loop),
			   "Kubernetes Events");
}

/* Before anything is published: whom the programs are to let through. */
static int start_owners(struct agent *agent)
{
	int r = owners_start(&agent->owners, agent->programs.kernel, agent->loop);

	return step_status(r, "owners");
}

/* Before anything is published: what the policy will deny is looked for with it. */
static int prepare_sweeps(struct agent *agent)
{
	int r;

	agent->sweep.table.cgroup = target_path(&agent->target);
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

/* Before anything is denied. */
static int start_reserving(struct agent *agent)
{
	int r = reserve_start(&agent->host.reserve, &agent->target.netns, agent->config->socket,
			      agent->config->reserve_ports);

	if (r == 0)
		host_prepare(&agent->host, agent->in_force.policy, &agent->in_force.decision);
	return step_status(r, "ephemeral ports");
}

static int refresh_host(struct agent *agent)
{
	host_refresh(&agent->host);
	return EXIT_OK;
}

static int publish(struct agent *agent)
{
	const struct hp_config *decision = &agent->in_force.decision;
	int r = policy_load_publish(&agent->load, decision);

	if (r == 0 && decision->errno_code != EPERM && !kernel_has_errno(agent->programs.kernel))
		log_warning("--errno: this kernel can return EPERM only");
	else if (r == 0 && decision->errno_code == EADDRINUSE)
		log_warning(
			"--errno=EADDRINUSE: programs take a denied port for one in use: some try"
			" thousands of other ports, and some checks succeed all the same");
	return step_status(r, "publishing the policy");
}

static int prove(struct agent *agent)
{
	const struct health *health = watch_prove(&agent->watch);

	if (health->effective)
		return EXIT_OK;
	log_error("canary: %s", health->reason.data ? health->reason.data : strerror(ENOMEM));
	return EXIT_SYSTEM;
}

static int attach_programs(struct agent *agent)
{
	int r = programs_attach(&agent->programs);

	if (r != EXIT_OK)
		return r;
	host_attach_sctp(&agent->host);
	r = prove(agent);
	return r == EXIT_OK ? programs_keep(&agent->programs) : r;
}

/*
 * The first lines are of what happened before this agent was there: they name pods only if those
 * are known by then. The programs work meanwhile.
 */
static int wait_for_pods(struct agent *agent)
{
	pod_sources_wait(&agent->pod_sources, PODS_WAIT_MS);
	return EXIT_OK;
}

static int start_stream(struct agent *agent)
{
	int r = drain_start(&agent->stream);

	if (r < 0)
		return step_status(r, "reading the ring buffer");
	sweep_start(&agent->sweep);
	if (agent->config->pods_len)
		r = host_ports_start(&agent->host_ports, agent->loop);
	if (r < 0)
		return step_status(r, "looking at the ports of pods");
	r = policy_load_start(&agent->load, agent->loop);
	return step_status(r, "the timer of publications");
}

static int start_timers(struct agent *agent)
{
	int r = exception_timer_start(&agent->exceptions, agent->loop);

	agent->registry_watch.stamp = agent->load.stamp;
	if (r == 0)
		r = file_watch_start(&agent->registry_watch, agent->loop);
	if (r < 0)
		return step_status(r, "waiting for changes of the registry");
	return step_status(service_manager_watchdog(agent->loop), "the timer of the watchdog");
}

/* From here on no step of the start can be repeated; a reload keeps what it needs. */
static int drop_privileges(struct agent *agent)
{
	int r;

	privilege_say_missing();
	r = privilege_drop(agent->target.netns.fd >= 0, &agent->privilege);
	return step_status(r, "giving up privileges");
}

/* What another instance left attached goes only now, when this start has succeeded. */
static int start_watching(struct agent *agent)
{
	programs_replace(&agent->programs);
	return step_status(watch_start(&agent->watch, agent->loop), "the timer of the canary");
}

int start_agent(struct agent *agent)
{
	static int (*const steps[])(struct agent *) = {
		raise_descriptors,
		raise_priority,
		read_policy,
		find_target,
		make_policy,
		open_identity,
		open_loop,
		open_control,
		load_programs,
		restore_mode,
		start_pod_sources,
		start_kube_events,
		start_owners,
		prepare_sweeps,
		say_would_break,
		start_reserving,
		publish,
		attach_programs,
		metrics_endpoint_open,
		refresh_host,
		start_timers,
		drop_privileges,
		wait_for_pods,
		start_stream,
		start_watching,
	};
	int r = EXIT_OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && r == EXIT_OK; i++)
		r = steps[i](agent);
	return r;
}
