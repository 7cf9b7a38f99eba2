/* SPDX-License-Identifier: MIT */
/* What the API server's Node says of this node. Pure. */
#pragma once

#include "../registry/registry.h"

#define THIS_NODE_TEXT_MAX 63 /* bytes of a platform's name, and of a kubelet's version */

struct this_node {
	enum reg_role role;		       /* control-plane or worker */
	char platform[THIS_NODE_TEXT_MAX + 1]; /* as registries name it; "": not known */
	struct reg_version cluster;	       /* of OpenShift; 0.0: not known */
};

/* What counts of a Node, as its object is read. */
struct this_node_fields {
	bool control_plane; /* it has the label of that role, or of the master that came before it
			     */
	bool openshift;	    /* a label of OpenShift's */
	char provider[THIS_NODE_TEXT_MAX + 1]; /* of its providerID what is before the "://" */
	char kubelet[THIS_NODE_TEXT_MAX + 1];  /* the kubelet's version */
};

/* A value of a Node, by its place (enum pod_key). One that is too long counts as not there. */
void this_node_take(struct this_node_fields *fields, uint8_t key, const char *text, size_t len);

/* A Node without the label of a control plane is a worker, as kubectl shows it. */
struct this_node this_node_of(const struct this_node_fields *fields);

/* Append "control-plane, platform aws, version 4.16". */
void this_node_put(const struct this_node *node, struct buf *out);

bool this_node_same(const struct this_node *a, const struct this_node *b);
