/* SPDX-License-Identifier: MIT */
/*
 * Which violations of the agent's answer are source ports: of workloads that bind to send from,
 * and take other ports the next time. They are learned as clients, rows for their owners alone.
 * Pure.
 */
#pragma once

#include "learn_answer.h"

struct learn_client {
	const struct answer_row *row; /* the first of its violations */
	uint16_t first, last;	      /* that the client is to have */
	size_t ports;		      /* that were seen among these */
};

struct learn_clients {
	struct learn_client *list; /* by protocol */
	size_t len;
};

/*
 * Find them, and set `covered` of the rows for which there is a client: all violations of its owner
 * and protocol among its ports. The ephemeral ports are the kernel's; 0: not known. 0, or -ENOMEM.
 * The clients borrow the rows; the caller frees them in any case.
 */
int learn_clients_find(struct answer_rows *rows, uint16_t ephemeral_first, uint16_t ephemeral_last,
		       struct learn_clients *ret_clients);
void learn_clients_free(struct learn_clients *clients);
#define _cleanup_learn_clients_ _cleanup_(learn_clients_free)
