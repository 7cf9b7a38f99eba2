// SPDX-License-Identifier: MIT
#include "programs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../event/tally.h"
#include "../stream/accounts.h"
#include "../kernel/sockets/ephemeral.h"
#include "../kernel/foreign_programs.h"
#include "../identity/identity.h"
#include "health.h"

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

int programs_open_pins(struct programs *programs)
{
	const struct config *config = programs->config;
	_cleanup_buf_ struct buf err = { 0 };
	int r;

	if (!config->pin)
		return EXIT_OK;
	r = pins_open(config->pin, true, &programs->pins, &err);
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
	programs->pins_error = buf_take(&err);
	return EXIT_OK;
}

/* By --on-exit, or by the mode: an end of auditing does no harm, an end of enforcing may. */
bool programs_stay(const struct programs *programs)
{
	enum on_exit on_exit = programs->config->on_exit;

	if (!programs->pins || programs->detach_asked || !pins_are_there(programs->pins))
		return false;
	if (on_exit == ON_EXIT_BY_MODE)
		return programs->in_force->decision.mode == HP_MODE_ENFORCE;
	return on_exit == ON_EXIT_KEEP;
}

int programs_keep(struct programs *programs)
{
	int r = kernel_keep(programs->kernel);

	if (r < 0)
		log_error("pins: %s: %s", pins_path(programs->pins), strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static bool are_attached(const struct programs *programs)
{
	struct kernel_attachment list[KERNEL_ATTACHMENTS_MAX];
	size_t n = kernel_attachments(programs->kernel, list), required = 0;

	for (size_t i = 0; i < n; i++) {
		if (!list[i].alive)
			return false;
		required += list[i].required;
	}
	return required == KERNEL_ATTACHMENTS;
}

int programs_mend_pins(struct programs *programs, struct buf *message)
{
	_cleanup_buf_ struct buf err = { 0 };
	int r;

	if (!programs->pins || programs->detach_asked || !are_attached(programs))
		return 0;
	r = kernel_mend_pins(programs->kernel, &err);
	if (r == 0)
		return 0;
	buf_printf(message, "pins: %s: ", pins_path(programs->pins));
	if (r > 0)
		buf_printf(message, "%d removed or replaced by somebody: made anew", r);
	else
		buf_printf(message, "removed or replaced by somebody, and can't be made anew: %s",
			   err.len ? err.data : strerror(-r));
	return r > 0 ? 1 : r;
}

void programs_replace(struct programs *programs)
{
	int r = kernel_replace(programs->kernel);

	programs->replaced = true;
	if (r < 0)
		log_warning("pins: %s: what another instance left could not be removed: %s",
			    pins_path(programs->pins), strerror(-r));
}

/* An agent that did not become ready leaves what was there before it as it was. */
static int undo(struct programs *programs)
{
	if (programs->replaced)
		return 0; /* ours is all that is left */
	if (programs->kernel)
		kernel_undo(programs->kernel);
	return pins_remove_own(programs->pins);
}

bool programs_found(const struct programs *programs)
{
	return programs->kernel && kernel_adopted(programs->kernel);
}

void programs_end(struct programs *programs, bool ready)
{
	int r = 0;

	if (programs->pins && !ready)
		r = undo(programs);
	else if (programs->pins && !programs_stay(programs))
		r = pins_remove_all(programs->pins);
	if (r < 0)
		log_warning("pins: %s: not all could be removed: %s", pins_path(programs->pins),
			    strerror(-r));
	kernel_free(programs->kernel);
	pins_close(programs->pins);
	free(programs->pins_error);
}

/* ---- start --------------------------------------------------------------------------------- */

/* The ring that was taken over may hold records: it stays as it is. */
static void say_ring(const struct programs *programs)
{
	uint32_t asked = programs->config->ring_bytes, bytes = kernel_ring_bytes(programs->kernel);

	if (asked && asked != bytes)
		log_warning("--ring-size: the buffer that was taken over with the pins stays at %u"
			    " bytes: `hostportctl detach` and a new start make one of %u",
			    bytes, asked);
}

/* Complete what the agent before may have been killed at. Do its counts make sense then? */
static bool recover_counts(struct kernel *kernel)
{
	struct hp_counters counters;
	struct accounts accounts;

	tally_recover(kernel_told(kernel));
	if (!kernel_adopted(kernel) || kernel_counters(kernel, &counters) < 0)
		return true;
	accounts_make(&counters, &kernel_told(kernel)->tally, &accounts);
	return accounts_make_sense(&accounts);
}

/* Maps that somebody has written into are not taken over, as if they were another version's. */
static int load_kernel(struct programs *programs, struct kernel_settings *settings)
{
	int r = kernel_load(settings, &programs->kernel);

	if (r < 0 || recover_counts(programs->kernel))
		return r;
	log_warning("pins: %s: the counts that are pinned make no sense: nothing is taken over,"
		    " and counters start from 0",
		    pins_path(programs->pins));
	kernel_free(TAKE_PTR(programs->kernel));
	settings->afresh = true;
	return kernel_load(settings, &programs->kernel);
}

int programs_load(struct programs *programs)
{
	struct kernel_settings settings = {
		.netns_cookie = programs->target->netns.cookie,
		.netns_inum = programs->target->netns.inum,
		.listen = programs->config->listen,
		.fold_ns = programs->config->fold_ns,
		.ring_bytes = programs->config->ring_bytes,
		.rows = (uint32_t)programs->in_force->policy->len,
		.sctp = target_is_everything(programs->target),
		.pins = programs->pins,
	};
	uint16_t first, last;
	int r;

	if (identity_uses_v1(&programs->target->mounts))
		(void)cgroup_id(programs->target->mounts.v2, &settings.root_cgroup);
	(void)cgroup_id(programs->target->cgroup, &settings.cgroup_id);
	raise_memlock();
	r = load_kernel(programs, &settings);
	if (r == -EOPNOTSUPP && programs->config->listen == KERNEL_LISTEN_FEXIT) {
		log_error("--listen=fexit: this kernel does not load the program: try auto");
		return EXIT_USAGE;
	}
	if (r < 0) {
		log_error("loading the programs: %s%s", strerror(-r),
			  r == -EPERM ? ": needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON" :
					"");
		return EXIT_SYSTEM;
	}
	say_ring(programs);
	r = ephemeral_range(&programs->target->netns, &first, &last);
	if (r < 0)
		log_warning("net.ipv4.ip_local_port_range: %s: taken to be %u to %u", strerror(-r),
			    first, last);
	kernel_set_chosen_range(programs->kernel, first, last);
	return EXIT_OK;
}

/* Refused: by a program that will have no other beside it, or for want of privileges. */
static void say_blocked(const struct programs *programs)
{
	_cleanup_buf_ struct buf program = { 0 };
	struct foreign_blocker blocker;

	if (!foreign_programs_find_blocker(programs->target->mounts.v2, programs->target->cgroup,
					   &blocker)) {
		log_error("attaching to cgroup %s: %s: CAP_NET_ADMIN is missing, or a program that"
			  " can't be seen from here keeps others out",
			  programs->target->cgroup, strerror(EPERM));
		return;
	}
	health_put_program(&blocker.program, &program);
	log_error("attaching to cgroup %s: %s: %s at %s, hook %s, was attached without"
		  " BPF_F_ALLOW_MULTI and keeps others out: have its owner attach it with that"
		  " flag, or take it off: `bpftool cgroup detach %s %s id %u`",
		  programs->target->cgroup, strerror(EPERM),
		  program.data ? program.data : "a program", blocker.cgroup, blocker.program.hook,
		  blocker.cgroup, blocker.program.hook, blocker.program.program_id);
}

static int attach_listen(struct programs *programs, int cgroup_fd)
{
	bool asked = programs->config->listen != KERNEL_LISTEN_AUTO;
	int r = kernel_attach_listen(programs->kernel, cgroup_fd);

	if (r < 0)
		log_message(asked ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
			    "--listen: attaching the program that sees listen(): %s%s",
			    strerror(-r), asked ? "" : ": the sweep finds listeners instead");
	return r < 0 && asked ? EXIT_SYSTEM : EXIT_OK;
}

int programs_attach(struct programs *programs)
{
	_cleanup_close_ int fd = open(programs->target->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0) {
		log_error("cgroup: %s: %s", programs->target->cgroup, strerror(errno));
		return programs->config->cgroup ? EXIT_USAGE : EXIT_SYSTEM;
	}
	r = kernel_attach(programs->kernel, fd);
	if (r == -EBADF || r == -EINVAL) {
		log_error("attaching to cgroup %s: not a cgroup2 directory",
			  programs->target->cgroup);
		return EXIT_USAGE;
	}
	if (r == -EPERM) {
		say_blocked(programs);
		return EXIT_SYSTEM;
	}
	if (r < 0) {
		log_error("attaching to cgroup %s: %s", programs->target->cgroup, strerror(-r));
		return EXIT_SYSTEM;
	}
	return attach_listen(programs, fd);
}
