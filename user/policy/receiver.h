/* SPDX-License-Identifier: MIT */
/*
 * A socket that receives on a port, as the kernel's socket table shows it, and
 * what the policy says of it. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

struct receiver {
	uint8_t proto;		   /* enum hp_proto */
	uint8_t family;		   /* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN]; /* network byte order */
	uint16_t port;		   /* host byte order */
	bool connected;		   /* UDP: takes what its one peer sends, and nothing else */
	uint32_t uid;
	uint32_t interface; /* that it is bound to; 0: any */
	uint64_t inode;	    /* as /proc/PID/fd shows it */
	uint64_t cgroup_id; /* of cgroup2, of the process that made it; 0: not told */
	uint64_t cookie;    /* as bpf_get_socket_cookie() has it */
};

/* Who has a socket. */
enum receiver_holder {
	RECEIVER_HOLDER_UNKNOWN, /* not looked for, or not all processes could be seen */
	RECEIVER_HOLDER_PROCESS,
	RECEIVER_HOLDER_KERNEL,
	RECEIVER_HOLDER_NONE, /* no process, and the socket is not the kernel's */
	RECEIVER_HOLDER_MAX,
};

const char *receiver_holder_word(uint8_t holder);

/* Ports that the kernel chooses from, both included. */
struct port_range {
	uint16_t first, last;
};

/* What the table can't tell of a socket, but its reader may know. */
struct receiver_facts {
	uint8_t asked;		    /* enum hp_asked: did its caller ask for the port? */
	bool kernel;		    /* it is the kernel's own */
	bool undeclared;	    /* its process is in a pod that does not declare the port */
	const struct owner_of *who; /* its process; NULL: not known */
};

/*
 * Decide a socket. The table does not say whether a bind() named its port or the
 * kernel chose it: a port of the range without a row counts as chosen, unless the
 * facts say otherwise.
 *
 * HP_VERDICT_NONE: it receives nothing that a registry speaks of (a client's
 * connected UDP socket on a port without a row). A UDP socket on a chosen port
 * is always allowed: a client's looks the same.
 */
struct hp_decision receiver_decide(const struct policy *policy, const struct hp_config *config,
				   const struct port_range *range, const struct receiver *socket,
				   struct receiver_facts facts);

uint8_t receiver_scope(const struct receiver *socket); /* enum hp_scope */

/* Is the verdict one that makes an event? */
static inline bool receiver_violates(struct hp_decision decision)
{
	return decision.verdict > HP_VERDICT_ALLOWED;
}

/* Sorts by protocol, port, family and address; sockets that are alike stand together. */
int receiver_compare(const struct receiver *a, const struct receiver *b);

/* Do two sockets serve one address for one workload, as those of SO_REUSEPORT do? */
bool receiver_alike(const struct receiver *a, const struct receiver *b);

/* The ports that the registry's documented ranges have. */
struct documented {
	uint64_t ports[HP_PROTO_MAX][HP_BITMAP_U64]; /* a bit each */
};

void documented_fill(const struct registry *reg, struct documented *ret);

/*
 * Is the port in a documented range? 1 or 0; -1: that is not asked of a socket
 * that is not meant to be reachable, nor of other protocols than TCP, UDP, SCTP.
 */
int documented_has(const struct documented *documented, const struct receiver *socket);
