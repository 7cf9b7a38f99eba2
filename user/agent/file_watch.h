/* SPDX-License-Identifier: MIT */
/*
 * Waits for changes of files: the registry's, and those of pod sources. inotify only wakes the
 * agent; the files' stamps (../source/watched_paths.h) show what has changed. They are also looked
 * at from time to time: not every file system sends events, and not every machine has an inotify
 * instance left.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/loop.h"
#include "../source/watched_paths.h"

#define FILE_WATCH_SETTLE_MS 150  /* for which files must have been left alone */
#define FILE_WATCH_WAIT_MS   2000 /* a file that is written all the time is read after that */

/*
 * The files have changed. `stamp`: of what is there, or 0 when they did not come to rest.
 * -EAGAIN: they are being changed; -EINPROGRESS: they are being read; another negative errno: to be
 * tried again later.
 */
typedef int (*file_watch_fn)(void *data, uint64_t stamp);

struct file_watch {
	/* borrowed, set before the start */
	struct watched_paths paths;
	const char *what; /* it is, in messages */
	file_watch_fn changed;
	void *data; /* for it */

	bool any;  /* else there is nothing to wait for */
	int fd;	   /* of inotify; -1: none */
	int error; /* why it is not enough, 0: it is */
	struct loop_source *source, *timer;
	int watches[WATCHED_PATHS_MAX];
	size_t len;
	uint64_t stamp;	       /* of what was read last; 0: it is to be read */
	uint64_t seen;	       /* of what is there since; 0: no difference */
	uint64_t since_ms;     /* when a difference was seen first, CLOCK_BOOTTIME */
	uint64_t failed;       /* of what could not be taken; 0: none */
	uint64_t again_ms;     /* when that is tried again, CLOCK_BOOTTIME */
	unsigned int failures; /* of that, in a row */
};

/* Watch from now on, and take what has changed since `stamp`. 0, or a negative errno. */
int file_watch_start(struct file_watch *watch, struct loop *loop);

/*
 * Take the files for changed, whether they are or not: the function is called soon. False: there
 * are none to watch.
 */
bool file_watch_force(struct file_watch *watch);

/* How it learns of changes: none, polled or watched. */
const char *file_watch_word(const struct file_watch *watch);

void file_watch_stop(struct file_watch *watch);
