/* SPDX-License-Identifier: MIT */
/* The document of `hostportctl listeners`: the socket table and the ports of pods, judged. */
#pragma once

#include "socket_table.h"

/* Append the document. 0, or a negative errno. */
int listeners_json(struct socket_table *table, struct buf *out);
