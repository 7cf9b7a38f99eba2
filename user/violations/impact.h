/* SPDX-License-Identifier: MIT */
/*
 * What enforcement would deny, a row for each class, protocol, scope, port and
 * workload: sockets that have the port now, and violations that were reported. If a workload has
 * more than IMPACT_PORTS_MAX ports of one class, protocol and scope, they are one row. Pure.
 */
#pragma once

#include "../base/portset.h"
#include "../event/event.h"
#include "../identity/workload_find.h"
#include "impact_process.h"

#define IMPACT_PORTS_MAX  16 /* of a workload that have a row each; more of them are one row */
#define IMPACT_RANGES_MAX 64 /* of ports that are listed; if there are more, none is */

struct impact_row {
	uint8_t cls, proto, scope; /* enums of abi.h */
	uint8_t family;		   /* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN];
	uint16_t port;	       /* 0: any that the kernel chooses; of several: the lowest */
	struct portset *ports; /* all, without 0; NULL: this one only */
	uint32_t pid, uid;     /* pid 0: not known */
	char comm[HP_COMM_LEN + 1];
	struct impact_processes others; /* and their addresses; as many as there is room for */
	char *exe;			/* NULL: not known */
	bool kernel;			/* the workload is the kernel */
	uint8_t holder;			/* of a socket: enum receiver_holder */
	char *cgroup;			/* empty: not known */
	char *pod;	/* the key of the pod that declares the port and binds nothing, else NULL */
	char *workload; /* its workload_key(): rows of the same are one */
	uint64_t sockets;      /* that have the port now */
	uint64_t count;	       /* violations that were reported */
	struct timespec first; /* the first and the last of them, UTC */
	struct timespec last;
};

/*
 * Make a row of the violations that an event stands for; `workload`: its
 * workload_key(). 0, or -ENOMEM. The caller frees the row.
 */
int impact_row_new(const struct event *event, const char *workload, struct impact_row *ret_row);
void impact_row_free(struct impact_row *row);
#define _cleanup_impact_row_ _cleanup_(impact_row_free)

/*
 * Add the violations of an event; a row of one port: of an event of this port. The process and the
 * address are those of the later one.
 */
void impact_row_add_event(struct impact_row *row, const struct event *event);

/*
 * Add another row of the same workload, and its ports; two rows of one port have the same. What the
 * other row holds is freed, or the row's.
 */
void impact_row_merge(struct impact_row *row, struct impact_row *more);

/* The scope of an event's address, as the programs see it: enum hp_scope. */
uint8_t impact_scope(const struct event *event);

/* How many ports a row of several has, and the last of them; 0: it is of one. */
size_t impact_row_ports(const struct impact_row *row, uint16_t *ret_last);

/* Append a port, or "855 of 1024-65535"; `ports` 0: it is one. */
void impact_put_ports(uint64_t ports, uint64_t first, uint64_t last, struct buf *out);

/* The workload, with the names that are known by now. */
struct workload impact_row_workload(const struct impact_row *row,
				    const struct workload_facts *facts);

/* The word for where it is known from: a listener, violations alone, or a pod that declares it. */
const char *impact_row_source(const struct impact_row *row);

struct impact {
	struct impact_row *rows;
	size_t len, cap;
	uint64_t forgotten; /* violations that the rows lack: see ledger.h */
};

void impact_free(struct impact *impact);
#define _cleanup_impact_ _cleanup_(impact_free)

/* Add a socket that has a port now; `holder`: enum receiver_holder. 0, or -ENOMEM. */
int impact_add_socket(struct impact *impact, const struct event *event, uint8_t holder);

/*
 * Add violations that were reported, as they are classified now; of a row of several ports, those
 * of `ports`, which is not empty, else NULL. 0, or -ENOMEM.
 */
int impact_add_violations(struct impact *impact, const struct impact_row *reported, uint8_t cls,
			  const struct portset *ports);

/*
 * Once all are added: sort by class and workload, merge rows of the same, and make one of the ports
 * of a workload where they are many. Without memory for that, they stay as they are.
 */
void impact_settle(struct impact *impact);

/* Is there anything that enforcement would deny? */
bool impact_any(const struct impact *impact);
