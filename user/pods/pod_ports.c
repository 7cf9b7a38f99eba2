// SPDX-License-Identifier: MIT
#include "pod_ports.h"

#include <arpa/inet.h>
#include <string.h>

void pod_ports_address(const struct pod_port *port, uint32_t ret_addr[4])
{
	uint32_t v6[4], v4[4] = { 0, 0, HP_V4_WORD, 0 };

	memset(ret_addr, 0, sizeof(v6));
	if (inet_pton(AF_INET6, port->host_ip, v6) == 1)
		memcpy(ret_addr, v6, sizeof(v6));
	else if (inet_pton(AF_INET, port->host_ip, &v4[3]) == 1)
		memcpy(ret_addr, v4, sizeof(v4));
}

bool pod_ports_key(const struct pod *pod, const struct pod_port *port,
		   struct hp_declared_key *ret_key)
{
	struct hp_declared_key key = { .port = pod_node_port(pod, port), .proto = port->protocol };
	uint32_t addr[4];

	if (!key.port)
		return false;
	pod_ports_address(port, addr);
	hp_declare_at(&key,
		      hp_scope_of6(ntohl(addr[0]), ntohl(addr[1]), ntohl(addr[2]), ntohl(addr[3])),
		      addr);
	*ret_key = key;
	return true;
}

static struct hp_declared_key key_of(const struct pod_ports_query *query)
{
	struct hp_declared_key key = { .port = query->port, .proto = query->proto };
	uint32_t addr[4] = { 0, 0, HP_V4_WORD, 0 };

	if (query->family == 4)
		memcpy(&addr[3], query->addr, 4);
	else
		memcpy(addr, query->addr, sizeof(addr));
	hp_declare_at(&key, query->scope, addr);
	return key;
}

static bool is_same(const struct hp_declared_key *a, const struct hp_declared_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

const struct pod_port *pod_ports_find(const struct pod *pod, const struct pod_ports_query *query)
{
	const struct hp_declared_key any = { .port = query->port, .proto = query->proto };
	const struct hp_declared_key here = key_of(query);
	struct hp_declared_key key;

	for (size_t i = 0; i < pod->ports_len; i++)
		if (pod_ports_key(pod, &pod->ports[i], &key) &&
		    (is_same(&key, &any) || is_same(&key, &here)))
			return &pod->ports[i];
	return NULL;
}

bool pod_ports_declare(const struct pod *pod, const struct pod_ports_query *query)
{
	return pod->incomplete || pod_ports_find(pod, query);
}

bool pod_ports_meet(const struct pod *pod, const struct pod_port *port,
		    const struct pod_ports_query *query)
{
	const struct hp_declared_key any = { .port = query->port, .proto = query->proto };
	const struct hp_declared_key here = key_of(query);
	struct hp_declared_key key;

	if (!pod_ports_key(pod, port, &key) || key.port != any.port || key.proto != any.proto)
		return false;
	return is_same(&key, &here) || is_same(&key, &any) || is_same(&here, &any);
}
