/* SPDX-License-Identifier: MIT */
/* The directories to watch for changes of files. */
#pragma once

#include <stdint.h>

#include "source_file.h"

#define WATCHED_PATHS_MAX 256

struct watched_paths {
	const char *const *specs; /* as for source_load() */
	size_t len;
	bool (*is_wanted)(const char *name); /* which files of a directory count */
};

/*
 * The directories to watch for changes of the files that they name: the directory of each
 * file, or the nearest one above it that exists, and that of the file to which it links; each
 * named directory, and those of the files to which its links lead. At most
 * WATCHED_PATHS_MAX. 0, or -ENOMEM.
 */
int watched_paths_find(const struct watched_paths *watched, struct names *ret_paths);

/*
 * A number that changes when a file does: a hash of names, inodes, sizes and times. The files
 * are not read. Never 0.
 */
uint64_t watched_paths_stamp(const struct watched_paths *watched);

/* Does any of them name something in the file system? */
bool watched_paths_any(const struct watched_paths *watched);
