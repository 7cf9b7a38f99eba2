/* SPDX-License-Identifier: MIT */
/* Describes lines, shows them to the observer, writes them and counts them. */
#pragma once

#include "../event/tally.h"
#include "stream.h"

/* Bytes in the ring that need no hurry. */
size_t deliver_little(const struct stream *stream);

/* A line of a record is due; deliver_flush() is to follow. */
void deliver_line(struct stream *stream, const struct hp_event *record,
		  const struct tally_line *line, uint64_t first_ns, uint64_t last_ns);

/*
 * A line is due of a violation that no program counted: a port that only a container of a pod
 * declares. deliver_flush() is to follow.
 */
void deliver_declared(struct stream *stream, const struct hp_event *record, const struct pod *pod,
		      const char *container);

/* Write the lines, and count them. */
void deliver_flush(struct stream *stream);

/* Keep the names of new holders that were left out so far. */
void deliver_name_rest(struct stream *stream);

/* Report something about the agent itself. No counter includes it. */
void deliver_notice(struct stream *stream, struct notice *notice);
