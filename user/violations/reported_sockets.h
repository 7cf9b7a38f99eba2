/* SPDX-License-Identifier: MIT */
/*
 * The violations of sockets that were reported, so that a sweep of the socket table
 * does not report them again. Pure.
 *
 * The set knows a violation by its socket's cookie. The kernel folds repeats
 * into counts, without a record for each, so the set also knows it by its group:
 * what its repeats have in common, that is control group, protocol, port and class.
 *
 * - The kernel never uses a cookie twice: it stays until newer ones push it out.
 * - So does a group that a hook reported: the hook reports its next violation, too, and
 *   a bound TCP socket is in no table until it listens.
 * - A group that a sweep reported stays as long as each sweep finds it, so that what
 *   goes and comes back is reported again.
 *
 * Of more than REPORTED_SOCKETS_MAX of a kind, the older ones are forgotten. Those,
 * and whatever there is no memory for, are reported again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/cleanup.h"

#define REPORTED_SOCKETS_MAX 65536 /* of each kind */

struct reported_sockets;

struct reported_socket {
	uint64_t cookie;    /* 0: not known */
	uint64_t cgroup_id; /* of cgroup2 */
	uint8_t proto, cls; /* enums of abi.h */
	uint16_t port;	    /* not 0 */
};

int reported_sockets_new(struct reported_sockets **ret_set); /* 0, or -ENOMEM */
void reported_sockets_free(struct reported_sockets *set);
DEFINE_CLEANUP(struct reported_sockets, reported_sockets_free)

/* Add one that a hook's record reported, or that a sweep did. */
void reported_sockets_add_hooked(struct reported_sockets *set, const struct reported_socket *s);
void reported_sockets_add_swept(struct reported_sockets *set, const struct reported_socket *s);

/* Was it reported, of this socket or of its group? Each class of a socket is reported. */
bool reported_sockets_has(const struct reported_sockets *set, const struct reported_socket *s);

/* Was it reported for this very socket? */
bool reported_sockets_has_cookie(const struct reported_sockets *set,
				 const struct reported_socket *s);

/* A sweep finds it in the table: its group stays. */
void reported_sockets_keep(struct reported_sockets *set, const struct reported_socket *s);

/* The sweep is over: forget the groups of sweeps that it did not keep. */
void reported_sockets_sweep_end(struct reported_sockets *set);
