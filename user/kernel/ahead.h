/* SPDX-License-Identifier: MIT */
/*
 * The first row map, put in place while the programs are loaded.
 *
 * To put a map into a map of maps the kernel waits for all programs that run
 * (synchronize_rcu(): some milliseconds to tens of them). To verify the programs
 * takes as long; both at once, the start is that much shorter.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/cleanup.h"

struct ahead {
	pthread_t thread;
	bool running;
	int outer; /* the map of row maps; -1: none */
	int rows;  /* the map put into its first place; -1: none */
	int result;
};

#define AHEAD_NONE ((struct ahead) { .outer = -1, .rows = -1 })

/*
 * Begin with a map of so many rows. What can't be done now is done later, at the
 * price of the wait.
 */
void ahead_begin(struct ahead *ahead, uint32_t rows);

/* Wait for it. The row map that is in its place now, the caller's; -1: there is none. */
int ahead_end(struct ahead *ahead);

/* Wait for it, and give back what there is. */
void ahead_free(struct ahead *ahead);
#define _cleanup_ahead_ _cleanup_(ahead_free)
