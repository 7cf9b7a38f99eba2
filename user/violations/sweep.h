/* SPDX-License-Identifier: MIT */
/*
 * Sweeps compare the socket table with what the hooks saw. From time to time they report its
 * violations, and close them with --existing=close.
 */
#pragma once

#include "socket_table.h"

/* What the sweeps have found, and when. */
struct sweep_counts {
	uint64_t runs, found, closed; /* since the start */
	uint64_t sockets;	      /* in the table at the last one */
	/* of these, as far as is known without their processes; none: they receive nothing */
	uint64_t verdicts[HP_VERDICT_MAX];
	uint32_t unreadable;  /* at the last one: bits 1 << enum hp_proto */
	struct timespec last; /* when that was, UTC */
};

struct sweep {
	struct socket_table table;
	/* set before sweep_prepare() */
	bool close_existing;  /* TCP listeners that would be denied */
	bool deny_kernel;     /* the kernel's own sockets are judged like others */
	unsigned int every_s; /* on average; 0: only once, at the start */

	struct reported_sockets *unclosed; /* that could not be closed: it is not tried again */
	struct loop_source *timer;
	bool soon; /* the timer was set for it */
	struct sweep_counts counts;
	uint64_t lost;		  /* violations that no line stands for yet */
	uint32_t warned_unclosed; /* bits: reasons */
	int error;		  /* of the last one */
};

/* Before drain_start(). 0, or a negative errno. */
int sweep_prepare(struct sweep *sweep, struct loop *loop);

/* The first sweep, and those of --sweep from now on. */
void sweep_start(struct sweep *sweep);
void sweep_stop(struct sweep *sweep);

/* One more within a second: there may be news. */
void sweep_soon(struct sweep *sweep);

/* One more, now. */
void sweep_now(struct sweep *sweep);

/*
 * Milliseconds until the next sweep: every_s, a quarter more or less. Who knew the moment could
 * close its sockets before and open them again. Pure.
 */
unsigned int sweep_delay_ms(unsigned int every_s, uint32_t random);
