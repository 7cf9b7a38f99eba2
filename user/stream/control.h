/* SPDX-License-Identifier: MIT */
/*
 * The control socket: root's alone, any number of clients up to a bound, none
 * of whom can hold up the agent or another client, or keep a place that he does not
 * use.
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
#define CONTROL_REQUEST_S    10 /* for who has connected to ask */
#define CONTROL_ANSWER_S     30 /* to read the answer, which for a tail has no end */

struct control;

/*
 * Append the document that answers a request that is no tail, one line without
 * its end. 0, or a negative errno, and then what stands in `out`, if anything, is
 * the sentence that says why.
 */
typedef int (*control_document_fn)(void *data, const struct request *request, struct buf *out);

/*
 * Listen. -EADDRINUSE: another agent, or program, answers there. -EEXIST: something that is
 * no socket is in the way. Else a negative errno. A socket that nobody answers
 * on is a dead agent's, and replaced. `history` is read for --replay.
 */
int control_open(struct loop *loop, const char *path, struct history *history,
		 control_document_fn document, void *data, struct control **ret_control);

/* Also takes the socket away. */
void control_close(struct control *control);
DEFINE_CLEANUP(struct control, control_close)

/* Give a line to every client that tails its class; it is written with control_flush(). */
void control_tell(struct control *control, struct line *line);

/*
 * Write what they were given. A client can be told more at once than his queue holds, however
 * fast he reads; `patient`: wait for such clients, though not for one who does not read, and
 * not for longer than a fifth of the time.
 */
void control_flush(struct control *control, bool patient);

/* Clients that tail, and the lines that slow ones of them lost so far. */
void control_stats(const struct control *control, unsigned int *ret_tails, uint64_t *ret_lost);
