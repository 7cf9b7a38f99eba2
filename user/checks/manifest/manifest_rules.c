// SPDX-License-Identifier: MIT
#include "manifest_rules.h"

#include "../../base/cleanup.h"

static const struct rule table[] = {
	[RULE_UNREGISTERED] = {
		.id = "unregistered-port",
		.severity = SEVERITY_ERROR,
		.requirement = "R1",
		.summary = "a port of the host that no row of the registry names",
		.help = "Every process that listens on a host port must have an entry, so that two of"
			" them never meet on a node. Add a row, or take a port that has one.",
	},
	[RULE_RETIRED] = {
		.id = "retired-port",
		.severity = SEVERITY_ERROR,
		.requirement = "R1",
		.summary = "a port of the host whose row is retired",
		.help = "The row names the last owner and version of the port. Take another port, "
			"or add an entry for it.",
	},
	[RULE_INACTIVE] = {
		.id = "inactive-port",
		.severity = SEVERITY_ERROR,
		.requirement = "R1",
		.summary = "a port whose row does not hold where the workload can run",
		.help = "The row is for another role, platform or version. Keep the workload on the"
			" nodes that the row is for, or widen the row.",
	},
	[RULE_WRONG_OWNER] = {
		.id = "wrong-owner",
		.severity = SEVERITY_ERROR,
		.requirement = "R1",
		.summary = "a registered port that has another owner",
		.help = "The row names its owners, and this namespace, pod and container is none "
			"of them. Take another port, or add an owner to the row.",
	},
	[RULE_LOCALHOST_ONLY] = {
		.id = "localhost-only-port",
		.severity = SEVERITY_ERROR,
		.requirement = "R4",
		.summary = "a port that is registered for localhost only and can be reached",
		.help = "Have the process listen on a loopback address and say so with hostIP:"
			" 127.0.0.1 or in its arguments, or register the port as external.",
	},
	[RULE_OUTSIDE_RANGE] = {
		.id = "outside-documented-range",
		.severity = SEVERITY_WARNING,
		.requirement = "R2",
		.summary = "a reachable port outside the documented ranges",
		.help = "Only the documented ranges are open between the nodes of a cluster, so others"
			" may be unable to reach it. Take a port in a range, or listen on localhost.",
	},
	[RULE_UNDECLARED_PORT] = {
		.id = "undeclared-port",
		.severity = SEVERITY_ERROR,
		.requirement = "R3",
		.summary = "a probe, handler or Service names a port that no container declares",
		.help = "A pod on the host network must declare the ports that it listens on: the"
			" scheduler keeps two pods with the same port apart only if they do.",
	},
	[RULE_UNDECLARED_ARGUMENT] = {
		.id = "undeclared-argument",
		.severity = SEVERITY_WARNING,
		.requirement = "R3",
		.summary = "an argument makes a container listen on a port that no container declares",
		.help = "A pod on the host network must declare the ports that it listens on, those on"
			" localhost as well.",
	},
	[RULE_UNDECLARED_VARIABLE] = {
		.id = "undeclared-variable",
		.severity = SEVERITY_NOTE,
		.requirement = "R3",
		.summary = "a variable may make a container listen on a port that no container declares",
		.help = "Its name or its value is that of an address to listen on. A pod on the host"
			" network must declare the ports that it listens on.",
	},
	[RULE_CONFLICT] = {
		.id = "port-conflict",
		.severity = SEVERITY_ERROR,
		.requirement = NULL,
		.summary = "two containers that can run on one node claim the same port",
		.help = "Only one of them gets the port; the other one fails to bind it or is "
			"never scheduled. Give one another port, or keep them on different nodes.",
	},
	[RULE_POSSIBLE_CONFLICT] = {
		.id = "possible-conflict",
		.severity = SEVERITY_NOTE,
		.requirement = NULL,
		.summary = "containers of two directories that can run on one node claim the same port",
		.help = "Two directories may be alternatives, as for two clouds. If both are deployed"
			" to one cluster, only one of the containers gets the port.",
	},
	[RULE_NODE_PORT] = {
		.id = "node-port",
		.severity = SEVERITY_WARNING,
		.requirement = NULL,
		.summary = "a port of the host that a Service has or may get on all nodes",
		.help = "What arrives at a nodePort goes to the Service, so the process of the host"
			" is not reached. Take a port outside of the NodePort range.",
	},
	[RULE_ENDLESS_ROLLOUT] = {
		.id = "endless-rollout",
		.severity = SEVERITY_WARNING,
		.requirement = NULL,
		.summary = "a DaemonSet with a host port that surges",
		.help = "The new pod waits for the port of the old one, which waits for the new pod"
			" to be ready. Set maxSurge to 0.",
	},
	[RULE_POSSIBLE_ENDLESS_ROLLOUT] = {
		.id = "possible-endless-rollout",
		.severity = SEVERITY_NOTE,
		.requirement = NULL,
		.summary = "a Deployment with a host port that surges",
		.help = "If each node that its pods may run on has one, a new pod waits for a port"
			" that no old one gives up. Set maxSurge to 0, or the strategy to Recreate.",
	},
	[RULE_INVALID_PORT] = {
		.id = "invalid-port",
		.severity = SEVERITY_ERROR,
		.requirement = NULL,
		.summary = "a port that Kubernetes does not accept",
		.help = "A port is a number from 1 to 65535, without quotes where the API has a number;"
			" a protocol is TCP, UDP or SCTP; a hostIP is an IP address; on the host"
			" network a hostPort is the same as its containerPort.",
	},
	[RULE_BAD_ANNOTATION] = {
		.id = "bad-annotation",
		.severity = SEVERITY_WARNING,
		.requirement = NULL,
		.summary = "an annotation that should accept a finding and does not",
		.help = "ignore.hostportd.io/RULE or ignore.hostportd.io/RULE.PORT takes a "
			"reason. An annotation that accepts nothing would hide the next fault: "
			"remove it.",
	},
	[RULE_TEMPLATE] = {
		.id = "template",
		.severity = SEVERITY_WARNING,
		.requirement = NULL,
		.summary = "a file that is a template and not a manifest",
		.help = "What it renders to can be checked, the template cannot: helm template "
			"CHART | hostportctl check -, or oc process, kustomize build, envsubst.",
	},
	[RULE_BROKEN] = {
		.id = "broken-manifest",
		.severity = SEVERITY_ERROR,
		.requirement = NULL,
		.summary = "a file, or a part of it, that cannot be read",
		.help = "The other documents of a YAML file were checked all the same; of JSON, "
			"only what is before the fault was.",
	},
};
_Static_assert(ARRAY_LEN(table) == RULE_MAX, "each rule has its description");

static const struct rules all = { .items = table, .len = ARRAY_LEN(table) };

const struct rules *manifest_rules(void)
{
	return &all;
}

const struct rule *manifest_rule(enum manifest_rule rule)
{
	return &table[rule];
}
