/* SPDX-License-Identifier: MIT */
/* Records are taken from the kernel, and become lines. */
#pragma once

#include "stream.h"

/* Prepare the folding and wait for records. 0, or a negative errno. */
int drain_start(struct stream *stream);

/* Take all that the kernel has now, pending counts included. Nothing before drain_start(). */
void drain_all(struct stream *stream);

/* Take the records that wait: then all that the hooks saw is known. */
void drain_records(struct stream *stream);

void drain_stop(struct stream *stream);
