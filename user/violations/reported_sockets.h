/* SPDX-License-Identifier: MIT */
/*
 * What has been told of, so that a sweep of the socket table does not tell it
 * again. Pure.
 *
 * A violation is known by its socket's cookie, and, because the kernel folds
 * repeats into counts without a record for each, by what repeats have in
 * common: workload, protocol, port and class. Cookies are never used twice and
 * stay until newer ones push them out. So do the others if a hook told of them:
 * it will tell of the next one, too, and a bound TCP socket is in no table until
 * it listens. Those that a sweep found stay as long as each sweep finds them, so
 * that what goes and comes back is told again.
 *
 * Both are bounded: of more than KNOWN_MAX the older ones are forgotten, and
 * would be told again. So would be what there is no memory for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/cleanup.h"

#define KNOWN_MAX 65536 /* of each kind */

struct known;

struct known_violation {
	uint64_t cookie;    /* 0: not known */
	uint64_t cgroup_id; /* of cgroup2 */
	uint8_t proto, cls; /* enums of abi.h */
	uint16_t port;	    /* not 0 */
};

int known_new(struct known **ret_known); /* 0, or -ENOMEM */
void known_free(struct known *known);
DEFINE_CLEANUP(struct known, known_free)

/* It has been told, by a hook's record or by a sweep. */
void known_add_hooked(struct known *known, const struct known_violation *violation);
void known_add(struct known *known, const struct known_violation *violation);

/* Has it been told? Of two classes of one socket each is told. */
bool known_has(const struct known *known, const struct known_violation *violation);

/* Has it been told of this very socket? */
bool known_has_socket(const struct known *known, const struct known_violation *violation);

/* A sweep finds it in the table: it stays known by what its repeats have in common. */
void known_keep(struct known *known, const struct known_violation *violation);

/* The sweep is over: what it did not keep is known by its cookie only. */
void known_sweep_end(struct known *known);
