// SPDX-License-Identifier: MIT
#include "pod_key.h"

#include <string.h>

#include "../base/cleanup.h"

static const uint8_t elements[POD_KEY_MAX] = {
	[POD_KEY_ITEMS] = POD_KEY_POD,
	[POD_KEY_CONTAINERS] = POD_KEY_CONTAINER,
	[POD_KEY_INIT_CONTAINERS] = POD_KEY_CONTAINER,
	[POD_KEY_EPHEMERAL_CONTAINERS] = POD_KEY_CONTAINER,
	[POD_KEY_PORTS] = POD_KEY_PORT,
	[POD_KEY_CONTAINER_STATUSES] = POD_KEY_CONTAINER_STATUS,
};

/* What a key of a mapping means; a root has the keys of a pod as well. */
static const struct {
	uint8_t mapping;
	const char *key;
	uint8_t value;
} keys[] = {
	{ POD_KEY_ROOT, "type", POD_KEY_TYPE },
	{ POD_KEY_ROOT, "object", POD_KEY_POD },
	{ POD_KEY_ROOT, "items", POD_KEY_ITEMS },
	{ POD_KEY_POD, "kind", POD_KEY_KIND },
	{ POD_KEY_POD, "code", POD_KEY_CODE },
	{ POD_KEY_POD, "message", POD_KEY_MESSAGE },
	{ POD_KEY_POD, "metadata", POD_KEY_META },
	{ POD_KEY_POD, "spec", POD_KEY_SPEC },
	{ POD_KEY_POD, "status", POD_KEY_STATUS },
	{ POD_KEY_META, "name", POD_KEY_NAME },
	{ POD_KEY_META, "namespace", POD_KEY_NAMESPACE },
	{ POD_KEY_META, "uid", POD_KEY_UID },
	{ POD_KEY_META, "resourceVersion", POD_KEY_VERSION },
	{ POD_KEY_META, "annotations", POD_KEY_ANNOTATIONS },
	{ POD_KEY_META, "labels", POD_KEY_LABELS },
	{ POD_KEY_ANNOTATIONS, "kubernetes.io/config.mirror", POD_KEY_MIRROR },
	{ POD_KEY_ANNOTATIONS, "kubernetes.io/config.hash", POD_KEY_HASH },
	{ POD_KEY_ANNOTATIONS, "k8s.io/initial-events-end", POD_KEY_INITIAL_EVENTS_END },
	{ POD_KEY_LABELS, "node-role.kubernetes.io/control-plane", POD_KEY_CONTROL_PLANE },
	{ POD_KEY_LABELS, "node-role.kubernetes.io/master", POD_KEY_CONTROL_PLANE },
	{ POD_KEY_LABELS, "node.openshift.io/os_id", POD_KEY_OPENSHIFT },
	{ POD_KEY_SPEC, "providerID", POD_KEY_PROVIDER },
	{ POD_KEY_STATUS, "nodeInfo", POD_KEY_NODE_INFO },
	{ POD_KEY_NODE_INFO, "kubeletVersion", POD_KEY_KUBELET },
	{ POD_KEY_SPEC, "nodeName", POD_KEY_NODE_NAME },
	{ POD_KEY_SPEC, "hostNetwork", POD_KEY_HOST_NETWORK },
	{ POD_KEY_SPEC, "containers", POD_KEY_CONTAINERS },
	{ POD_KEY_SPEC, "initContainers", POD_KEY_INIT_CONTAINERS },
	{ POD_KEY_SPEC, "ephemeralContainers", POD_KEY_EPHEMERAL_CONTAINERS },
	{ POD_KEY_CONTAINER, "name", POD_KEY_CONTAINER_NAME },
	{ POD_KEY_CONTAINER, "restartPolicy", POD_KEY_RESTART_POLICY },
	{ POD_KEY_CONTAINER, "ports", POD_KEY_PORTS },
	{ POD_KEY_PORT, "containerPort", POD_KEY_CONTAINER_PORT },
	{ POD_KEY_PORT, "hostPort", POD_KEY_HOST_PORT },
	{ POD_KEY_PORT, "protocol", POD_KEY_PROTOCOL },
	{ POD_KEY_PORT, "hostIP", POD_KEY_HOST_IP },
	{ POD_KEY_STATUS, "phase", POD_KEY_PHASE },
	{ POD_KEY_STATUS, "containerStatuses", POD_KEY_CONTAINER_STATUSES },
	{ POD_KEY_STATUS, "initContainerStatuses", POD_KEY_CONTAINER_STATUSES },
	{ POD_KEY_STATUS, "ephemeralContainerStatuses", POD_KEY_CONTAINER_STATUSES },
	{ POD_KEY_CONTAINER_STATUS, "name", POD_KEY_CONTAINER_NAME },
	{ POD_KEY_CONTAINER_STATUS, "containerID", POD_KEY_CONTAINER_ID },
	{ POD_KEY_CONTAINER_STATUS, "state", POD_KEY_STATE },
	{ POD_KEY_CONTAINER_STATUS, "lastState", POD_KEY_STATE },
	{ POD_KEY_STATE, "terminated", POD_KEY_TERMINATED },
	{ POD_KEY_TERMINATED, "containerID", POD_KEY_CONTAINER_ID },
};

uint8_t pod_key_find(uint8_t mapping, const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if ((keys[i].mapping == mapping ||
		     (mapping == POD_KEY_ROOT && keys[i].mapping == POD_KEY_POD)) &&
		    strlen(keys[i].key) == len && memcmp(keys[i].key, text, len) == 0)
			return keys[i].value;
	return POD_KEY_NONE;
}

uint8_t pod_key_element(uint8_t list)
{
	return list < POD_KEY_MAX ? elements[list] : POD_KEY_NONE;
}
