/* SPDX-License-Identifier: MIT */
/* One request to the agent that is answered by one document. */
#pragma once

#include "../base/json.h"
#include "client.h"
#include "verbs.h"

struct answer {
	struct client client;
	struct buf shown; /* the document, safe for a terminal */
	const char *line; /* its text */
	struct json *document;
};

/* Send a request, a line of JSON. As answer_get(). */
int answer_ask(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer);

/* Ask for a verb's document. EXIT_OK; or the exit status, after saying on stderr why not. */
int answer_get(const struct ctl *ctl, const char *verb, struct answer *ret_answer);

/* The same with a request of more than a verb. */
int answer_ask(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer);

void answer_free(struct answer *answer);
#define _cleanup_answer_ _cleanup_(answer_free)
