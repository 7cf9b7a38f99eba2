/* SPDX-License-Identifier: MIT */
/*
 * A scene to measure in: a control group, a network namespace and a directory of
 * its own. The namespace has no name, and the directory is below BENCH_TMP, with a
 * bpffs in it: however the bench ends, none of these outlives it.
 */
#pragma once

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"

struct scene {
	char dir[64];
	char bpffs[80]; /* below dir */
	char cgroup[PATH_MAX];
	int cgroup_fd;	   /* of the directory */
	int netns;	   /* its loopback interface is up */
	char netns_at[64]; /* a path of it, for this process and its children */
};

#define SCENE_NONE                                                                                 \
	{                                                                                          \
		.cgroup_fd = -1, .netns = -1                                                       \
	}

/*
 * Make a scene; `name` is that of its control group, below the bench's, and of its directory. 0, or
 * a negative errno. scene_close() is due in either case.
 */
int scene_open(const struct bench *b, const char *name, struct scene *scene);
void scene_close(struct scene *scene);
#define _cleanup_scene_ __attribute__((cleanup(scene_close)))

/* Move the calling process into the control group and the network namespace. 0, or a negative
 * errno. */
int scene_enter(const struct scene *scene);

/*
 * Call fn in a child that is in there, and wait for it; what it is to say it writes to memory
 * that is shared. What it returns, or a negative errno.
 */
int scene_call(const struct scene *scene, int (*fn)(void *data), void *data);

/* Memory for that, all zero; NULL: none is left. Until munmap(). */
void *scene_share(size_t size);

/* Write a file in the directory, whose path is kept in `path`. 0, or a negative errno. */
int scene_write(const struct scene *scene, const char *name, const char *text, size_t len,
		char path[PATH_MAX]);

/* Two clocks, in ns. */
uint64_t monotonic_ns(void);
int process_ns(int pid, uint64_t *ret_ns); /* processor time that a process has used */
