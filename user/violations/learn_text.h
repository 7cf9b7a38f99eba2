/* SPDX-License-Identifier: MIT */
/* Texts of the agent's answer to `learn`, made safe for comments and strings of a layer. Pure. */
#pragma once

#include "../base/buf.h"
#include "learn_answer.h"

#define LEARN_TEXT_MAX 200 /* bytes of one text from outside; a reason may have far more */

/*
 * Append a text from outside, and no more than about `max` bytes. Letters of ASCII only: YAML takes
 * more characters for the end of a line than a terminal does.
 */
void learn_put_inert(struct buf *out, const char *text, size_t max);

/* Append a time to the second. A text from outside that is no time becomes a question mark. */
void learn_put_time(struct buf *out, const char *text);

/* The name of the process, a text from outside; of a hostPort, which has none, that word. */
const char *learn_process_name(const struct answer_row *v);

/* Append which workload and processes, where, how often and when: what follows the # of a comment.
 */
void learn_put_facts(const struct answer_row *v, struct buf *out);
