/* SPDX-License-Identifier: MIT */
/* What hostportd knows of one pod. It is one block of memory: free() frees all of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds; what a pod has beyond them is left out, and `incomplete` says so. */
#define POD_TEXT_MAX	   253 /* bytes of a name, as Kubernetes has it */
#define POD_CONTAINERS_MAX 256
#define POD_PORTS_MAX	   2048
#define POD_IDS_MAX	   1024

enum pod_container_kind {
	POD_CONTAINER_MAIN,
	POD_CONTAINER_INIT,
	POD_CONTAINER_SIDECAR, /* an init container that runs on beside the others */
	POD_CONTAINER_EPHEMERAL,
	POD_CONTAINER_KIND_MAX,
};

struct pod_container {
	const char *name;
	enum pod_container_kind kind;
};

/* A port that a container declares. */
struct pod_port {
	uint8_t protocol;	 /* enum hp_proto */
	uint16_t container_port; /* host byte order */
	uint16_t host_port;	 /* 0: none */
	uint16_t container;	 /* its place in the pod's list */
	const char *host_ip;	 /* as written; "": every address */
};

/* A container id, without the runtime's name in front, of a container that runs or has run. */
struct pod_container_id {
	const char *container, *id;
};

struct pod {
	const char *key; /* the UID; "NAMESPACE/NAME" where that is not known */
	const char *namespace_, *name;
	const char *uid;       /* "": not known, as in the manifest of a static pod */
	const char *mirror_of; /* the UID of the static pod that this object stands for, or "" */
	bool host_network;
	bool ended;	 /* it does not run any more */
	bool incomplete; /* something was left out: what is not here may be declared all the same */
	struct pod_container *containers;
	struct pod_port *ports;
	struct pod_container_id *ids;
	size_t containers_len, ports_len, ids_len;
	size_t size; /* bytes of the block */
};

/* The port of the node that a declared port stands for; 0: none. */
static inline uint16_t pod_node_port(const struct pod *pod, const struct pod_port *port)
{
	return pod->host_network ? port->container_port : port->host_port;
}
