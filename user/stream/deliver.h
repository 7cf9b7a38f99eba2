/* SPDX-License-Identifier: MIT */
/* What tell.c hands on: lines to be told, and what is to be known of them later. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../event/tally.h"

struct agent;

/* So much of the ring that there is time while no more waits there. */
size_t deliver_little(const struct agent *agent);

/* Tell a line of a record; deliver_flush() is to follow. */
void deliver_line(struct agent *agent, const struct hp_event *record, const struct tally_line *line,
		  uint64_t first_ns, uint64_t last_ns);

/* A sweep is not to tell of the record's socket again. */
void deliver_remember(struct agent *agent, const struct hp_event *record);

/* Keep the names of new holders that there was no time for. */
void deliver_name_rest(struct agent *agent);
