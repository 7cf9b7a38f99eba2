/* SPDX-License-Identifier: MIT */
/*
 * The pins: links and maps that outlive the agent, below a directory of a bpffs that
 * only the agent uses.
 *
 *   DIR/                             0700; the agent that holds its lock works there
 *   DIR/1/hp_counts, hp_ring, ...    an instance: the maps, by their names,
 *   DIR/1/link_cgroup_inet4_bind...  and the links, by their hooks
 *
 * An instance is complete when hp_info, the last of its pins, is there. A second one
 * is beside it only while an agent takes over from another version.
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
 * Open and lock the directory; with `make`, make it and wait for the lock a while. 0; -EBUSY:
 * another process has locked it; -ENOENT: it does not exist; -EINVAL: it is not in a bpffs;
 * -EPERM: it belongs to another user, or others may write there; or another negative errno.
 * Except for -EBUSY and -ENOENT, `err` says in a sentence what is wrong.
 */
int pins_open(const char *path, bool make, struct pins **ret_pins, struct buf *err);

/* Unlock it. Everything pinned stays. */
void pins_close(struct pins *pins);
DEFINE_CLEANUP(struct pins, pins_close)

/* The newest instance below this one, or of all with 0; 0: there is none. */
unsigned int pins_next(const struct pins *pins, unsigned int below);

/* Work with an instance that exists. */
void pins_use(struct pins *pins, unsigned int instance);

/* Begin a new one. 0, or a negative errno. */
int pins_begin(struct pins *pins);

/* The one we work with; 0: none yet. */
unsigned int pins_instance(const struct pins *pins);
const char *pins_path(const struct pins *pins);

/* Is it still there and complete? Another process of our user can remove it. */
bool pins_are_there(const struct pins *pins);

/*
 * Make the directory and the instance anew, if somebody has removed them: then the instance is
 * empty, and may have another number. 0; -EBUSY: another process has locked what is there now; or
 * as pins_open(). It does not wait.
 */
int pins_mend(struct pins *pins, struct buf *err);

/*
 * Open what is pinned in the instance. A descriptor; -ENOENT; -EPERM: it belongs to
 * another user; -EINVAL: it is of another kind; or another negative errno.
 */
int pins_get(const struct pins *pins, const char *name, enum pins_kind kind);

/* Append a path to what is pinned in the instance; only this process can use it, now. */
void pins_put_path(const struct pins *pins, const char *name, struct buf *out);

/* Pin a map or link, and replace the pin of this name in the same step. 0, or a negative errno. */
int pins_put(const struct pins *pins, const char *name, int fd);

/* Remove a pin, if it exists. 0, or a negative errno. */
int pins_drop(const struct pins *pins, const char *name);

/* Remove the links of the instance that are not `wanted`. */
void pins_prune(const struct pins *pins, bool (*wanted)(const void *data, const char *name),
		const void *data);

/* Remove every instance but the one we work with. 0, or the first error. */
int pins_remove_others(const struct pins *pins);

/*
 * Remove the instance that we have begun, if any, and the directory if it is empty then.
 * 0, or the first error.
 */
int pins_remove_own(struct pins *pins);

/* Remove everything, the directory included. 0, or the first error. */
int pins_remove_all(struct pins *pins);

/*
 * Remove everything without the lock, where the process that holds it does not answer:
 * detach each link that can be detached, and make the programs of the others (tracing
 * and LSM) pass everything. How many links were pinned; or a negative errno, and `err`
 * may say more. *ret_left: links that end only with that process.
 */
int pins_break(const char *path, unsigned int *ret_left, struct buf *err);
