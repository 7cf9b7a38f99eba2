/* SPDX-License-Identifier: MIT */
/* Lines are described, observed, handed to their readers and counted. */
#pragma once

#include "../event/tally.h"
#include "stream.h"

/* So much of the ring that there is time while no more waits there. */
size_t deliver_little(const struct stream *stream);

/* A line of a record is due; deliver_flush() is to follow. */
void deliver_line(struct stream *stream, const struct hp_event *record,
		  const struct tally_line *line, uint64_t first_ns, uint64_t last_ns);

/* Write the lines, and count them. */
void deliver_flush(struct stream *stream);

/* Keep the names of new holders for which there was no time. */
void deliver_name_rest(struct stream *stream);

/* Report something of the agent itself. It is in no counter. */
void deliver_notice(struct stream *stream, struct notice *notice);
