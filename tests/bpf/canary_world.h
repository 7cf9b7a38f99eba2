/* SPDX-License-Identifier: MIT */
/* For tests of the canary: one that looks at the test's group, and what it says. */
#pragma once

#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../../user/kernel/canary/canary.h"

#define SECONDS 60000 /* no canary takes as long */

static inline struct canary new_canary(const struct world *w)
{
	return (struct canary) {
		.kernel = w->kernel,
		.netns = &w->netns,
		.cgroup = w->cgroup,
		.cgroup2 = w->mounts.v2,
		.limit_ms = SECONDS,
	};
}

static inline struct canary begin(struct world *w)
{
	world_start(w, &(struct world_load) { 0 });
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	return new_canary(w);
}

static inline void check_proof(const char *name, const struct canary_proof *proof,
			       const enum canary_result want[KERNEL_HOOKS])
{
	for (size_t i = 0; i < KERNEL_HOOKS; i++)
		if (proof->result[i] != want[i])
			fail_msg("%s: %s: %s", name, kernel_hook_name((enum kernel_hook)i),
				 canary_words(proof->result[i]));
}

static inline struct canary_proof try_all(const char *name, struct canary *canary,
					  enum canary_result want)
{
	const enum canary_result all[] = { want, want, want, want };
	struct canary_proof proof;

	canary_try(canary, &proof);
	check_proof(name, &proof, all);
	if (want == CANARY_EFFECTIVE || want == CANARY_LATE || want == CANARY_FROZEN)
		for (size_t i = 0; i < KERNEL_HOOKS; i++)
			check_int(name, proof.error[i], 0);
	return proof;
}

/* It leaves nothing in the group and in the programs' memory. */
static inline void check_clean(const char *name, const struct world *w)
{
	volatile struct hp_canary *canary = kernel_canary(w->kernel);
	_cleanup_closedir_ DIR *dir = opendir(w->cgroup);
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, "hostportd-canary."))
			fail_msg("%s: %s", name, entry->d_name);
	check_u64(name, canary->cookie | canary->guard | canary->named, 0);
}

static inline void set_group(const struct world *w, const char *file, const char *text)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", w->cgroup, file);
	world_write(path, text);
}
