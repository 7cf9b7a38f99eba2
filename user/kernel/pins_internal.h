/* SPDX-License-Identifier: MIT */
/* The inside of struct pins, for the files that look into the directory. */
#pragma once

#include <limits.h>

#include "pins.h"

struct pins {
	char path[PATH_MAX];
	int fd; /* of the directory, locked */
	unsigned int instance;
	bool begun; /* the instance is of our making */
};

typedef void (*pins_entry_fn)(void *data, int dir, const char *name);

/* Call fn for each entry of a directory; it may remove the entry. */
void pins_each_entry(int at, const char *name, pins_entry_fn fn, void *data);

/*
 * Open the directory. With `trust`, only if nobody but our user can have put anything there; to
 * remove everything, root need not trust it. A descriptor; or a negative errno, and `err` says in a
 * sentence what is wrong, but for -ENOENT.
 */
int pins_open_dir(const char *path, bool trust, struct buf *err);

/* Does the path still lead to this directory? The process that had the lock may have removed it. */
bool pins_is_dir_at(int fd, const char *path);

/* The number that a directory's name is; 0: it is not a number. */
unsigned int pins_number_of(const char *name);

/* Is it a link's name? */
bool pins_is_link(const char *name);

/*
 * Is what bpf(2) has opened of this kind? It opens whatever is pinned there: "bpf-map", "bpf_link"
 * or "bpf-link".
 */
bool pins_is_kind(int fd, enum pins_kind kind);
