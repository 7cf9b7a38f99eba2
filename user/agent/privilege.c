// SPDX-License-Identifier: MIT
#include "privilege.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

#include <sys/capability.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "sandbox.h"

/*
 * What runs after the start needs: maps and programs are made at each reload and
 * when the first sweep has something to name (BPF, PERFMON: the iterator), what
 * is attached is looked at and sockets are closed (NET_ADMIN). Control groups are
 * named by their ids, and files of other users read at a reload (DAC_READ_SEARCH).
 * /proc/PID/exe needs the right to trace the process (SYS_PTRACE): root without all
 * capabilities does not have it.
 */
static const cap_value_t needed[] = {
	CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE,
};

/* setns(), for the canary, each sweep and the sysctls of --netns. */
static const cap_value_t needed_to_enter = CAP_SYS_ADMIN;

static void release(cap_t *caps)
{
	if (*caps)
		(void)cap_free(*caps);
}

static bool has(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;

	return cap_get_flag(caps, cap, CAP_PERMITTED, &value) == 0 && value == CAP_SET;
}

/* Without CAP_SETPCAP the bounding set stays; nothing can be gained by it without execve(). */
static void drop_bounds(cap_t kept)
{
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++)
		if (!has(kept, cap))
			(void)cap_drop_bound(cap);
}

static int keep_capability(cap_t from, cap_value_t cap, cap_t to)
{
	if (!has(from, cap))
		return 0;
	return cap_set_flag(to, CAP_PERMITTED, 1, &cap, CAP_SET) < 0 ||
			       cap_set_flag(to, CAP_EFFECTIVE, 1, &cap, CAP_SET) < 0 ?
		       -errno :
		       0;
}

static int drop_capabilities(bool enters_netns)
{
	_cleanup_(release) cap_t now = cap_get_proc();
	_cleanup_(release) cap_t kept = cap_init();
	int r = 0;

	if (!now || !kept)
		return -errno;
	for (size_t i = 0; i < ARRAY_LEN(needed) && r == 0; i++)
		r = keep_capability(now, needed[i], kept);
	if (r == 0 && enters_netns)
		r = keep_capability(now, needed_to_enter, kept);
	if (r < 0)
		return r;
	drop_bounds(kept);
	return cap_reset_ambient() < 0 || cap_set_proc(kept) < 0 ? -errno : 0;
}

void privilege_say_missing(void)
{
	_cleanup_(release) cap_t now = cap_get_proc();

	if (now && !has(now, CAP_SYS_PTRACE))
		log_warning(
			"CAP_SYS_PTRACE is missing: events do not name the programs of other"
			" users, nor sweeps their processes where the kernel loads no iterator");
}

int privilege_drop(bool enters_netns, struct privilege *ret_privilege)
{
	int r = drop_capabilities(enters_netns);

	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r < 0)
		return r;
	*ret_privilege = (struct privilege) { 0 };
	if (!sandbox_is_built_in()) {
		ret_privilege->unfiltered = "built with AddressSanitizer";
	} else {
		r = sandbox_enter(SANDBOX_AGENT);
		if (r < 0) {
			ret_privilege->unfiltered = strerror(-r);
			log_warning("system calls are not filtered: %s", strerror(-r));
		}
	}
	return 0;
}

/* As libcap calls it, in the case of the manual: CAP_BPF. */
static void put_name(cap_value_t cap, struct jsonw *w)
{
	char *name = cap_to_name(cap);

	if (!name)
		return;
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	jsonw_string(w, NULL, name);
	(void)cap_free(name);
}

void privilege_put(const struct privilege *privilege, struct jsonw *w)
{
	_cleanup_(release) cap_t now = cap_get_proc();

	jsonw_object(w, "privileges");
	jsonw_u64(w, "uid", geteuid());
	jsonw_array(w, "capabilities");
	for (cap_value_t cap = 0; now && CAP_IS_SUPPORTED(cap); cap++)
		if (has(now, cap))
			put_name(cap, w);
	jsonw_array_end(w);
	jsonw_bool(w, "no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	if (prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER && !privilege->unfiltered)
		jsonw_bool(w, "seccomp", true);
	else
		jsonw_string(w, "seccomp", privilege->unfiltered ? privilege->unfiltered : "off");
	jsonw_object_end(w);
}
