/* SPDX-License-Identifier: MIT */
/* One request to the agent that is answered by one document. */
#pragma once

#include "../base/json.h"
#include "client.h"
#include "verb.h"

struct answer {
	struct client client;
	struct buf shown; /* the document's text, safe for a terminal */
	struct json *document;
};

/* Send a request, a line of JSON. 0; or as client_open(), with its sentence in `reason`. */
int answer_try(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer,
	       struct buf *reason);

/* The same: EXIT_OK; or the exit status, after saying why not. */
int answer_ask(const struct ctl *ctl, const struct buf *request, struct answer *ret_answer);

/* The same with a request that is only a verb. */
int answer_get(const struct ctl *ctl, const char *verb, struct answer *ret_answer);

/*
 * Ask where no agent is needed. 0 with the document, which is the caller's; or a negative errno,
 * with the reason in `why`, and nothing is said.
 */
int answer_document(const struct ctl *ctl, const char *verb, struct json **ret_document,
		    struct buf *why);

void answer_free(struct answer *answer);
#define _cleanup_answer_ _cleanup_(answer_free)
