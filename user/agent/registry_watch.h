/* SPDX-License-Identifier: MIT */
/*
 * Waits for changes of the registry's files. inotify only wakes the agent; what
 * has changed is seen by the files' stamps (../source/places.h), which are also
 * looked at from time to time: not every file system tells, and not every machine
 * has an inotify left.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../source/watched_paths.h"

#define FILES_SETTLE_MS 150  /* for which files must have been left alone */
#define FILES_WAIT_MS	2000 /* but whoever writes all the time does not put it off longer */

struct agent;
struct jsonw;
struct loop_source;

struct files {
	bool any;  /* else there is nothing to wait for */
	int fd;	   /* of inotify; -1: none */
	int error; /* why it is not enough, 0: it is */
	struct loop_source *source, *timer;
	int watches[WATCHED_PATHS_MAX];
	size_t len;
	uint64_t stamp;	   /* of what was read last; 0: it is to be read */
	uint64_t seen;	   /* of what is there since; 0: no difference */
	uint64_t since_ms; /* when a difference was seen first, CLOCK_BOOTTIME */
};

/* Watch from now on, and take what has changed since apply_load(). 0, or a negative errno. */
int files_start(struct agent *agent);

/* Write the status document's member "files". */
void files_put(const struct files *files, struct jsonw *w);

void files_stop(struct files *files);
