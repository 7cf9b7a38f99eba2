/* SPDX-License-Identifier: MIT */
/*
 * The control socket. It is root's alone and serves clients up to a bound. No client can hold up
 * the agent or another client, or keep a place that it does not use.
 *
 * A client sends one line, a JSON object (request.h). The answer's first line
 * is {"ok":true} or {"error":"..."}; what follows is the verb's.
 */
#pragma once

#include <stdint.h>

#include "../base/loop.h"
#include "history.h"

#define CONTROL_TAILS_MAX    64
#define CONTROL_CLIENTS_MAX  (CONTROL_TAILS_MAX + 16) /* tails don't keep status out */
#define CONTROL_DOCUMENT_MAX (16U << 20)
#define CONTROL_REQUEST_S    10 /* from a connection to its request */
#define CONTROL_ANSWER_S     30 /* to read a document; a tail has no end */

struct control;

/*
 * Append the document that answers a request other than tail, one line without its end. 0, or a
 * negative errno; then `out` holds the sentence that says why, or nothing.
 */
typedef int (*control_document_fn)(void *data, const struct request *request, struct buf *out);

/*
 * Listen. A socket that nobody answers on was left by a dead agent and is replaced.
 * -EADDRINUSE: another agent or program answers there; -EEXIST: something that is no socket is
 * in the way; or another negative errno. `history` is read for --replay.
 */
int control_open(struct loop *loop, const char *path, struct history *history,
		 control_document_fn document, void *data, struct control **ret_control);

/* Also removes the socket. */
void control_close(struct control *control);
DEFINE_CLEANUP(struct control, control_close)

/* Give a line to every client that tails its class; control_flush() is to follow. */
void control_tell(struct control *control, struct line *line);

/* Write what the clients take now. It never waits for one: the rest stays in their queues. */
void control_flush(struct control *control);

/* Clients that tail, and the lines that slow ones of them lost so far. */
void control_stats(const struct control *control, unsigned int *ret_tails, uint64_t *ret_lost);
