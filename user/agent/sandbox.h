/* SPDX-License-Identifier: MIT */
/*
 * Limits the system calls of a process and its children to a list. Any other call
 * fails with EPERM, so a call missing from the list breaks one feature, not the
 * process.
 *
 * Where the kernel has socketcall() (s390x, ppc64le), sockets of all families can be made by
 * it, because its arguments are in memory. On s390x so are those of mmap(): executable memory
 * can be mapped there, but none be made executable later.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum sandbox_profile {
	SANDBOX_AGENT,
	SANDBOX_CLIENT, /* what talks with the API server: it opens no port and starts no program */
	SANDBOX_CONTAINER, /* a container of these two and hostportctl, from its start on */
};

/* Can this build be confined? ASan and its leak check need calls that are not on the list. */
bool sandbox_is_built_in(void);

/*
 * Confine the calling thread and its children; there must be no other thread. Also
 * sets no_new_privs. 0, or a negative errno, and nothing is confined.
 */
int sandbox_enter(enum sandbox_profile profile);

/* An allowed call; a bounded one if an argument, masked, has a value. */
struct sandbox_call {
	const char *name; /* until the function that is told returns */
	bool is_bounded;
	unsigned int argument;
	uint64_t mask, value;
};

typedef void (*sandbox_call_fn)(void *data, const struct sandbox_call *call);

/*
 * Tell a function of each call of a profile; a call may come twice, bounded and not. clone3() is in
 * no profile: it fails with ENOSYS. 0; -ENOENT: a call has no name.
 */
int sandbox_each_call(enum sandbox_profile profile, sandbox_call_fn fn, void *data);
