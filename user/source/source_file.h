/* SPDX-License-Identifier: MIT */
/* Reads whole files, and the names of a directory's files. */
#pragma once

#include "../base/buf.h"

/* Open any file for reading, without waiting. A descriptor, or -errno. */
int source_open(int dir, const char *name);

/*
 * Read a regular file of at most `max` bytes into `out`. 0; -EFBIG, -EINVAL when
 * it is not a regular file, -ENOMEM, or another negative errno.
 */
int source_read(int fd, size_t max, struct buf *out);

/*
 * The same for any descriptor that can be read to its end, waiting for data: standard input. After
 * -EFBIG `out` has all that was read, which may be 64 KiB more than `max`.
 */
int source_read_stream(int fd, size_t max, struct buf *out);

struct names {
	char **items;
	size_t len;
};

#define SOURCE_LIST_MAX 1024 /* files of a directory that is watched */

/*
 * The names of a directory's files that are wanted, sorted by their bytes. `fd` stays open. 0;
 * -E2BIG when there are more than `max`, -ENOMEM, or another negative errno.
 */
int source_list(int fd, size_t max, bool (*is_wanted)(const char *name), struct names *ret_names);

/* Wanted of a registry's directory: *.yaml and *.yml, but no hidden ones. */
bool source_is_layer(const char *name);

/* Wanted of a directory of pods, as the kubelet has it: all but hidden ones. */
bool source_is_visible(const char *name);

/* Append a copy of a name. 0; -E2BIG when there are `max`, or -ENOMEM. */
int names_add(struct names *names, size_t max, const char *name);

/* Sort them by their bytes. */
void names_sort(struct names *names);

void names_free(struct names *names);
#define _cleanup_names_ _cleanup_(names_free)
