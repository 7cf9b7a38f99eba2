/* SPDX-License-Identifier: MIT */
/* Standard output as the agent's log of events. It never blocks the agent. */
#pragma once

#include "../base/loop.h"
#include "history.h"

struct sink;

int sink_open(struct loop *loop, int fd, enum form form, struct sink **ret_sink);

/*
 * Write what waits, for `ms` at most, and return how many lines since the start
 * were not written.
 */
uint64_t sink_drain(struct sink *sink, int ms);

/* The descriptor stays open. */
void sink_close(struct sink *sink);
DEFINE_CLEANUP(struct sink, sink_close)

/* Queue a line; sink_flush() writes many at once. */
void sink_tell(struct sink *sink, struct line *line);
void sink_flush(struct sink *sink);

/* Lines that the reader of standard output did not get. */
uint64_t sink_lost(const struct sink *sink);
