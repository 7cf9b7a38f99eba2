// SPDX-License-Identifier: MIT
#include "receiver.h"

#include <arpa/inet.h>
#include <string.h>

uint8_t receiver_scope(const struct receiver *socket)
{
	uint32_t a[4];

	memcpy(a, socket->addr, sizeof(a));
	return socket->family == 4 ?
		       hp_scope_of4(ntohl(a[0])) :
		       hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

/* The range may be another one than when the kernel chose: the socket knows better. */
static bool is_chosen(const struct receiver *socket, const struct port_range *range, uint8_t asked)
{
	return asked == HP_ASKED_UNKNOWN ?
		       hp_may_be_chosen(socket->port, range->first, range->last) :
		       asked == HP_ASKED_NO;
}

/* Is the port named for more than those that send from it? */
static bool names_port(const struct hp_row *row)
{
	return row &&
	       (row->row[HP_SCOPE_EXTERNAL] || row->row[HP_SCOPE_LOCALHOST] || row->excepted);
}

struct hp_decision receiver_decide(const struct policy *policy, const struct hp_config *config,
				   const struct port_range *range, const struct receiver *socket,
				   struct receiver_facts facts)
{
	const struct hp_row *row = policy_find(policy, socket->proto, socket->port);
	const struct hp_query query = {
		.proto = socket->proto,
		.scope = receiver_scope(socket),
		.port = socket->port,
		.kernel_socket = facts.kernel,
		.chosen = is_chosen(socket, range, facts.asked),
		.grants = facts.undeclared ? HP_GRANTS_UNDECLARED : 0,
	};
	bool datagrams = socket->proto == HP_PROTO_UDP || socket->proto == HP_PROTO_UDPLITE;
	struct hp_decision d = { 0 };

	if (!socket->port || (socket->connected && !names_port(row)))
		return d;
	d = policy_decide_for(policy, config, &query, facts.who);
	if (datagrams && d.cls == HP_CLASS_EPHEMERAL)
		d.verdict = HP_VERDICT_ALLOWED;
	return d;
}

static const char *const holder_words[] = {
	[RECEIVER_HOLDER_UNKNOWN] = "unknown",
	[RECEIVER_HOLDER_PROCESS] = "process",
	[RECEIVER_HOLDER_KERNEL] = "kernel",
	[RECEIVER_HOLDER_NONE] = "none",
};
_Static_assert(sizeof(holder_words) / sizeof(*holder_words) == RECEIVER_HOLDER_MAX, "each a word");

const char *receiver_holder_word(uint8_t holder)
{
	return holder_words[holder < RECEIVER_HOLDER_MAX ? holder : RECEIVER_HOLDER_UNKNOWN];
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

int receiver_compare(const struct receiver *a, const struct receiver *b)
{
	int r = COMPARE(a->proto, b->proto);

	if (!r)
		r = COMPARE(a->port, b->port);
	if (!r)
		r = COMPARE(a->family, b->family);
	if (!r)
		r = memcmp(a->addr, b->addr, sizeof(a->addr));
	if (!r)
		r = COMPARE(a->cgroup_id, b->cgroup_id);
	if (!r)
		r = COMPARE(a->uid, b->uid);
	return r ? r : COMPARE(a->cookie, b->cookie);
}

bool receiver_alike(const struct receiver *a, const struct receiver *b)
{
	struct receiver like = *b;

	like.cookie = a->cookie;
	return receiver_compare(a, &like) == 0;
}

void documented_fill(const struct registry *reg, struct documented *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t l = 0; l < reg->len; l++) {
		const struct reg_layer *layer = &reg->layers[l];

		for (size_t i = 0; i < layer->len; i++) {
			const struct reg_row *row = &layer->rows[i];

			if (row->kind != REG_RANGE || row->dropped)
				continue;
			for (uint32_t port = row->first; port <= row->last; port++)
				ret->ports[row->proto][port / 64] |= 1ULL << port % 64;
		}
	}
}

int documented_has(const struct documented *documented, const struct receiver *socket)
{
	uint8_t proto = socket->proto;

	if (receiver_scope(socket) == HP_SCOPE_LOCALHOST ||
	    (proto != HP_PROTO_TCP && proto != HP_PROTO_UDP && proto != HP_PROTO_SCTP))
		return -1;
	return documented->ports[proto][socket->port / 64] >> socket->port % 64 & 1;
}
