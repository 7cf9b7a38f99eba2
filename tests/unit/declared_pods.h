/* SPDX-License-Identifier: MIT */
/* Pods with ports of the node, as a source tells of them. */
#pragma once

#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/pods/pods.h"

#define DECLARED_UID "0b6e1f2a-1111-4222-8333-444455556666"

/* What a test says of a pod: a container "c" with one port. */
struct declared_pod {
	const char *name, *uid;
	bool host_network, ended, incomplete;
	enum pod_container_kind kind;
	uint8_t proto;
	uint16_t container_port, host_port;
	const char *host_ip; /* NULL: none */
};

static inline void put_declared_pod(struct pods *pods, const struct declared_pod *from)
{
	struct pod_container container = { "c", from->kind };
	struct pod_port port = {
		.protocol = from->proto,
		.container_port = from->container_port,
		.host_port = from->host_port,
		.host_ip = from->host_ip ? from->host_ip : "",
	};
	const struct pod pod = {
		.namespace_ = "ns",
		.name = from->name,
		.uid = from->uid ? from->uid : from->name,
		.mirror_of = "",
		.host_network = from->host_network,
		.ended = from->ended,
		.incomplete = from->incomplete,
		.containers = &container,
		.containers_len = 1,
		.ports = &port,
		.ports_len = 1,
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	assert_int_equal(pod_table_apply(&pods->sources[0].table, &record, 1), 0);
}
