/* SPDX-License-Identifier: MIT */
/* The violations that the agent answers to `learn`, as rows of a registry need them. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../base/cleanup.h"
#include "../base/json.h"
#include "../base/portset.h"

/* Violations of one workload. */
struct answer_row {
	const struct json *json;
	size_t number;	/* in the answer */
	char *workload; /* in words */
	/* What can be named as its owner: a service, its one program; NULL: it can't. Of the JSON.
	 */
	const char *unit, *exe;
	bool nameless; /* the processes had ended before their program was known */
	bool lacking;  /* no row can be about it; then nothing of what follows is set, but chosen */
	bool chosen;   /* not one port, but any that the kernel chooses */
	uint8_t proto, cls;
	uint16_t port, last;  /* of several ports: the ends */
	size_t ports;	      /* 0: it is one */
	struct portset *list; /* of several: all; NULL: they are too many runs */
	uint64_t sockets;     /* that have one of the ports now; of many nodes: on one of them */
	bool covered;	      /* a client is learned for it: see learn_clients.h */
	/* Of an answer for many nodes (merge_rows.h), else 0. */
	uint64_t nodes;		    /* that have it */
	uint64_t nodes_first;	    /* that no earlier row of the port and class counts */
	uint64_t nodes_of_workload; /* that have any row of its workload, protocol and class */
	uint64_t at_once;	    /* the most sockets that the workload has on one node */
};

struct answer_rows {
	struct answer_row *list; /* by protocol, class and port; those that lack come first */
	size_t len, lacking;
};

/*
 * Read the list, of whatever it is made. What makes no sense is lacking. 0, or -ENOMEM. The rows
 * borrow the JSON; the caller frees them in any case.
 */
int answer_rows_read(const struct json *list, struct answer_rows *ret_rows);
void answer_rows_free(struct answer_rows *rows);
#define _cleanup_answer_rows_ _cleanup_(answer_rows_free)
