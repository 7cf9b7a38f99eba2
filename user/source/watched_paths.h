/* SPDX-License-Identifier: MIT */
/* Where a change of a registry's files shows: for who waits for one. */
#pragma once

#include <stdint.h>

#include "source_file.h"

#define WATCHED_PATHS_MAX 256

/*
 * The directories in which something happens when the files change that specs
 * name (as source_load()): of each file its directory, or the nearest one that is
 * there, and that of what it is a link to; of a directory itself, too, and where
 * links in it lead. At most WATCHED_PATHS_MAX. 0, or -ENOMEM.
 */
int watched_paths_find(const char *const *specs, size_t n, struct names *ret_places);

/*
 * A number that is another one when a file is: by their names, inodes, sizes and
 * times, without reading them. Never 0.
 */
uint64_t watched_paths_stamp(const char *const *specs, size_t n);

/* Does any of specs name something in the file system? */
bool watched_paths_any(const char *const *specs, size_t n);
