/* SPDX-License-Identifier: MIT */
/* An event in as little memory as it needs, for who keeps many. Pure. */
#pragma once

#include "event.h"

/* Make the event what the buffer holds; out->failed if there was no memory. `node` is not copied.
 */
void event_pack(const struct event *event, struct buf *out);

/*
 * The event again. What it names of the registry points into the buffer. False, and nothing
 * is written: there is none.
 */
bool event_unpack(const struct buf *packed, struct event *ret_event);
