// SPDX-License-Identifier: MIT
/*
 * The programs from the agent's start to its end: the pins and whose they are,
 * loading, attaching, the proof, and what is left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../event/tally.h"
#include "../kernel/sockets/ephemeral.h"
#include "../kernel/foreign_programs.h"
#include "policy_load.h"
#include "state.h"

/* Kernels before 5.11 charge maps to RLIMIT_MEMLOCK; later ones don't look at it. */
static void raise_memlock(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_MEMLOCK, &unlimited);
}

/* ---- pins ---------------------------------------------------------------------------------- */

static bool pins_are_wanted(const struct config *config)
{
	return config->pin_given || config->on_exit == ON_EXIT_KEEP;
}

int programs_open_pins(struct agent *agent)
{
	const struct config *config = agent->config;
	_cleanup_buf_ struct buf err = { 0 };
	int r;

	if (!config->pin)
		return EXIT_OK;
	r = pins_open(config->pin, true, &agent->pins, &err);
	if (r == 0)
		return EXIT_OK;
	if (r == -EBUSY) {
		log_error("pins: %s: another agent works with them", config->pin);
		return EXIT_SYSTEM;
	}
	if (!err.len)
		buf_printf(&err, "%s: %s", config->pin, strerror(-r));
	if (pins_are_wanted(config)) {
		log_error("pins: %s", err.data ? err.data : strerror(ENOMEM));
		return EXIT_SYSTEM;
	}
	log_warning("pins: %s: nothing outlives the agent: enforcement and counters end with it",
		    err.data ? err.data : strerror(ENOMEM));
	agent->pins_error = buf_take(&err);
	return EXIT_OK;
}

/* What is asked for, or what suits the mode: to audit no longer harms nobody, not to enforce may.
 */
bool programs_stay(const struct agent *agent)
{
	enum on_exit on_exit = agent->config->on_exit;

	if (!agent->pins || agent->detach_asked || !pins_are_there(agent->pins))
		return false;
	if (on_exit == ON_EXIT_BY_MODE)
		return agent->decision.mode == HP_MODE_ENFORCE;
	return on_exit == ON_EXIT_KEEP;
}

int programs_keep(struct agent *agent)
{
	int r = kernel_keep(agent->kernel);

	if (r < 0)
		log_error("pins: %s: %s", pins_path(agent->pins), strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

int programs_replace(struct agent *agent)
{
	int r = kernel_replace(agent->kernel);

	agent->replaced = true;
	if (r < 0)
		log_warning("pins: %s: what another instance left could not be removed: %s",
			    pins_path(agent->pins), strerror(-r));
	return EXIT_OK;
}

/* Who did not come to be ready leaves what was there before him, as it was. */
static int undo(struct agent *agent)
{
	if (agent->replaced)
		return 0; /* ours is all that is left */
	if (agent->kernel)
		kernel_undo(agent->kernel);
	return pins_remove_own(agent->pins);
}

bool programs_found(const struct agent *agent)
{
	return agent->kernel && kernel_adopted(agent->kernel);
}

void programs_end(struct agent *agent)
{
	int r = 0;

	if (agent->pins && !agent->ready)
		r = undo(agent);
	else if (agent->pins && !programs_stay(agent))
		r = pins_remove_all(agent->pins);
	if (r < 0)
		log_warning("pins: %s: not all could be removed: %s", pins_path(agent->pins),
			    strerror(-r));
	kernel_free(agent->kernel);
	pins_close(agent->pins);
	free(agent->pins_error);
}

/* ---- start --------------------------------------------------------------------------------- */

/* The ring that is there has records in it, which are told first: it stays as it is. */
static void say_ring(const struct agent *agent)
{
	uint32_t asked = agent->config->ring_bytes, bytes = kernel_ring_bytes(agent->kernel);

	if (asked && asked != bytes)
		log_warning("--ring-size: the buffer that was taken over with the pins stays at %u"
			    " bytes: `hostportctl detach` and a new start make one of %u",
			    bytes, asked);
}

int programs_load(struct agent *agent)
{
	struct kernel_settings settings = {
		.netns_cookie = agent->netns.cookie,
		.netns_inum = agent->netns.inum,
		.listen = agent->config->listen,
		.fold_ns = agent->config->fold_ns,
		.ring_bytes = agent->config->ring_bytes,
		.rows = (uint32_t)agent->policy->len,
		.sctp = sctp_can_be_checked(agent),
		.pins = agent->pins,
	};
	uint16_t first, last;
	int r;

	if (identity_uses_v1(&agent->mounts))
		(void)cgroup_id(agent->mounts.v2, &settings.root_cgroup);
	(void)cgroup_id(agent->cgroup, &settings.cgroup_id);
	raise_memlock();
	r = kernel_load(&settings, &agent->kernel);
	if (r == -EOPNOTSUPP && agent->config->listen == KERNEL_LISTEN_FEXIT) {
		log_error("--listen=fexit: this kernel does not load the program: try auto");
		return EXIT_USAGE;
	}
	if (r < 0) {
		log_error("loading the programs: %s%s", strerror(-r),
			  r == -EPERM ? ": needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON" :
					"");
		return EXIT_SYSTEM;
	}
	agent->told = kernel_told(agent->kernel);
	tally_recover(agent->told);
	say_ring(agent);
	r = ephemeral_range(&agent->netns, &first, &last);
	if (r < 0)
		log_warning("net.ipv4.ip_local_port_range: %s: taken to be %u to %u", strerror(-r),
			    first, last);
	kernel_set_chosen_range(agent->kernel, first, last);
	return EXIT_OK;
}

int programs_publish(struct agent *agent)
{
	int r = apply_decision(agent, &agent->decision);

	if (r < 0) {
		log_error("publishing the policy: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (agent->decision.errno_code != EPERM && !kernel_has_errno(agent->kernel))
		log_warning("--errno: this kernel can return EPERM only");
	return EXIT_OK;
}

/* Refused: by a program that will have no other beside it, or for want of privileges. */
static void say_blocked(const struct agent *agent)
{
	_cleanup_buf_ struct buf program = { 0 };
	struct foreign_blocker blocker;

	if (!foreign_programs_find_blocker(agent->mounts.v2, agent->cgroup, &blocker)) {
		log_error("attaching to cgroup %s: %s: CAP_NET_ADMIN is missing, or a program that"
			  " can't be seen from here keeps others out",
			  agent->cgroup, strerror(EPERM));
		return;
	}
	health_put_program(&blocker.program, &program);
	log_error("attaching to cgroup %s: %s: %s at %s, hook %s, was attached without"
		  " BPF_F_ALLOW_MULTI and keeps others out: have its owner attach it with that"
		  " flag, or take it off: `bpftool cgroup detach %s %s id %u`",
		  agent->cgroup, strerror(EPERM), program.data ? program.data : "a program",
		  blocker.cgroup, blocker.program.hook, blocker.cgroup, blocker.program.hook,
		  blocker.program.program_id);
}

static int attach_listen(struct agent *agent, int cgroup_fd)
{
	bool asked = agent->config->listen != KERNEL_LISTEN_AUTO;
	int r = kernel_attach_listen(agent->kernel, cgroup_fd);

	if (r < 0)
		log_message(asked ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
			    "--listen: attaching the program that tells of listen(): %s%s",
			    strerror(-r), asked ? "" : ": the sweep tells instead");
	return r < 0 && asked ? EXIT_SYSTEM : EXIT_OK;
}

int programs_attach(struct agent *agent)
{
	_cleanup_close_ int fd = open(agent->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0) {
		log_error("cgroup: %s: %s", agent->cgroup, strerror(errno));
		return agent->config->cgroup ? EXIT_USAGE : EXIT_SYSTEM;
	}
	r = kernel_attach(agent->kernel, fd);
	if (r == -EBADF || r == -EINVAL) {
		log_error("attaching to cgroup %s: not a cgroup2 directory", agent->cgroup);
		return EXIT_USAGE;
	}
	if (r == -EPERM) {
		say_blocked(agent);
		return EXIT_SYSTEM;
	}
	if (r < 0) {
		log_error("attaching to cgroup %s: %s", agent->cgroup, strerror(-r));
		return EXIT_SYSTEM;
	}
	sctp_attach(agent);
	return attach_listen(agent, fd);
}

int programs_prove(struct agent *agent)
{
	const struct health *health = watch_prove(agent);

	if (health->effective)
		return EXIT_OK;
	log_error("canary: %s", health->reason.data ? health->reason.data : strerror(ENOMEM));
	return EXIT_SYSTEM;
}
