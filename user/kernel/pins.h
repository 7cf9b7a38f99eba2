/* SPDX-License-Identifier: MIT */
/*
 * The pins: links and maps that outlive the agent, below a directory of a bpffs
 * that is the agent's alone.
 *
 *   DIR/                             0700; whoever holds its lock works there
 *   DIR/1/hp_counts, hp_ring, ...    an instance: the maps, by their names,
 *   DIR/1/link_cgroup_inet4_bind...  and the links, by their hooks
 *
 * An instance is complete when hp_info, the last of its pins, is there. A second
 * one stands beside it only while an agent takes over from another version.
 */
#pragma once

#include <stdbool.h>

#include "../base/buf.h"
#include "../base/cleanup.h"

#define PINS_DEFAULT "/sys/fs/bpf/hostportd"
#define PINS_LINK    "link_" /* what links' names begin with */
#define PINS_INFO    "hp_info"
#define PINS_CONFIGS "hp_configs"

struct pins;

enum pins_kind {
	PINS_MAP,
	PINS_A_LINK,
};

/*
 * Open and lock the directory; with `make`, make it, and wait for the lock a while. 0; -EBUSY:
 * another has locked it; -ENOENT: it is not there; -EINVAL: it is in no bpffs; -EPERM: it is
 * somebody else's, or others may write there; or another negative errno.
 * Except for -EBUSY and -ENOENT, `err` says in a sentence what is wrong.
 */
int pins_open(const char *path, bool make, struct pins **ret_pins, struct buf *err);

/* Unlocks it; everything pinned stays. */
void pins_close(struct pins *pins);
DEFINE_CLEANUP(struct pins, pins_close)

/* The instances, the newest first: from 0 on, the next one below; 0: there is none. */
unsigned int pins_next(const struct pins *pins, unsigned int below);

/* Work with an instance that is there. */
void pins_use(struct pins *pins, unsigned int instance);

/* Begin one of our own. 0, or a negative errno. */
int pins_begin(struct pins *pins);

/* The one we work with; 0: none yet. */
unsigned int pins_instance(const struct pins *pins);
const char *pins_path(const struct pins *pins);

/* Is it still there, complete? Anybody who may write there can take it away. */
bool pins_are_there(const struct pins *pins);

/*
 * Open what is pinned in the instance. A descriptor; -ENOENT; -EPERM: it is not
 * of our user; -EINVAL: of another kind; or another negative errno.
 */
int pins_get(const struct pins *pins, const char *name, enum pins_kind kind);

/* Append a path to what is pinned in the instance: for this process, and now. */
void pins_put_path(const struct pins *pins, const char *name, struct buf *out);

/* Pin a map or link, in one step with the end of the pin that has this name. 0, or a negative
 * errno. */
int pins_put(const struct pins *pins, const char *name, int fd);

/* Take a pin away; one that is not there is no error. 0, or a negative errno. */
int pins_drop(const struct pins *pins, const char *name);

/* Take away the links of the instance of which `wanted` says no. */
void pins_prune(const struct pins *pins, bool (*wanted)(const void *data, const char *name),
		const void *data);

/* Take away every instance but the one we work with. 0, or the first error. */
int pins_remove_others(const struct pins *pins);

/*
 * Take away the one that we have begun, if we have, and the directory if there is no
 * other in it. 0, or the first error.
 */
int pins_remove_own(struct pins *pins);

/* Take away everything, the directory included. 0, or the first error. */
int pins_remove_all(struct pins *pins);

/*
 * Without the lock, where its holder does not answer: detach each link that can
 * be, let the programs of the others (of tracing and LSM) pass everything, and take
 * all away. How many links were pinned; or a negative errno, of which `err` may say
 * more. *ret_left: links that end only with their holder.
 */
int pins_break(const char *path, unsigned int *ret_left, struct buf *err);
