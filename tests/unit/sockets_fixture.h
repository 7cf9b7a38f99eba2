/* SPDX-License-Identifier: MIT */
/*
 * The socket table, the processes of sockets, control groups and the stream of lines, as a test
 * makes them, for what looks at the table. In place of kernel/sockets/, kernel/cgroup.c and the
 * stream's drain and deliver.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_identity.h"
#include "registry_cases.h"

#include "../../user/kernel/cgroup.h"
#include "../../user/kernel/sockets/ephemeral.h"
#include "../../user/kernel/sockets/sockdiag.h"
#include "../../user/stream/accounts.h"
#include "../../user/stream/deliver.h"
#include "../../user/stream/drain.h"
#include "../../user/violations/violations.h"

#define FAKE_SOCKETS 32
#define FAKE_LINES   32

/* Control groups: the programs are attached at /kubepods. */
enum { GROUP_INSIDE = 1, GROUP_BELOW, GROUP_OUTSIDE, GROUP_BESIDE, GROUP_UNKNOWN };

static const char *const fake_groups[] = {
	[GROUP_INSIDE] = "/kubepods",
	[GROUP_BELOW] = "/kubepods/pod",
	[GROUP_OUTSIDE] = "/system.slice",
	[GROUP_BESIDE] = "/kubepods.slice",
};

struct fake_line {
	struct hp_event record;
	uint64_t count, existing, recovered;
	uint8_t cls, verdict; /* as they are to be counted */
};

/* What the kernel has, and what came of it. */
static struct world {
	/* the table, with what is known once the processes are looked for */
	struct receivers_socket sockets[FAKE_SOCKETS];
	size_t len;
	uint32_t unreadable;
	struct port_range range;
	int read_error, name_error, close_error, owners_error;
	unsigned int owners; /* that are open: what looks for sockets' processes */
	bool sees_all;
	unsigned int reads, names, closes;
	uint16_t closed_port; /* the last one */
	/* records on their way: a hook's come with this drain of the ring (0: with none) */
	struct socket_table *table;
	struct hp_event waiting;
	unsigned int drains, waiting_for, all_drains;
	/* lines */
	struct fake_line lines[FAKE_LINES];
	size_t lines_len, flushed;
	uint64_t lost;
	char declared[FAKE_LINES]
		     [64]; /* of a line that is a pod's: its namespace, name, container */
	unsigned int notices;
	enum notice_kind notice_kind; /* of the last one */
	char notice[256];	      /* its message */
} world;

int receivers_read(const struct netns *netns, receivers_keep_fn keep, void *data,
		   struct receivers *ret_receivers)
{
	(void)netns;
	world.reads++;
	*ret_receivers = (struct receivers) {
		.list = calloc(world.len, sizeof(*ret_receivers->list)), /* no room behind it */
		.unreadable = world.unreadable,
	};
	for (size_t i = 0; i < world.len; i++) {
		struct receivers_socket s = { .socket = world.sockets[i].socket };

		ret_receivers->seen++;
		if (keep(data, &s))
			ret_receivers->list[ret_receivers->len++] = s;
	}
	return world.read_error;
}

int receivers_name(struct receivers *receivers, struct socket_owners *finder)
{
	(void)finder;
	world.names++;
	for (size_t i = 0; i < receivers->len && !world.name_error; i++)
		for (size_t j = 0; j < world.len; j++) {
			const struct receivers_socket *from = &world.sockets[j];
			struct receivers_socket *s = &receivers->list[i];

			if (from->socket.cookie != s->socket.cookie)
				continue;
			s->pid = from->pid;
			s->asked = from->asked;
			memcpy(s->comm, from->comm, sizeof(s->comm));
		}
	return world.name_error;
}

/* Who has a socket without a process: as the test says, else the kernel. */
void receivers_find_holders(struct receivers *receivers, bool all_seen,
			    struct kernel_sockets *kernel_sockets, const struct netns *netns)
{
	assert_null(kernel_sockets);
	check_u64("the namespace's number", netns->inum, 77);
	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];

		s->holder = s->pid   ? RECEIVER_HOLDER_PROCESS :
			    all_seen ? RECEIVER_HOLDER_KERNEL :
				       RECEIVER_HOLDER_UNKNOWN;
		for (size_t j = 0; j < world.len; j++)
			if (world.sockets[j].holder && !s->pid &&
			    world.sockets[j].socket.cookie == s->socket.cookie)
				s->holder = world.sockets[j].holder;
	}
}

int kernel_sockets_new(struct kernel_sockets **ret_sockets)
{
	*ret_sockets = NULL;
	return 0;
}

void kernel_sockets_free(struct kernel_sockets *sockets)
{
	assert_null(sockets);
}

static inline int compare_sockets(const void *a, const void *b)
{
	const struct receivers_socket *x = a, *y = b;

	return receiver_compare(&x->socket, &y->socket);
}

void receivers_sort(struct receivers *receivers)
{
	if (receivers->len)
		qsort(receivers->list, receivers->len, sizeof(*receivers->list), compare_sockets);
}

void receivers_free(struct receivers *receivers)
{
	free(receivers->list);
	receivers->list = NULL;
	receivers->len = 0;
}

int socket_owners_new(uint32_t netns_inum, struct socket_owners **ret_finder)
{
	check_u64("the namespace's number", netns_inum, 77);
	if (world.owners_error)
		return world.owners_error;
	world.owners++;
	*ret_finder = (struct socket_owners *)&world.owners;
	return 0;
}

void socket_owners_free(struct socket_owners *finder)
{
	if (!finder)
		return;
	assert_ptr_equal(finder, &world.owners);
	world.owners--;
}

bool socket_owners_see_all(const struct socket_owners *finder)
{
	(void)finder;
	return world.sees_all;
}

int sockdiag_close(const struct netns *netns, const struct receiver *socket)
{
	(void)netns;
	world.closes++;
	world.closed_port = socket->port;
	return world.close_error;
}

int ephemeral_range(const struct netns *netns, uint16_t *ret_first, uint16_t *ret_last)
{
	(void)netns;
	*ret_first = world.range.first;
	*ret_last = world.range.last;
	return 0;
}

const char *cgroup_name(struct cgroup_names *names, uint64_t id)
{
	(void)names;
	return id < ARRAY_LEN(fake_groups) ? fake_groups[id] : NULL;
}

void drain_records(struct stream *stream)
{
	(void)stream;
	if (++world.drains == world.waiting_for)
		socket_table_remember(world.table, &world.waiting);
}

void drain_all(struct stream *stream)
{
	world.all_drains++;
	drain_records(stream);
}

void deliver_line(struct stream *stream, const struct hp_event *record,
		  const struct tally_line *line, uint64_t first_ns, uint64_t last_ns)
{
	(void)stream;
	assert_true(world.lines_len < FAKE_LINES);
	assert_null(line->holder);
	check_u64("a moment", first_ns, record->time_ns);
	check_u64("a moment", last_ns, record->time_ns);
	world.lines[world.lines_len++] = (struct fake_line) {
		*record, line->count, line->existing, line->recovered, line->cls, line->verdict,
	};
}

void deliver_declared(struct stream *stream, const struct hp_event *record, const struct pod *pod,
		      const char *container)
{
	size_t at = world.lines_len++;

	(void)stream;
	if (at >= FAKE_LINES) /* it is only counted */
		return;
	(void)snprintf(world.declared[at], sizeof(world.declared[0]), "%s/%s/%s", pod->namespace_,
		       pod->name, container);
	world.lines[at] = (struct fake_line) {
		*record, 1, 1, 0, record->key.cls, record->key.verdict,
	};
}

void deliver_notice(struct stream *stream, struct notice *notice)
{
	(void)stream;
	world.notices++;
	world.notice_kind = notice->kind;
	(void)snprintf(world.notice, sizeof(world.notice), "%s", notice->message);
}

void deliver_flush(struct stream *stream)
{
	(void)stream;
	world.flushed = world.lines_len;
}

uint64_t accounts_lost(struct kernel *kernel, const struct hp_told *told)
{
	(void)kernel;
	(void)told;
	return world.lost;
}

/* ---- what looks at it ---------------------------------------------------------------------- */

struct fixture {
	struct in_force in_force;
	struct stream stream;
	struct netns netns;
	struct sweep sweep;
	struct violations violations;
};

/* The lists that tests share: beside them, ports are unregistered or, in the range, chosen. */
#define LISTS                                                                                      \
	"entries:\n"                                                                               \
	"  - {ports: 80, protocol: tcp, process: web, team: edge}\n"                               \
	"  - {ports: 81, protocol: tcp, process: local, scope: localhost}\n"                       \
	"ranges:\n"                                                                                \
	"  - {ports: 9000-9099, protocol: tcp}\n"                                                  \
	"retired:\n"                                                                               \
	"  - {ports: 32768, protocol: tcp, process: old, removed: '4.1'}\n"                        \
	"  - {ports: 60999, protocol: tcp, process: old, removed: '4.1'}\n"                        \
	"  - {ports: 61000, protocol: tcp, process: old, removed: '4.1'}\n"                        \
	"  - {ports: 40000, protocol: udp, process: old, removed: '4.1'}\n"                        \
	"exceptions:\n"                                                                            \
	"  - {ports: 8090, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"

static inline void use_registry(struct fixture *f, const char *lists)
{
	struct in_force *in_force = &f->in_force;

	policy_free(in_force->policy);
	in_force->registry = registry_of_lists(lists);
	in_force->facts = (struct node_facts) { .today = { 2026, 11, 22 } };
	assert_int_equal(policy_build(in_force->registry, &in_force->facts, &in_force->policy), 0);
	generations_add(&in_force->generations, in_force->registry, in_force->policy);
	generations_published(&in_force->generations, 3);
	in_force->decision.generation = 3;
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	world = (struct world) { .range = { 32768, 60999 }, .sees_all = true };
	world.table = &f->sweep.table;
	f->in_force.decision = (struct hp_config) {
		.mode = HP_MODE_AUDIT,
		.denies = POLICY_DENIES_DEFAULT,
	};
	use_registry(f, LISTS);
	f->netns = (struct netns) { .fd = -1, .inum = 77 };
	f->sweep.table.in_force = &f->in_force;
	f->sweep.table.stream = &f->stream;
	f->sweep.table.identity = fake_identity_new();
	f->sweep.table.netns = &f->netns;
	f->sweep.table.range = world.range;
	f->sweep.table.cgroup = fake_groups[GROUP_INSIDE];
	f->violations.sweep = &f->sweep;
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->sweep.table.identity);
	policy_free(f->in_force.policy);
	generations_free(&f->in_force.generations);
	free(f);
	return 0;
}

/* The same, with the table open. */
static inline int open_table(void **state)
{
	struct fixture *f;

	assert_int_equal(setup(state), 0);
	f = *state;
	return socket_table_open(&f->sweep.table);
}

static inline int close_table(void **state)
{
	struct fixture *f = *state;

	socket_table_close(&f->sweep.table);
	return teardown(state);
}

/* The same, with the memory of violations. */
static inline int start_violations(void **state)
{
	struct fixture *f;

	assert_int_equal(open_table(state), 0);
	f = *state;
	return violations_start(&f->violations);
}

static inline int stop_violations(void **state)
{
	struct fixture *f = *state;

	violations_stop(&f->violations);
	return close_table(state);
}

/* A socket of a process, on all addresses, in a control group that the programs see. */
static inline struct receivers_socket *add_socket(uint8_t proto, uint16_t port)
{
	struct receivers_socket *s = &world.sockets[world.len];
	static uint64_t cookies = 100;

	assert_true(world.len < FAKE_SOCKETS);
	*s = (struct receivers_socket) {
		.socket = {
			.proto = proto,
			.family = 4,
			.port = port,
			.uid = 5,
			.inode = cookies + 1000,
			.cgroup_id = GROUP_BELOW,
			.cookie = ++cookies,
		},
		.pid = 200 + (uint32_t)world.len,
		.comm = "proc",
	};
	world.len++;
	return s;
}

/* A record of a hook, of the same socket and class. */
static inline struct hp_event hooked(const struct receivers_socket *s, uint8_t cls)
{
	return (struct hp_event) {
		.cookie = s->socket.cookie,
		.cgroup_id = s->socket.cgroup_id,
		.hook = HP_HOOK_POST_BIND,
		.key = {
			.proto = s->socket.proto,
			.port = s->socket.port,
			.cls = cls,
			.verdict = HP_VERDICT_AUDITED,
			.how = HP_HOW_BIND,
		},
	};
}
