// SPDX-License-Identifier: MIT
/*
 * Start: registry and policy (nothing is touched yet that others see), the
 * control socket (one agent at a time), the programs, the policy, the
 * attachment, the canary; then ready.
 */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/log.h"
#include "../base/terminal.h"
#include "../registry/words.h"
#include "policy_load.h"
#include "exception_timer.h"
#include "../violations/would_break.h"
#include "notify.h"
#include "spare_map.h"
#include "state.h"
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

static int find_cgroup(struct agent *agent)
{
	const char *asked = agent->config->cgroup;
	int r = cgroup_mounts(&agent->mounts);

	if (r < 0) {
		log_error("/proc/self/mountinfo: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (!agent->mounts.v2[0]) {
		log_error("cgroup2: not mounted: bind programs can't be attached;"
			  " mount it (mount -t cgroup2 none /sys/fs/cgroup) or use a newer init");
		return EXIT_SYSTEM;
	}
	if (!asked) {
		asked = agent->mounts.v2;
		if (!agent->mounts.v2_is_root)
			log_warning("cgroup2: %s is not the root of the hierarchy: binds of other"
				    " cgroups are not seen; mount the host's and name it with"
				    " --cgroup",
				    asked);
	}
	if (strlen(asked) >= sizeof(agent->cgroup)) {
		log_error("--cgroup: path too long");
		return EXIT_USAGE;
	}
	(void)strcpy(agent->cgroup, asked);
	return EXIT_OK;
}

static int find_node(struct agent *agent)
{
	const char *path = agent->config->netns;
	int r = netns_open(path && !netns_is_own(path) ? path : NULL, &agent->netns);

	if (r < 0) {
		log_error("network namespace: %s: %s", path ? path : "/proc/self/ns/net",
			  r == -EINVAL ? "not a network namespace" : strerror(-r));
		return path ? EXIT_USAGE : EXIT_SYSTEM;
	}
	r = identity_open(&agent->identity, &agent->mounts);
	if (r < 0) {
		log_error("cgroup hierarchies: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (!identity_names_cgroups(&agent->identity))
		log_warning("cgroup ids can't be turned into paths: CAP_DAC_READ_SEARCH is missing:"
			    " events tell no cgroup and no workload");
	return EXIT_OK;
}

static void on_signal(void *data, uint32_t number)
{
	struct agent *agent = data;

	/* on a terminal the signal says that it is gone, and the user with it */
	if (number == SIGHUP && !agent->on_terminal)
		reload_signal(agent);
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
			      &agent->sink);
	if (r < 0)
		log_error("event loop: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int open_control(struct agent *agent)
{
	const char *path = agent->config->socket;
	int r = control_open(agent->loop, path, &agent->history, serve_document, agent,
			     &agent->control);

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

static int start_reserving(struct agent *agent)
{
	int r = reserve_start(&agent->reserve, &agent->netns, agent->policy, agent->config->socket,
			      agent->config->reserve_ports);

	if (r < 0)
		log_error("ephemeral ports: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

void agent_refresh(struct agent *agent)
{
	reserve_refresh(&agent->reserve, agent->policy);
	kernel_set_chosen_range(agent->kernel, agent->reserve.first, agent->reserve.last);
	sctp_attach(agent);
}

/* Before anything is published: what the policy will deny is looked for with it. */
static int prepare_sweeps(struct agent *agent)
{
	int r = sweep_prepare(agent);

	if (r == 0)
		r = audited_new(&agent->audited);
	if (r == 0)
		r = learn_start(&agent->learn);
	if (r < 0)
		log_error("sweeps: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int start_telling(struct agent *agent)
{
	int r = drain_start(agent);

	if (r < 0) {
		log_error("reading the ring buffer: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	sweep_start(agent);
	r = room_start(agent);
	if (r < 0)
		log_error("the timer of publications: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int start_watching(struct agent *agent)
{
	int r = watch_start(agent);

	if (r < 0)
		log_error("the timer of the canary: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int start_watchdog(struct agent *agent)
{
	int r = watchdog_start(agent->loop);

	if (r < 0)
		log_error("the timer of the watchdog: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int start_reloading(struct agent *agent)
{
	int r = expiry_start(agent);

	if (r == 0)
		r = files_start(agent);
	if (r < 0)
		log_error("waiting for changes of the registry: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

/* Nothing of the start is to be done again from here on: what a reload needs is kept. */
static int drop_privileges(struct agent *agent)
{
	int r;

	privilege_say_missing();
	r = privilege_drop(agent->netns.fd >= 0, &agent->privilege);
	if (r < 0)
		log_error("giving up privileges: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static void say_ready(struct agent *agent)
{
	size_t rows = 0;

	for (size_t i = 0; i < agent->registry->len; i++)
		rows += layer_rows(&agent->registry->layers[i]);
	agent->ready = true;
	mode_remember(agent);
	(void)notify("READY=1");
	log_info("%s: %zu rows of %zu layers, cgroup %s, netns %s, socket %s: ready",
		 agent->decision.mode == HP_MODE_ENFORCE ? "enforcing" : "auditing", rows,
		 agent->registry->len, agent->cgroup,
		 agent->config->netns ? agent->config->netns : "own", agent->config->socket);
	log_never_wait();
}

static int start(struct agent *agent)
{
	static int (*const steps[])(struct agent *) = {
		raise_descriptors,  apply_load,	      apply_check,	apply_make,
		find_cgroup,	    find_node,	      open_loop,	open_control,
		programs_open_pins, programs_load,    mode_restore,	prepare_sweeps,
		foresee_start,	    programs_publish, programs_attach,	programs_prove,
		programs_keep,	    start_reserving,  start_telling,	start_reloading,
		start_watchdog,	    drop_privileges,  programs_replace, start_watching,
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
	bool stays = programs_stay(agent);
	uint64_t unwritten;

	(void)notify("STOPPING=1");
	if (!stays)
		kernel_detach(agent->kernel);
	drain_all(agent);
	unwritten = sink_drain(agent->sink, STOP_DRAIN_MS);
	log_info("stopped: lines %llu, violations folded into them %llu, lost %llu,"
		 " lines not written %llu",
		 (unsigned long long)agent->told->tally.delivered,
		 (unsigned long long)agent->told->tally.folded,
		 (unsigned long long)status_lost(agent), (unsigned long long)unwritten);
	if (stays)
		log_warning("still %s, without an agent: programs stay attached, pinned in %s:"
			    " `hostportctl detach` ends that",
			    agent->decision.mode == HP_MODE_ENFORCE ? "enforcing" : "auditing",
			    pins_path(agent->pins));
}

static void stop(struct agent *agent)
{
	if (agent->ready ? programs_stay(agent) : programs_found(agent))
		reserve_leave(&agent->reserve);
	else
		reserve_stop(&agent->reserve);
	if (agent->ready)
		say_stopped(agent);
	sink_close(agent->sink);
	sweep_stop(agent);
	audited_free(agent->audited);
	learn_stop(&agent->learn);
	fold_free(agent->fold);
	free(agent->holders);
	programs_end(agent);
	control_close(agent->control); /* its lock is the next agent's sign to begin */
	watch_stop(&agent->watch);
	files_stop(&agent->files);
	reload_stop(&agent->reload);
	loop_free(agent->loop);
	history_free(&agent->history);
	identity_close(&agent->identity);
	netns_close(&agent->netns);
	policy_free(agent->policy);
	generations_free(&agent->generations);
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
	agent->netns.fd = -1;
	agent->files.fd = -1;
	status = start(agent);
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
