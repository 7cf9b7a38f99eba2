/* SPDX-License-Identifier: MIT */
/*
 * What a holder holds: programs that are attached to a cgroup while one thing is
 * measured, and not while another is.
 */
#pragma once

#include "../../user/base/buf.h"

/* Where and for whom: of the command line. */
struct held_place {
	int cgroup_fd;
	const char *cgroup;
	const char *netns; /* of the binder: a path */
	int argc;	   /* what and how: argv[0] is the type's word */
	char **argv;
};

/* Functions return 0, or a negative errno with a reason in `err` if there is more to say. */
struct held_type {
	const char *word;
	int (*load)(const struct held_place *place, void **ret_held, struct buf *err);
	int (*on)(void *held, unsigned int n);
	void (*off)(void *held);
	/* Append " HOOK:RUNS:NS" for each program that is attached. */
	void (*stats)(void *held, struct buf *out);
	int (*fd)(void *held);	   /* polls readable when there is something to drain; -1: none */
	void (*drain)(void *held); /* as often as it may be called */
	void (*free)(void *held);
};

/*
 * "ours MODE ROWS own|other [outside|pod]": this tree's programs in a mode, with a registry of
 * so many rows (ports.h), for the binder's netns or for another one; with pods, outside of which
 * the binder is, or one that it is in and that declares all ports.
 */
extern const struct held_type held_ours;

/* "peer NAME [RULES]": see peers.bpf.c; RULES of a linear one, the last matches. on(N): so many
 * foreign programs; of the others 1. */
extern const struct held_type held_peer;

/* Append what bpf_stats has counted of a program. */
void held_put_stats(const char *hook, unsigned int program_id, struct buf *out);
