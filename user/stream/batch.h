/* SPDX-License-Identifier: MIT */
/* Lines that are written together, and counted once they are written. Pure. */
#pragma once

#include "../event/tally.h"

#define BATCH_RECORDS 64		  /* taken from the ring at once */
#define BATCH_LINES   (2 * BATCH_RECORDS) /* a record may make lines of two holders */
#define BATCH_NAMES   BATCH_RECORDS

struct batch_line {
	struct tally_line line; /* its holder: see below */
	struct hp_fold_ref holder;
};

struct batch {
	struct batch_line lines[BATCH_LINES];
	unsigned int len;
	struct hp_event names[BATCH_NAMES]; /* of holders that are new */
	unsigned int names_len;
};

/* A line that is to be counted. True: there is no room for another one. */
bool batch_add(struct batch *batch, const struct tally_line *line);

/* The record by which a new holder is known. True: as batch_add(). */
bool batch_name(struct batch *batch, const struct hp_event *record);

/* The lines have been handed out: count them. The batch is empty then. */
void batch_count(struct batch *batch, struct hp_told *told);
