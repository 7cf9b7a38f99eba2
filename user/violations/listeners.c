// SPDX-License-Identifier: MIT
#include "listeners.h"

#include <errno.h>
#include <string.h>

#include "../base/jsonw.h"
#include "../stream/describe.h"
#include "../stream/drain.h"
#include "host_ports.h"

#define ROOM_LEFT (64U << 10) /* for one more listener and the document's end */

/* What the document is made of. */
struct view {
	struct socket_table *table;
	struct documented *documented;
	const struct pods *pods; /* NULL: none is known */
	struct node_ports ports; /* that they declare */
	bool knows_all;		 /* each pod of the node */
	struct buf *out;
	bool any;	 /* something was put */
	size_t left_out; /* beyond what a document may have */
};

static bool receives(void *data, struct receivers_socket *s)
{
	socket_table_decide(data, s);
	return s->decision.verdict != HP_VERDICT_NONE;
}

static int read_table(struct socket_table *table, struct receivers *ret_receivers)
{
	int r = socket_table_read(table, receives, ret_receivers);

	if (r < 0)
		return r;
	drain_records(table->stream); /* what the hooks saw is remembered then */
	socket_table_decide_all(table, &table->in_force->decision, ret_receivers);
	return 0;
}

/* ---- who declares it ----------------------------------------------------------------------- */

static void set_by(struct event_listener *listener, const struct pod *pod,
		   const struct pod_port *port)
{
	listener->by_namespace = pod->namespace_;
	listener->by_pod = pod->name;
	listener->by_container = pod->containers[port->container].name;
}

/* Does the socket's own pod declare its port? 1 or 0; -1: that is not known, or it has none. */
static int is_declared(const struct pod_entry *entry, const struct pod_ports_query *query,
		       struct event_listener *listener)
{
	const struct pod_port *port = entry ? pod_ports_find(entry->pod, query) : NULL;

	if (port)
		set_by(listener, entry->pod, port);
	return port ? 1 : !entry || entry->pod->incomplete ? -1 : 0;
}

/*
 * Which pods declare it, whoever has the socket. What comes to a hostPort is redirected before it
 * gets to a socket; but a plugin may leave loopback alone.
 */
static void find_others(const struct view *view, const struct pod_ports_query *query,
			struct event_listener *listener)
{
	const struct node_ports_entry *entry;
	size_t len;

	entry = node_ports_at(&view->ports, query->proto, query->port, &len);
	for (size_t i = 0; i < len; i++) {
		if (!pod_ports_meet(entry[i].pod, entry[i].port, query))
			continue;
		if (host_ports_is_redirected(&entry[i]) && query->scope == HP_SCOPE_EXTERNAL)
			listener->shadowed = true;
		if (!listener->by_pod)
			set_by(listener, entry[i].pod, entry[i].port);
	}
}

static void find_pods(const struct view *view, const struct workload *who,
		      const struct receiver *socket, struct event_listener *listener)
{
	const struct pod_entry *entry = workload_pod(view->pods, who);
	const struct pod_ports_query query = socket_table_query(socket);

	listener->declared = is_declared(entry, &query, listener);
	listener->orphan = who->kind == WORKLOAD_POD && view->knows_all && (!entry || entry->gone);
	find_others(view, &query, listener);
}

/* ---- the document -------------------------------------------------------------------------- */

/* Is there room for one more? */
static bool begin(struct view *view)
{
	if (view->out->len > CONTROL_DOCUMENT_MAX - ROOM_LEFT) {
		view->left_out++;
		return false;
	}
	if (view->any)
		buf_putc(view->out, ',');
	view->any = true;
	return true;
}

static void put_socket(struct view *view, const struct receivers_socket *s)
{
	struct event_listener listener = {
		.documented = documented_has(view->documented, &s->socket),
		.inode = s->socket.inode,
		.cookie = s->socket.cookie,
		.held_by = receiver_holder_word(s->holder),
	};

	if (!begin(view))
		return;
	socket_table_describe(view->table, s);
	find_pods(view, &view->table->event.workload, &s->socket, &listener);
	event_listener_json(&view->table->event, &listener, view->out);
}

/* A hostPort: nothing is bound, and yet the port is taken. */
static void put_declared(struct view *view, const struct node_ports_entry *entry)
{
	const struct in_force *in_force = view->table->in_force;
	struct receiver socket = {
		.proto = entry->port->protocol,
		.family = entry->family,
		.port = entry->number,
	};
	struct event_listener listener = { .no_socket = true,
					   .held_by = "declared",
					   .declared = 1 };
	struct hp_event record;

	if (!begin(view))
		return;
	memcpy(socket.addr, entry->addr, sizeof(socket.addr));
	listener.documented = documented_has(view->documented, &socket);
	set_by(&listener, entry->pod, entry->port);
	host_ports_record(in_force, entry, host_ports_decide(in_force, entry), &record);
	describe_listener(view->table->identity, &in_force->generations, &record,
			  &view->table->event);
	describe_declared(entry->pod, host_ports_container(entry), &view->table->event);
	event_listener_json(&view->table->event, &listener, view->out);
}

/* Does a port come before a socket's? Sockets of a port come before what is only declared. */
static bool is_before(const struct node_ports_entry *entry, const struct receiver *socket)
{
	uint8_t proto = entry->port->protocol;

	return proto != socket->proto ? proto < socket->proto : entry->number < socket->port;
}

/* Put the hostPorts from *at on that come before a socket; NULL: all. */
static void put_declared_before(struct view *view, const struct receiver *socket, size_t *at)
{
	for (; *at < view->ports.len; ++*at) {
		const struct node_ports_entry *entry = &view->ports.list[*at];

		if (socket && !is_before(entry, socket))
			return;
		if (host_ports_is_redirected(entry))
			put_declared(view, entry);
	}
}

static void put_all(struct view *view, const struct receivers *receivers)
{
	size_t at = 0;

	for (size_t i = 0; i < receivers->len; i++) {
		put_declared_before(view, &receivers->list[i].socket, &at);
		put_socket(view, &receivers->list[i]);
	}
	put_declared_before(view, NULL, &at);
}

static void put_document(struct view *view, const struct receivers *receivers)
{
	struct jsonw w = { .out = view->out };

	jsonw_object(&w, NULL);
	jsonw_array(&w, "listeners");
	put_all(view, receivers);
	jsonw_array_end(&w);
	jsonw_u64(&w, "left_out", view->left_out + view->ports.left_out);
	socket_table_put_protocols(&w, "unreadable", receivers->unreadable);
	jsonw_string_opt(&w, "node", view->table->identity->node);
	jsonw_object_end(&w);
}

int listeners_json(struct socket_table *table, struct buf *out)
{
	_cleanup_free_ struct documented *documented = malloc(sizeof(*documented));
	_cleanup_receivers_ struct receivers receivers = { 0 };
	struct view view = {
		.table = table,
		.documented = documented,
		.pods = table->identity->pods,
		.out = out,
	};
	int r = documented ? read_table(table, &receivers) : -ENOMEM;

	if (r == 0 && view.pods)
		r = node_ports_collect(view.pods, &view.ports);
	if (r < 0)
		return r;
	view.knows_all = view.pods && pods_know_all(view.pods);
	documented_fill(table->in_force->registry, documented);
	put_document(&view, &receivers);
	node_ports_free(&view.ports);
	return 0;
}
