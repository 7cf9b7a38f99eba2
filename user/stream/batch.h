/* SPDX-License-Identifier: MIT */
/*
 * Lines that are handed to their readers together, and what has to be done for each of
 * them when that is done. Pure.
 */
#pragma once

#include "../event/tally.h"
#include "../violations/audited.h"

#define BATCH_RECORDS 64		  /* taken from the ring at once */
#define BATCH_LINES   (2 * BATCH_RECORDS) /* a record may tell of two holders */
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

/* What is known of the holder of a fold slot, for its next lines. */
struct holder {
	uint32_t generation; /* 0: nothing */
	uint32_t place;	     /* of the last event: see struct event */
	uint64_t remembered; /* the moment of the identity in which a socket of it was */
	bool unnamed;	     /* its name is still to be kept, for the next agent */
	struct audited_ref audited, learned;
};
