/* SPDX-License-Identifier: MIT */
/* The places of a Kubernetes object that count, and the keys that lead from one to another. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pod_key {
	POD_KEY_NONE, /* nothing below counts */
	/* mappings */
	POD_KEY_ROOT,
	POD_KEY_POD,
	POD_KEY_META,
	POD_KEY_ANNOTATIONS,
	POD_KEY_LABELS,
	POD_KEY_SPEC,
	POD_KEY_STATUS,
	POD_KEY_NODE_INFO,
	POD_KEY_CONTAINER,
	POD_KEY_PORT,
	POD_KEY_CONTAINER_STATUS,
	POD_KEY_STATE,
	POD_KEY_TERMINATED,
	/* lists */
	POD_KEY_ITEMS,
	POD_KEY_CONTAINERS,
	POD_KEY_INIT_CONTAINERS,
	POD_KEY_EPHEMERAL_CONTAINERS,
	POD_KEY_PORTS,
	POD_KEY_CONTAINER_STATUSES,
	/* scalars */
	POD_KEY_TYPE,
	POD_KEY_KIND,
	POD_KEY_CODE,
	POD_KEY_MESSAGE,
	POD_KEY_NAME,
	POD_KEY_NAMESPACE,
	POD_KEY_UID,
	POD_KEY_VERSION,
	POD_KEY_MIRROR,
	POD_KEY_HASH,
	POD_KEY_INITIAL_EVENTS_END,
	POD_KEY_NODE_NAME,
	POD_KEY_HOST_NETWORK,
	POD_KEY_PHASE,
	POD_KEY_CONTAINER_NAME,
	POD_KEY_RESTART_POLICY,
	POD_KEY_CONTAINER_PORT,
	POD_KEY_HOST_PORT,
	POD_KEY_PROTOCOL,
	POD_KEY_HOST_IP,
	POD_KEY_CONTAINER_ID,
	/* of a Node */
	POD_KEY_CONTROL_PLANE,
	POD_KEY_OPENSHIFT,
	POD_KEY_PROVIDER,
	POD_KEY_KUBELET,
	POD_KEY_MAX,
};

/* What a key of a mapping means: POD_KEY_NONE where it does not count. */
uint8_t pod_key_find(uint8_t mapping, const char *text, size_t len);

/* What a list has; POD_KEY_NONE: it is no list that counts. */
uint8_t pod_key_element(uint8_t list);

static inline bool pod_key_is_mapping(uint8_t key)
{
	return key >= POD_KEY_ROOT && key < POD_KEY_ITEMS;
}

static inline bool pod_key_is_scalar(uint8_t key)
{
	return key >= POD_KEY_TYPE;
}
