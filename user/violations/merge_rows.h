/* SPDX-License-Identifier: MIT */
/*
 * The violations of many nodes, added up. What one workload does is one, whichever node it does it
 * on: a row for each class, protocol, workload and port, or one for many ports, as in impact.h.
 * Pure.
 */
#pragma once

#include "../base/jsonw.h"
#include "../base/stamp.h"
#include "../base/text_set.h"
#include "impact.h"
#include "learn_answer.h"

#define MERGE_ROWS_MAX	    16384
#define MERGE_MANY_MAX	    1024 /* of them with many ports, 8 KiB each */
#define MERGE_PROCESSES_MAX 5	 /* different ones that a row names */

struct merge_process {
	char *comm, *exe, *address; /* empty: not known */
	uint64_t uid;
};

struct merge_row {
	size_t source;	       /* number of its workload, class and protocol */
	uint64_t port;	       /* of many: not used; 0: one that the kernel chooses */
	struct portset *ports; /* of many: those that are known; NULL: it is of one */
	uint16_t first, last;  /* of many: the ends */
	uint64_t unlisted;     /* of many: the most that a node has without saying which */
	size_t node, example;  /* numbers of nodes: the latest, the first */
	uint64_t nodes;	       /* of many: see the source */
	uint64_t first_nodes;  /* where no row before it has its class, protocol and port */
	uint64_t now, sockets; /* that have it: on the latest node, and on the node with most */
	uint64_t count;	       /* of reported violations; the times of the first and the last */
	char since[STAMP_LEN + 1], until[STAMP_LEN + 1];
	bool bound;   /* somewhere by a process, not only declared by a pod */
	bool lacking; /* no row of a registry can be about it */
	bool folded;  /* the source has a row of many instead */
	struct merge_process processes[MERGE_PROCESSES_MAX];
	size_t processes_len;
};

/* Add up what documents say: whatever that is, the sum is a number of JSON. */
static inline uint64_t merge_rows_sum(uint64_t a, uint64_t b)
{
	return a + b < a || a + b > INT64_MAX ? INT64_MAX : a + b;
}

/* Programs choose their ports among the reserved ones, or among others. */
#define MERGE_BANDS 2

static inline size_t merge_rows_band(uint64_t port)
{
	return port > 1023;
}

struct merge_source {
	char *cls, *protocol; /* words, or whatever the answer has instead */
	char *who;	      /* the members `workload` and `cgroup`, JSON */
	size_t node;	      /* number of the latest */
	uint64_t nodes;
	uint64_t now_ports, now[MERGE_BANDS]; /* on the latest node: ports, sockets */
	uint64_t most[MERGE_BANDS], sockets;  /* sockets on the node with most: by band, of all */
	bool serves; /* on a node it has half of its ports open, and more than one */
	uint32_t rows[IMPACT_PORTS_MAX]; /* of one port each */
	size_t rows_len;
	size_t many; /* number of the row of many ports and 1; 0: there is none */
};

struct merge_rows {
	struct merge_row *list;
	size_t len, cap, many;
	struct text_set keys; /* of the sources: the number of one is that of its key */
	struct merge_source *sources;
	size_t sources_cap;
	size_t *met; /* numbers of the latest node's sources */
	size_t met_len, met_cap;
	uint64_t left_out; /* rows of nodes for which there was no room */
};

/* A row of a node. */
struct merge_seen {
	const struct answer_row *row;
	size_t node;	  /* its number, from 1 on */
	const char *name; /* of the node */
	uint64_t sockets; /* that have it */
	bool first;	  /* on the node, of this class, protocol and port */
};

/* Add a row. All of one node follow each other. 0, or -ENOMEM. */
int merge_rows_add(struct merge_rows *rows, const struct merge_seen *seen);

/* All rows of the latest node have been added. */
void merge_rows_end_node(struct merge_rows *rows);

/*
 * Append the member `violations`, a list as an agent answers it, those that most nodes have first;
 * `names`: of the nodes, by number less 1. A row has these members besides:
 *
 * nodes              that have it
 * nodes_first        how many of them no earlier row of its class, protocol and port counts
 * nodes_of_workload  that have any row of its class, protocol and workload
 * node               the first of its nodes, where its address was seen
 *
 * `sockets` is of the node with most; sockets_of_workload are all of its class, protocol and
 * workload on the node with most, either of the ports to 1023 or of the others. serves: on a node
 * half of its ports are open. 0, or -ENOMEM.
 */
int merge_rows_put(const struct merge_rows *rows, char *const *names, struct jsonw *w);

void merge_rows_free(struct merge_rows *rows);
