/* SPDX-License-Identifier: MIT */
/*
 * A set of ports, and its text as the kernel writes it: "1-3,5,40000-40010".
 * Port 0 may be in it, for the kernel lists it, too. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define PORTSET_PORTS 65536

/* The longest text of a set: pairs of ports with one port between them. */
#define PORTSET_TEXT_MAX (4 * PORTSET_PORTS)

struct portset {
	uint64_t words[PORTSET_PORTS / 64]; /* all zero: empty */
};

bool portset_has(const struct portset *set, uint16_t port);
void portset_add(struct portset *set, uint16_t port);

/* Add first to last, both included; nothing when last is less. */
void portset_add_range(struct portset *set, uint16_t first, uint16_t last);

size_t portset_count(const struct portset *set);

/* Of the ports from first to last, both included. */
size_t portset_count_range(const struct portset *set, uint16_t first, uint16_t last);

/* Of runs of neighbouring ports. */
size_t portset_count_runs(const struct portset *set);

/* Are all of part in the set? */
bool portset_contains(const struct portset *set, const struct portset *part);

/* Change `set` to what it has, or the other has; minus what; and what both have. */
void portset_unite(struct portset *set, const struct portset *other);
void portset_subtract(struct portset *set, const struct portset *other);
void portset_intersect(struct portset *set, const struct portset *other);

/* Find the next run of ports from `port` on, both ends included. False: there is none. */
bool portset_next_run(const struct portset *set, uint32_t port, uint32_t *ret_first,
		      uint32_t *ret_last);

/*
 * Read a list; one line end may follow it. Any order, ports may repeat; an empty
 * list is the empty set. -EINVAL for anything else, and then *ret_set stays.
 */
int portset_parse(const char *text, size_t len, struct portset *ret_set);

/*
 * Append the list, ports in ascending order. What would make it longer than
 * `max` bytes is left out and counted: "1-3,5… and 11 more".
 */
void portset_put(const struct portset *set, size_t max, struct buf *out);
