/* SPDX-License-Identifier: MIT */
/*
 * The sockets that have a port now, decided with the policy in force: what
 * sweeps, `listeners`, `learn` and `mode` look at.
 *
 * The table does not say whether a bind() named a socket's port. The socket
 * does, if its process is known, and so does what the hooks reported of it.
 */
#pragma once

#include "../base/jsonw.h"
#include "../identity/identity.h"
#include "../kernel/netns.h"
#include "../kernel/sockets/receivers.h"
#include "../kernel/sockets/socket_owners.h"
#include "../pods/pod_ports.h"
#include "../policy/in_force.h"
#include "../stream/stream.h"
#include "reported_sockets.h"

struct socket_table {
	/* borrowed, set before socket_table_open() */
	const struct in_force *in_force;
	struct stream *stream;
	struct identity *identity;
	const struct netns *netns;
	const char *cgroup; /* where the programs are attached, below cgroup2's mount point */

	struct reported_sockets *reported;
	struct socket_owners *owners;
	struct kernel_sockets *kernel_sockets;
	struct event event;	 /* of the socket at hand: too large for the stack */
	struct port_range range; /* as last read */
	/* sockets of the last reading that socket_table_may_violate() was asked of */
	uint64_t verdicts[HP_VERDICT_MAX];
	uint32_t warned_unreadable; /* bits 1 << enum hp_proto */
};

int socket_table_open(struct socket_table *table); /* 0, or a negative errno */
void socket_table_close(struct socket_table *table);

/* A violation was reported: a sweep does not report its socket again. */
void socket_table_remember(struct socket_table *table, const struct hp_event *record);

/* The socket as reported_sockets.h knows it. */
struct reported_socket socket_table_key(const struct receivers_socket *socket, uint8_t cls);

/* The socket as pod_ports.h asks for it. */
struct pod_ports_query socket_table_query(const struct receiver *socket);

/* Read the table; `keep` gets this table. As receivers_read(). */
int socket_table_read(struct socket_table *table, receivers_keep_fn keep,
		      struct receivers *ret_receivers);

/* A receivers_keep_fn of sockets that violate the policy, or may once their process is known. */
bool socket_table_may_violate(void *table, struct receivers_socket *socket);

/* Find who has the sockets: processes, the kernel or nobody. */
void socket_table_name(struct socket_table *table, struct receivers *receivers);

/* Find the sockets' processes, decide each with a configuration, and sort them. */
void socket_table_decide_all(struct socket_table *table, const struct hp_config *config,
			     struct receivers *receivers);

/*
 * Read the sockets that violate the policy, or may, and decide them with a
 * configuration and all that the hooks saw. As receivers_read().
 */
int socket_table_find(struct socket_table *table, const struct hp_config *config,
		      struct receivers *ret_receivers);

/* Decide a socket with the policy and the configuration in force, as far as it is known who has it.
 */
void socket_table_decide(const struct socket_table *table, struct receivers_socket *socket);

/* Is the control group known, and one whose bind() calls the programs see, or don't see? */
bool socket_table_is_checked(const struct socket_table *table, uint64_t cgroup_id);
bool socket_table_is_unchecked(const struct socket_table *table, uint64_t cgroup_id);

/* A socket as a record of the kernel: how = existing, without a time. */
void socket_table_record(const struct socket_table *table, const struct receivers_socket *socket,
			 struct hp_event *ret_record);

/* Describe a socket in table->event. */
void socket_table_describe(struct socket_table *table, const struct receivers_socket *socket);

/* Write a member: an array of the words of protocols, given as bits 1 << enum hp_proto. */
void socket_table_put_protocols(struct jsonw *w, const char *key, uint32_t protocols);
