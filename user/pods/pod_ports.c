// SPDX-License-Identifier: MIT
#include "pod_ports.h"

#include <arpa/inet.h>
#include <string.h>

/* An address as IPv6 has it. False: the text is none. */
static bool read_address(const char *text, uint32_t ret_addr[4])
{
	uint32_t v4[4] = { 0, 0, HP_V4_WORD, 0 };

	if (inet_pton(AF_INET6, text, ret_addr) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4[3]) != 1)
		return false;
	memcpy(ret_addr, v4, sizeof(v4));
	return true;
}

bool pod_ports_key(const struct pod *pod, const struct pod_port *port,
		   struct hp_declared_key *ret_key)
{
	struct hp_declared_key key = { .port = pod_node_port(pod, port), .proto = port->protocol };
	uint32_t addr[4];
	uint8_t scope;

	if (!key.port)
		return false;
	if (read_address(port->host_ip, addr)) {
		scope = hp_scope_of6(ntohl(addr[0]), ntohl(addr[1]), ntohl(addr[2]),
				     ntohl(addr[3]));
		hp_declare_at(&key, scope, addr);
	}
	*ret_key = key;
	return true;
}

bool pod_ports_declare(const struct pod *pod, const struct pod_ports_query *query)
{
	const struct hp_declared_key any = { .port = query->port, .proto = query->proto };
	struct hp_declared_key here = any, key;
	uint32_t addr[4] = { 0, 0, HP_V4_WORD, 0 };

	if (query->family == 4)
		memcpy(&addr[3], query->addr, 4);
	else
		memcpy(addr, query->addr, sizeof(addr));
	hp_declare_at(&here, query->scope, addr);
	for (size_t i = 0; i < pod->ports_len; i++)
		if (pod_ports_key(pod, &pod->ports[i], &key) &&
		    (memcmp(&key, &any, sizeof(key)) == 0 || memcmp(&key, &here, sizeof(key)) == 0))
			return true;
	return pod->incomplete;
}
