/* SPDX-License-Identifier: MIT */
/* The stream of lines: records of the kernel come in, lines go to the readers. */
#pragma once

#include "../base/loop.h"
#include "../event/fold.h"
#include "../identity/identity.h"
#include "../kernel/kernel.h"
#include "../policy/generations.h"
#include "batch.h"
#include "control.h"
#include "history.h"
#include "sink.h"

/* What else learns of violations, before the readers do. */
struct stream_observer {
	/* a record has come, perhaps for the first time of its socket */
	void (*on_record)(void *data, const struct hp_event *record);
	/* a line is due: its record, and what the line says */
	void (*on_line)(void *data, const struct hp_event *record, const struct event *event);
	void *data;
};

/* What is known of a fold slot, for its next lines. */
struct slot_note {
	uint32_t generation; /* of its holder; 0: nothing is known */
	uint64_t moment;     /* of the identity, in which a socket of it was observed */
	bool unnamed;	     /* its name is still to be kept, for the next agent */
};

struct stream {
	/* borrowed, set before the start */
	struct loop *loop;
	struct kernel *kernel;
	struct identity *identity;
	const struct generations *generations;
	struct stream_observer observer;
	uint64_t fold_ns;

	struct history history;
	struct control *control;
	struct sink *sink;
	struct hp_told *told; /* the kernel's: it may outlive the agent */

	struct fold *fold;	 /* NULL: not started */
	struct event event;	 /* of the line at hand */
	struct batch batch;	 /* lines that are not written and counted yet */
	struct slot_note *notes; /* HP_FOLD_SLOTS of them */
	unsigned int named;	 /* new holders in the drain at hand */
	bool unnamed;		 /* a holder is still to be named */

	struct loop_source *drain_timer, *tick;
	bool ticks;		  /* the tick is set */
	uint64_t quiet_total;	  /* violations at the last tick */
	unsigned int quiet_ticks; /* ticks without a new one */
	bool settled;		  /* what a previous agent left without a line has been found */
};
