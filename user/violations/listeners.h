/* SPDX-License-Identifier: MIT */
/* The document of `hostportctl listeners`: the socket table, judged. */
#pragma once

#include "sweep.h"

/* Append the document. 0, or a negative errno. */
int listeners_json(struct sweep *sweep, struct buf *out);
