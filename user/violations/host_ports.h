/* SPDX-License-Identifier: MIT */
/*
 * Ports that pods declare and do not bind. A hostPort of a pod with a network of its own is never
 * bound, because the network plugin redirects the port: it is decided as if its container bound it,
 * and a violation is reported once. A port of a pod on the host's network should be bound: if
 * nothing listens on it for long, a notice says so.
 */
#pragma once

#include "../pods/node_ports.h"
#include "socket_table.h"
#include "unbound_ports.h"

#define HOST_PORTS_EVERY_S 60
#define HOST_PORTS_LINES   256 /* at most, at one look; the others come with the next one */
#define HOST_PORTS_NOTICES 16  /* the same */

struct host_ports {
	struct socket_table
		*table; /* borrowed, set before the start; its identity knows the pods */

	struct reported_sockets *reported; /* by their pods, and not by control groups */
	struct unbound_ports unbound;
	uint64_t looked_s;	   /* for listeners; 0: never */
	struct loop_source *timer; /* NULL: not started */
	bool soon;		   /* the timer was set for it */
};

/* Look now, and from time to time. 0, or a negative errno. */
int host_ports_start(struct host_ports *ports, struct loop *loop);
void host_ports_stop(struct host_ports *ports);

/* What the pods declare has changed: look within a second. Before the start: nothing. */
void host_ports_soon(struct host_ports *ports);

/* Look now. */
void host_ports_look(struct host_ports *ports);

/* Is it a port that no bind() takes? */
static inline bool host_ports_is_redirected(const struct node_ports_entry *entry)
{
	return !entry->pod->host_network;
}

/*
 * Decide a port with the policy in force, as if its container bound it; a violation is audited,
 * because there is no bind() to deny.
 */
struct hp_decision host_ports_decide(const struct in_force *in_force,
				     const struct node_ports_entry *entry);

/* A record of it: how = declared, without a time. */
void host_ports_record(const struct in_force *in_force, const struct node_ports_entry *entry,
		       struct hp_decision decision, struct hp_event *ret_record);

/* The name of the container that declares it. */
const char *host_ports_container(const struct node_ports_entry *entry);
