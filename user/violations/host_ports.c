// SPDX-License-Identifier: MIT
#include "host_ports.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/hash.h"
#include "../base/log.h"
#include "../registry/words.h"
#include "../stream/deliver.h"
#include "../stream/drain.h"

#define SOON_MS 500

const char *host_ports_container(const struct node_ports_entry *entry)
{
	return entry->pod->containers[entry->port->container].name;
}

struct hp_decision host_ports_decide(const struct in_force *in_force,
				     const struct node_ports_entry *entry)
{
	const struct hp_query query = {
		.proto = entry->port->protocol,
		.scope = entry->scope,
		.port = entry->number,
	};
	const struct owner_of who = {
		.namespace_ = entry->pod->namespace_,
		.pod = entry->pod->name,
		.container = host_ports_container(entry),
		.exe = "",
	};
	struct hp_decision d =
		policy_decide_for(in_force->policy, &in_force->decision, &query, &who);

	if (d.verdict == HP_VERDICT_DENIED)
		d.verdict = HP_VERDICT_AUDITED;
	return d;
}

void host_ports_record(const struct in_force *in_force, const struct node_ports_entry *entry,
		       struct hp_decision decision, struct hp_event *ret_record)
{
	*ret_record = (struct hp_event) {
		.key = {
			.port = entry->number,
			.proto = entry->port->protocol,
			.cls = decision.cls,
			.verdict = decision.verdict,
			.how = HP_HOW_DECLARED,
			.scope = entry->scope,
		},
		.row = decision.row,
		.policy_generation = in_force->decision.generation,
		.family = entry->family,
		.hook = HP_HOOK_SWEEP,
		.mode = (uint8_t)in_force->decision.mode,
	};
	memcpy(ret_record->addr, entry->addr, sizeof(ret_record->addr));
}

/* Of a pod, and of the address that the port is for. */
static uint64_t id_of(const struct node_ports_entry *entry)
{
	uint64_t hash = hash_text(HASH_START, entry->pod->key);

	hash = hash_bytes(hash, &entry->family, sizeof(entry->family));
	return hash_bytes(hash, entry->addr, sizeof(entry->addr));
}

/* ---- hostPorts ----------------------------------------------------------------------------- */

/* Report a violation, unless it was. False: there is no room for one more line. */
static bool report(struct host_ports *ports, const struct node_ports_entry *entry, size_t *lines)
{
	const struct in_force *in_force = ports->table->in_force;
	const struct hp_decision d = host_ports_decide(in_force, entry);
	const struct reported_socket key = {
		.cgroup_id = id_of(entry),
		.proto = entry->port->protocol,
		.cls = d.cls,
		.port = entry->number,
	};
	struct hp_event record;

	if (!receiver_violates(d))
		return true;
	if (!reported_sockets_has(ports->reported, &key)) {
		if (*lines == HOST_PORTS_LINES)
			return false;
		++*lines;
		host_ports_record(in_force, entry, d, &record);
		record.time_ns = clock_boot_ns();
		deliver_declared(ports->table->stream, &record, entry->pod,
				 host_ports_container(entry));
		reported_sockets_add_swept(ports->reported, &key);
	}
	reported_sockets_keep(ports->reported, &key);
	return true;
}

/* False: not all could be reported. */
static bool report_all(struct host_ports *ports, const struct node_ports *all)
{
	size_t lines = 0;
	bool whole = true;

	for (size_t i = 0; i < all->len; i++)
		if (host_ports_is_redirected(&all->list[i]) &&
		    !report(ports, &all->list[i], &lines))
			whole = false;
	if (lines)
		deliver_flush(ports->table->stream);
	reported_sockets_sweep_end(ports->reported);
	return whole;
}

/* ---- ports that should be bound ------------------------------------------------------------ */

struct listening {
	struct portset ports[HP_PROTO_MAX];
};

static bool note_listening(void *data, struct receivers_socket *s)
{
	struct listening *listening = data;

	if (!s->socket.connected && s->socket.proto < HP_PROTO_MAX)
		portset_add(&listening->ports[s->socket.proto], s->socket.port);
	return false; /* no more of it is wanted */
}

/* Of init and ephemeral containers the ports are not bound for good. */
static bool should_be_bound(const struct node_ports_entry *entry)
{
	enum pod_container_kind kind = entry->pod->containers[entry->port->container].kind;

	return !host_ports_is_redirected(entry) &&
	       (kind == POD_CONTAINER_MAIN || kind == POD_CONTAINER_SIDECAR);
}

static void notify(struct host_ports *ports, const struct node_ports_entry *entry)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct notice notice = { .kind = NOTICE_NOT_BOUND, .time = clock_wall() };

	buf_printf(&message,
		   "pod %s/%s: container %s declares %s %u, and nothing has listened on it for %u"
		   " minutes: no other pod that declares it is scheduled on this node",
		   entry->pod->namespace_, entry->pod->name, host_ports_container(entry),
		   word_proto(entry->port->protocol), entry->number, UNBOUND_PORTS_S / 60);
	notice.message = message.failed ? "a declared port is not bound" : message.data;
	deliver_notice(ports->table->stream, &notice);
}

/* Note the ports that nothing listens on, but of protocols whose sockets are not listed. */
static void note_unbound(struct host_ports *ports, const struct node_ports *all,
			 const struct listening *listening, uint32_t unreadable)
{
	size_t notices = 0;

	for (size_t i = 0; i < all->len; i++) {
		const struct node_ports_entry *entry = &all->list[i];
		uint8_t proto = entry->port->protocol;
		bool may_tell = notices < HOST_PORTS_NOTICES;
		uint64_t id;

		if (!should_be_bound(entry) || unreadable & 1U << proto ||
		    portset_has(&listening->ports[proto], entry->number))
			continue;
		id = hash_bytes(id_of(entry), &proto, sizeof(proto));
		id = hash_bytes(id, &entry->port->container_port, sizeof(uint16_t));
		if (unbound_ports_note(&ports->unbound, id, may_tell) && may_tell) {
			notify(ports, entry);
			notices++;
		}
	}
}

static bool any_to_be_bound(const struct node_ports *all)
{
	for (size_t i = 0; i < all->len; i++)
		if (should_be_bound(&all->list[i]))
			return true;
	return false;
}

static void look_for_unbound(struct host_ports *ports, const struct node_ports *all)
{
	_cleanup_free_ struct listening *listening = NULL;
	_cleanup_receivers_ struct receivers none = { 0 };
	uint64_t now_s = clock_boot_s();

	if (ports->looked_s && now_s - ports->looked_s < HOST_PORTS_EVERY_S)
		return;
	ports->looked_s = now_s;
	if (any_to_be_bound(all)) {
		listening = calloc(1, sizeof(*listening));
		/* what can't be read says nothing: what was known stays */
		if (!listening ||
		    receivers_read(ports->table->netns, note_listening, listening, &none) < 0)
			return;
	}
	unbound_ports_begin(&ports->unbound, now_s);
	if (listening)
		note_unbound(ports, all, listening, none.unreadable);
	unbound_ports_end(&ports->unbound);
}

/* ---- when ---------------------------------------------------------------------------------- */

static void set_timer(struct host_ports *ports, bool soon)
{
	int r = loop_timer_set(ports->timer, soon ? SOON_MS : HOST_PORTS_EVERY_S * 1000, 0);

	ports->soon = soon && r == 0;
}

/* False: there was not room for all lines. */
static bool look(struct host_ports *ports)
{
	_cleanup_node_ports_ struct node_ports all = { 0 };
	bool whole;

	if (node_ports_collect(ports->table->identity->pods, &all) < 0) {
		log_warning("pods: their ports can't be looked at: %s", strerror(ENOMEM));
		return true;
	}
	drain_records(ports->table->stream); /* so that lines are in their order */
	whole = report_all(ports, &all);
	look_for_unbound(ports, &all);
	return whole;
}

void host_ports_look(struct host_ports *ports)
{
	bool whole = look(ports);

	set_timer(ports, !whole);
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	host_ports_look(data);
}

void host_ports_soon(struct host_ports *ports)
{
	if (ports->timer && !ports->soon)
		set_timer(ports, true);
}

int host_ports_start(struct host_ports *ports, struct loop *loop)
{
	int r = reported_sockets_new(&ports->reported);

	if (r == 0)
		r = unbound_ports_init(&ports->unbound);
	if (r == 0)
		r = loop_timer(loop, on_timer, ports, &ports->timer);
	if (r == 0)
		host_ports_look(ports);
	return r;
}

void host_ports_stop(struct host_ports *ports)
{
	reported_sockets_free(ports->reported);
	unbound_ports_free(&ports->unbound);
}
