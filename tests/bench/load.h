/* SPDX-License-Identifier: MIT */
/*
 * Processes that bind as fast as they can, in a scene, when they are told to, and
 * count exactly what came of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "scene.h"

#define LOAD_THREADS_MAX 64

enum load_kind {
	LOAD_REFUSED, /* bind() alone, of a socket that stays unbound because all are refused */
	LOAD_TAKEN,   /* socket(), bind() and close(); each thread has ports of its own */
};

struct load_plan {
	enum load_kind kind;
	unsigned int threads;
	uint16_t first, ports; /* on 127.0.0.1; more ports than threads */
	bool udp;	       /* else TCP */
};

struct load_shared;

struct load {
	pid_t pid; /* 0: none */
	struct load_plan plan;
	struct load_shared *shared;
	uint64_t began_ns, attempts, others; /* of this run; and before it */
};

/* What a run, or all of them, have made. */
struct load_result {
	uint64_t attempts; /* binds */
	uint64_t others;   /* of them, with another outcome than that of the kind */
	uint64_t elapsed_ns;
};

/* Start the process and its threads, which wait then. 0, or a negative errno. */
int load_start(const struct scene *scene, const struct load_plan *plan, struct load *load);

/* Let all threads bind, from now on. */
void load_go(struct load *load);

/* Wait until all of them rest, and say what they have made since. 0, or a negative errno. */
int load_halt(struct load *load, struct load_result *result);

/* Both, with about this time between them. */
int load_run(struct load *load, unsigned int ms, struct load_result *result);

void load_stop(struct load *load);
#define _cleanup_load_ __attribute__((cleanup(load_stop)))
