// SPDX-License-Identifier: MIT
#include "agent_pod.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../registry/words.h"
#include "answer.h"

/* One that is there goes before one that is gone. */
static const struct json *find(const struct json *pods, const char *namespace_, const char *name)
{
	const struct json *found = NULL;

	for (size_t i = 0; i < json_len(pods); i++) {
		const struct json *pod = json_at(pods, i);

		if (strcmp(json_member_text(pod, "namespace", ""), namespace_) != 0 ||
		    strcmp(json_member_text(pod, "name", ""), name) != 0)
			continue;
		if (json_u64(json_member(pod, "gone"), UINT64_MAX) == UINT64_MAX)
			return pod;
		found = found ? found : pod;
	}
	return found;
}

/* Ports of the node, as one on the host's network declares them. */
static size_t read_ports(const struct json *list, struct pod_port *ports)
{
	size_t n = 0;

	for (size_t i = 0; i < json_len(list); i++) {
		const struct json *port = json_at(list, i);
		int proto = word_to_proto(json_member_text(port, "protocol", ""));
		uint64_t number = json_member_u64(port, "port", 0);

		if (proto < 0 || !number || number > UINT16_MAX)
			continue;
		ports[n++] = (struct pod_port) {
			.protocol = (uint8_t)proto,
			.container_port = (uint16_t)number,
			.host_ip = json_member_text(port, "host_ip", ""),
		};
	}
	return n;
}

int agent_pod_find(const struct ctl *ctl, const char *namespace_, const char *name,
		   struct agent_pod *ret_pod)
{
	_cleanup_agent_pod_ struct agent_pod found = { 0 };
	_cleanup_buf_ struct buf why = { 0 };
	const struct json *pod, *ports;

	*ret_pod = (struct agent_pod) { 0 };
	if (answer_document(ctl, "pods", &found.document, &why) < 0)
		return 0;
	pod = find(json_member(found.document, "pods"), namespace_, name);
	if (!pod)
		return 0;
	ports = json_member(pod, "ports");
	found.ports = calloc(json_len(ports) + 1, sizeof(*found.ports));
	if (!found.ports)
		return -ENOMEM;
	found.pod = (struct pod) {
		.host_network = true,
		.incomplete = json_member_bool(pod, "incomplete", true),
		.ports = found.ports,
		.ports_len = read_ports(ports, found.ports),
	};
	*ret_pod = found;
	found = (struct agent_pod) { 0 };
	return 0;
}

void agent_pod_free(struct agent_pod *pod)
{
	json_freep(&pod->document);
	free(pod->ports);
}

bool agent_pod_lacks(const struct agent_pod *pod, const struct pod_ports_query *query)
{
	return pod->document && !pod_ports_declare(&pod->pod, query);
}
