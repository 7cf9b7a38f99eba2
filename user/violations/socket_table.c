// SPDX-License-Identifier: MIT
#include "socket_table.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../kernel/sockets/ephemeral.h"
#include "../registry/words.h"
#include "../stream/describe.h"
#include "../stream/drain.h"

int socket_table_open(struct socket_table *table)
{
	int r = reported_sockets_new(&table->reported);

	if (r == 0)
		r = socket_owners_new(table->netns->inum, &table->owners);
	return r < 0 ? r : kernel_sockets_new(&table->kernel_sockets);
}

void socket_table_close(struct socket_table *table)
{
	reported_sockets_free(table->reported);
	socket_owners_free(table->owners);
	kernel_sockets_free(table->kernel_sockets);
}

void socket_table_remember(struct socket_table *table, const struct hp_event *record)
{
	struct reported_socket socket = {
		.cookie = record->cookie,
		.cgroup_id = record->cgroup_id,
		.proto = record->key.proto,
		.cls = record->key.cls,
		.port = record->key.port,
	};

	/* a denied socket has no port: if it gets the port in another way, that is news */
	if (record->key.verdict == HP_VERDICT_DENIED)
		return;
	if (record->hook == HP_HOOK_SWEEP)
		reported_sockets_add_swept(table->reported, &socket);
	else
		reported_sockets_add_hooked(table->reported, &socket);
}

struct reported_socket socket_table_key(const struct receivers_socket *s, uint8_t cls)
{
	return (struct reported_socket) {
		.cookie = s->socket.cookie,
		.cgroup_id = s->socket.cgroup_id,
		.proto = s->socket.proto,
		.cls = cls,
		.port = s->socket.port,
	};
}

/* Did a bind() name its port? The socket knows best; a hook may have seen it. */
static uint8_t was_asked_for(const struct socket_table *table, const struct receivers_socket *s)
{
	struct reported_socket key = socket_table_key(s, HP_CLASS_UNREGISTERED);

	if (s->asked != HP_ASKED_UNKNOWN)
		return s->asked;
	return reported_sockets_has(table->reported, &key) ? HP_ASKED_YES : HP_ASKED_UNKNOWN;
}

struct pod_ports_query socket_table_query(const struct receiver *socket)
{
	struct pod_ports_query query = {
		.proto = socket->proto,
		.scope = receiver_scope(socket),
		.port = socket->port,
		.family = socket->family,
	};

	memcpy(query.addr, socket->addr, sizeof(query.addr));
	return query;
}

/* Is it of a pod that is known not to declare the port? */
static bool is_undeclared(const struct socket_table *table, const struct receivers_socket *s)
{
	const struct pod *pod = identity_pod(table->identity, s->socket.cgroup_id);
	const struct pod_ports_query query = socket_table_query(&s->socket);

	return pod && !pod_ports_declare(pod, &query);
}

static void decide(const struct socket_table *table, const struct hp_config *config,
		   struct receivers_socket *s)
{
	const struct policy *policy = table->in_force->policy;
	struct receiver_facts facts = {
		.asked = was_asked_for(table, s),
		.kernel = s->holder == RECEIVER_HOLDER_KERNEL,
	};
	const struct hp_row *row = policy_find(policy, s->socket.proto, s->socket.port);
	struct owner_of who;

	if (row && row->owners && !facts.kernel) {
		who = identity_owner(table->identity, s->socket.cgroup_id, s->pid);
		facts.who = &who;
	}
	facts.undeclared = row && is_undeclared(table, s);
	s->decision = receiver_decide(policy, config, &table->range, &s->socket, facts);
}

void socket_table_decide(const struct socket_table *table, struct receivers_socket *s)
{
	decide(table, &table->in_force->decision, s);
}

/* A chosen port, too: a look for its process may show that it was asked for. */
bool socket_table_may_violate(void *data, struct receivers_socket *s)
{
	struct socket_table *table = data;

	socket_table_decide(table, s);
	table->verdicts[s->decision.verdict]++;
	return receiver_violates(s->decision) || s->decision.cls == HP_CLASS_EPHEMERAL;
}

static void warn_unreadable(struct socket_table *table, uint32_t unreadable)
{
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (unreadable & ~table->warned_unreadable & 1U << p)
			log_warning("%s sockets are not swept: the kernel's sock_diag module for"
				    " them is missing",
				    word_proto(p));
	table->warned_unreadable |= unreadable;
}

int socket_table_read(struct socket_table *table, receivers_keep_fn keep,
		      struct receivers *ret_receivers)
{
	int r;

	(void)ephemeral_range(table->netns, &table->range.first, &table->range.last);
	memset(table->verdicts, 0, sizeof(table->verdicts));
	r = receivers_read(table->netns, keep, table, ret_receivers);
	warn_unreadable(table, ret_receivers->unreadable);
	return r;
}

void socket_table_name(struct socket_table *table, struct receivers *receivers)
{
	bool all_seen = receivers_name(receivers, table->owners) == 0 &&
			socket_owners_see_all(table->owners);

	receivers_find_holders(receivers, all_seen, table->kernel_sockets, table->netns);
}

void socket_table_decide_all(struct socket_table *table, const struct hp_config *config,
			     struct receivers *receivers)
{
	if (receivers->len)
		socket_table_name(table, receivers);
	for (size_t i = 0; i < receivers->len; i++)
		decide(table, config, &receivers->list[i]);
	receivers_sort(receivers);
}

int socket_table_find(struct socket_table *table, const struct hp_config *config,
		      struct receivers *ret_receivers)
{
	int r = socket_table_read(table, socket_table_may_violate, ret_receivers);

	drain_all(table->stream); /* what the hooks saw is remembered then */
	socket_table_decide_all(table, config, ret_receivers);
	return r;
}

/* Is the control group of a path one whose bind() calls the programs see? */
static bool is_below(const struct socket_table *table, const char *path)
{
	size_t len = strlen(table->cgroup);

	return strncmp(path, table->cgroup, len) == 0 && (path[len] == '/' || !path[len] || !len);
}

bool socket_table_is_checked(const struct socket_table *table, uint64_t cgroup_id)
{
	const char *path = cgroup_name(table->identity->v2, cgroup_id);

	return path && is_below(table, path);
}

bool socket_table_is_unchecked(const struct socket_table *table, uint64_t cgroup_id)
{
	const char *path = cgroup_name(table->identity->v2, cgroup_id);

	return path && !is_below(table, path);
}

void socket_table_record(const struct socket_table *table, const struct receivers_socket *s,
			 struct hp_event *ret_record)
{
	*ret_record = (struct hp_event) {
		.cgroup_id = s->socket.cgroup_id,
		.key = {
			.port = s->socket.port,
			.proto = s->socket.proto,
			.cls = s->decision.cls,
			.verdict = s->decision.verdict,
			.how = HP_HOW_EXISTING,
			.scope = receiver_scope(&s->socket),
		},
		.uid = s->socket.uid,
		.pid = s->pid,
		.row = s->decision.row,
		.policy_generation = table->in_force->decision.generation,
		.family = s->socket.family,
		.hook = HP_HOOK_SWEEP,
		.cookie = s->socket.cookie,
		.mode = (uint8_t)table->in_force->decision.mode,
		.kernel_thread = s->holder == RECEIVER_HOLDER_KERNEL,
	};
	memcpy(ret_record->addr, s->socket.addr, sizeof(ret_record->addr));
	memcpy(ret_record->comm, s->comm, sizeof(ret_record->comm));
}

void socket_table_describe(struct socket_table *table, const struct receivers_socket *s)
{
	struct hp_event record;

	socket_table_record(table, s, &record);
	describe_listener(table->identity, &table->in_force->generations, &record, &table->event);
}

void socket_table_put_protocols(struct jsonw *w, const char *key, uint32_t protocols)
{
	jsonw_array(w, key);
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (protocols & 1U << p)
			jsonw_string(w, NULL, word_proto(p));
	jsonw_array_end(w);
}
