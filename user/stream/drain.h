/* SPDX-License-Identifier: MIT */
/* Takes records from the kernel and makes lines of them. */
#pragma once

#include "stream.h"

/* Prepare the folding and wait for records. 0, or a negative errno. */
int drain_start(struct stream *stream);

/* Take all that the kernel has now, with pending counts. Before drain_start(): nothing. */
void drain_all(struct stream *stream);

/* Take the waiting records: then all that the hooks saw is known. */
void drain_records(struct stream *stream);

void drain_stop(struct stream *stream);
