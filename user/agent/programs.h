/* SPDX-License-Identifier: MIT */
/*
 * The programs from the agent's start to its end: the pins and whose they are,
 * loading, attaching, and what is left behind.
 */
#pragma once

#include "../kernel/kernel.h"
#include "../policy/in_force.h"
#include "config.h"
#include "target.h"

struct programs {
	/* borrowed, set before the start */
	const struct config *config;
	const struct in_force *in_force;
	const struct target *target;

	struct kernel *kernel;
	struct pins *pins; /* NULL: nothing outlives the agent */
	char *pins_error;  /* why, if they were not asked for; owned */
	bool replaced;	   /* what was there before this agent is gone */
	bool detach_asked; /* whatever --on-exit says */
};

/* Steps of the start: they log what is wrong, and return an exit status. */
int programs_open_pins(struct programs *programs);
int programs_load(struct programs *programs);
int programs_attach(struct programs *programs);
int programs_keep(struct programs *programs);

/*
 * Make pins anew that somebody has removed or replaced, if all programs are attached: else they
 * were to go. 1, or a negative errno if that fails, with a line for a person in `message`; 0: there
 * is nothing to do.
 */
int programs_mend_pins(struct programs *programs, struct buf *message);

/* Detach what other instances left attached. */
void programs_replace(struct programs *programs);

/* Were they there before this agent? */
bool programs_found(const struct programs *programs);

/* Do the programs stay attached when this agent ends? */
bool programs_stay(const struct programs *programs);

/* `ready`: the start had succeeded. */
void programs_end(struct programs *programs, bool ready);
