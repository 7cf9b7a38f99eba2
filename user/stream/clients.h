/* SPDX-License-Identifier: MIT */
/*
 * The clients of the control socket. Each sends one request; the answer is a document, or
 * lines for as long as it reads them. What a client does not read in time waits in a queue of
 * its own, so it delays nobody.
 */
#pragma once

#include "../base/loop.h"
#include "control.h"

struct client;

struct clients {
	/* borrowed */
	struct loop *loop;
	struct loop_source *timer; /* calls clients_expire() each second while it runs */
	struct history *history;   /* for --replay */
	control_document_fn document;
	void *data; /* for it */

	bool timing;
	struct client *first;
	unsigned int len;
	uint64_t lost; /* lines, of clients that are gone */
};

/* Take over a connection; `refusal`: why it is not served, or NULL. 0, or a negative errno. */
int clients_add(struct clients *clients, int fd, const char *refusal);

/* Have the timer run: a client may take too long, or the caller has something to try again. */
void clients_start_timer(struct clients *clients);

/* Drop the clients that took too long. Is the timer still needed? */
bool clients_expire(struct clients *clients);

/* As control_tell(), control_flush() and control_stats(). */
void clients_tell(struct clients *clients, struct line *line);
void clients_flush(struct clients *clients);
void clients_stats(const struct clients *clients, unsigned int *ret_tails, uint64_t *ret_lost);

void clients_free(struct clients *clients);
