// SPDX-License-Identifier: MIT
/* What the registry says of a claim: where each rule must speak, beside where it must not. */
#include "manifest_cases.h"

#define PORTS	"$.spec.containers[0].ports[0]"
#define T_PORTS "$.spec.template.spec.containers[0].ports[0]"

static const struct manifest_case registry_cases[] = {
	/* which ports are the node's */
	{ "no host network", POD(ONE("ports: [{containerPort: 8080}]")), "" },
	{ "host network", POD(HOST ONE("ports: [{containerPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".containerPort\n" },
	{ "host network false", POD("hostNetwork: false, " ONE("ports: [{containerPort: 8080}]")),
	  "" },
	{ "hostPort", POD(ONE("ports: [{containerPort: 1, hostPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".hostPort\n" },
	{ "hostPort 0 is no port", POD(ONE("ports: [{containerPort: 1, hostPort: 0}]")), "" },
	{ "hostPort null is no port", POD(ONE("ports: [{containerPort: 1, hostPort: null}]")), "" },
	{ "both", POD(HOST ONE("ports: [{containerPort: 8080, hostPort: 8080}]")),
	  "unregistered-port tcp/8080 " PORTS ".hostPort\n" },
	{ "an empty protocol is TCP", POD(HOST ONE("ports: [{containerPort: 9100, protocol: ''}]")),
	  "" },
	/* of Windows */
	{ "nodes of Windows",
	  POD(HOST
	      "nodeSelector: {kubernetes.io/os: windows}, " ONE("ports: [{containerPort: 80}]")),
	  "" },
	{ "nodes of Windows, old label",
	  POD(HOST "nodeSelector: {beta.kubernetes.io/os: windows}, " ONE(
		  "ports: [{containerPort: 80}]")),
	  "" },
	{ "nodes of Linux",
	  POD(HOST "nodeSelector: {kubernetes.io/os: linux}, " ONE("ports: [{containerPort: 80}]")),
	  "unregistered-port tcp/80 " PORTS ".containerPort\n" },
	{ "a pod of Windows", POD(HOST "os: {name: windows}, " ONE("ports: [{containerPort: 80}]")),
	  "" },
	{ "a process of the host, on Windows",
	  POD(HOST "securityContext: {windowsOptions: {hostProcess: true}}, " ONE(
		  "ports: [{containerPort: 80}]")),
	  "" },
	{ "nodes of Windows by affinity",
	  POD(HOST "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
		   " {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In,"
		   " values: [windows]}]}]}}}, " ONE("ports: [{containerPort: 80}]")),
	  "" },
	{ "nodes of both by affinity",
	  POD(HOST "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
		   " {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In,"
		   " values: [windows, linux]}]}]}}}, " ONE("ports: [{containerPort: 80}]")),
	  "unregistered-port tcp/80 " PORTS ".containerPort\n" },
	{ "nodes of either by affinity",
	  POD(HOST
	      "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
	      " {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In,"
	      " values: [windows]}]}, {matchExpressions: [{key: a, operator: Exists}]}]}}}, " ONE(
		      "ports: [{containerPort: 80}]")),
	  "unregistered-port tcp/80 " PORTS ".containerPort\n" },
	/* unregistered */
	{ "registered", POD(HOST ONE("ports: [{containerPort: 9100}]")), "" },
	{ "for another protocol", POD(HOST ONE("ports: [{containerPort: 9102, protocol: UDP}]")),
	  "unregistered-port udp/9102 " PORTS ".containerPort\n" },
	{ "udp", POD(HOST ONE("ports: [{containerPort: 9100, protocol: UDP}]")), "" },
	{ "sctp", POD(HOST ONE("ports: [{containerPort: 9100, protocol: SCTP}]")),
	  "unregistered-port sctp/9100 " PORTS ".containerPort\n" },
	{ "excepted", POD(HOST ONE("ports: [{containerPort: 7000}]")),
	  "unregistered-port tcp/7000 " PORTS
	  ".containerPort (accepted: exception until 2026-11-24: late)\n" },
	{ "exception that is over", POD(HOST ONE("ports: [{containerPort: 7001}]")),
	  "unregistered-port tcp/7001 " PORTS ".containerPort\n" },
	{ "exception for its namespace", POD(HOST ONE("ports: [{containerPort: 7002}]")),
	  "unregistered-port tcp/7002 " PORTS
	  ".containerPort (accepted: exception until 2026-11-24: mine)\n" },
	{ "exception for another one", POD(HOST ONE("ports: [{containerPort: 7003}]")),
	  "unregistered-port tcp/7003 " PORTS ".containerPort\n" },
	/* retired */
	{ "retired", POD(HOST ONE("ports: [{containerPort: 9110}]")),
	  "retired-port tcp/9110 " PORTS ".containerPort\n" },
	/* inactive */
	{ "control-plane row, anywhere", POD(HOST ONE("ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, there",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9101}]")), "" },
	{ "worker row, on control plane",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9106}]")),
	  "inactive-port tcp/9106 " PORTS ".containerPort\n" },
	{ "worker row, untolerated control plane", POD(HOST ONE("ports: [{containerPort: 9106}]")),
	  "" },
	{ "control-plane row, a static pod",
	  POD(HOST
	      "priorityClassName: system-node-critical, " ONE("ports: [{containerPort: 9101}]")),
	  "" },
	{ "control-plane row, a pod that is not critical",
	  POD(HOST "tolerations: [{operator: Exists}], " ONE("ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, critical but selecting",
	  POD(HOST "priorityClassName: system-node-critical, nodeSelector: {a: b}, " ONE(
		  "ports: [{containerPort: 9101}]")),
	  "inactive-port tcp/9101 " PORTS ".containerPort\n" },
	{ "control-plane row, a node by its name",
	  POD(HOST "nodeName: n, " ONE("ports: [{containerPort: 9101}]")), "" },
	{ "worker row, kept from control planes",
	  POD(HOST "tolerations: [{operator: Exists}], affinity: {nodeAffinity:"
		   " {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:"
		   " [{matchExpressions: [{key: node-role.kubernetes.io/master, operator:"
		   " DoesNotExist}]}]}}}, " ONE("ports: [{containerPort: 9106}]")),
	  "" },
	{ "worker row, tolerating control planes",
	  POD(HOST "nodeSelector: {a: b}, tolerations: [{operator: Exists}], " ONE(
		  "ports: [{containerPort: 9106}]")),
	  "inactive-port tcp/9106 " PORTS ".containerPort\n" },
	{ "the role on which the least is allowed",
	  POD(HOST "nodeSelector: {a: b}, tolerations: [{operator: Exists}], " ONE(
		  "ports: [{containerPort: 9111}]")),
	  "inactive-port tcp/9111 " PORTS ".containerPort\n" },
	{ "on the one role that is left",
	  POD(HOST ON_CONTROL_PLANE ONE("ports: [{containerPort: 9111}]")),
	  "localhost-only-port tcp/9111 " PORTS ".containerPort\n" },
	/* localhost only */
	{ "localhost row, two loopback addresses",
	  POD(HOST ONE("args: ['--listen=127.0.0.1:9102,[::1]:9102'], ports: [{containerPort: "
		       "9102}]")),
	  "" },
	{ "localhost row, one of two addresses",
	  POD(HOST ONE("args: ['--listen=127.0.0.1:9102,10.0.0.1:9102'], ports: [{containerPort: "
		       "9102}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row", POD(HOST ONE("ports: [{containerPort: 9102}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row, hostIP",
	  POD(HOST ONE("ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")), "" },
	{ "localhost row, hostIP of IPv6", POD(ONE("ports: [{hostPort: 9102, hostIP: '::1'}]")),
	  "" },
	{ "localhost row, hostIP of a node",
	  POD(ONE("ports: [{hostPort: 9102, hostIP: 10.0.0.1}]")),
	  "localhost-only-port tcp/9102 " PORTS ".hostPort\n" },
	{ "localhost row, argument",
	  POD(HOST ONE("args: ['--bind-address=127.0.0.1:9102'], ports: [{containerPort: 9102}]")),
	  "" },
	{ "localhost row, host and port apart",
	  POD(HOST ONE("args: ['--bind-address=127.0.0.1', --secure-port=9102],"
		       " ports: [{containerPort: 9102}]")),
	  "" },
	{ "localhost row, argument for all",
	  POD(HOST ONE("args: ['--bind-address=:9102'],"
		       " ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row, argument of another container",
	  POD(HOST "containers: [" CONTAINER("c", "ports: [{containerPort: 9102}]") ", " CONTAINER(
		  "d", "args: ['--http-endpoint=127.0.0.1:9102']") "]"),
	  "" },
	{ "localhost row, argument of another container for all",
	  POD(HOST "containers: [" CONTAINER("c", "ports: [{containerPort: 9102}]") ", " CONTAINER(
		  "d", "args: ['--http-endpoint=:9102']") "]"),
	  "localhost-only-port tcp/9102 " PORTS ".containerPort\n" },
	{ "localhost row, IPv4 in IPv6",
	  POD(HOST ONE("args: ['--bind-address=::ffff:127.0.0.1', --secure-port=9102],"
		       " ports: [{containerPort: 9102}, {containerPort: 8001, hostIP: "
		       "'::ffff:127.0.0.1'}]")),
	  "" },
	{ "localhost row, argument without an address",
	  POD(HOST ONE("args: [--port=9102], ports: [{containerPort: 9102, hostIP: 127.0.0.1}]")),
	  "" },
	/* documented ranges */
	{ "outside", POD(HOST ONE("ports: [{containerPort: 8000}]")),
	  "outside-documented-range tcp/8000 " PORTS ".containerPort\n" },
	{ "outside, localhost", POD(HOST ONE("ports: [{containerPort: 8001, hostIP: 127.0.0.1}]")),
	  "" },
	{ "outside, external row, localhost",
	  POD(HOST ONE("ports: [{containerPort: 8000, hostIP: 127.0.0.1}]")), "" },
	/* owners */
	{ "owner", WORKLOAD("DaemonSet", "agent", HOST ONE("ports: [{containerPort: 9103}]")), "" },
	{ "another name",
	  WORKLOAD("DaemonSet", "agents", HOST ONE("ports: [{containerPort: 9103}]")),
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "another container",
	  WORKLOAD("DaemonSet", "agent",
		   HOST "containers: [" CONTAINER("d", "ports: [{containerPort: 9103}]") "]"),
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "another namespace",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\n" TEMPLATE(
		  HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "an empty namespace is as good as absent",
	  "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent, namespace: "
	  "\"\"}\n" TEMPLATE(HOST ONE("ports: [{containerPort: 9112}]")) "\n",
	  "" },
	{ "pods whose names another program chooses",
	  "apiVersion: x/v1\nkind: Thing\nmetadata: {name: bundle.v4.16.0, namespace: "
	  "ns}\n" TEMPLATE(HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "" },
	{ "and are in another namespace",
	  "apiVersion: x/v1\nkind: Thing\nmetadata: {name: agent}\n" TEMPLATE(
		  HOST ONE("ports: [{containerPort: 9103}]")) "\n",
	  "wrong-owner tcp/9103 " T_PORTS ".containerPort\n" },
	{ "only * stands for others",
	  WORKLOAD("DaemonSet", "agent", HOST ONE("ports: [{containerPort: 9113}]")),
	  "wrong-owner tcp/9113 " T_PORTS ".containerPort\n" },
	{ "a pod is no unit", POD(HOST ONE("ports: [{containerPort: 9107}]")),
	  "wrong-owner tcp/9107 " PORTS ".containerPort\n" },
	{ "a path may be its own", POD(HOST ONE("ports: [{containerPort: 9108}]")), "" },
	{ "owner of the second row", POD(HOST ONE("ports: [{containerPort: 9109}]")), "" },
	{ "owner excepted",
	  WORKLOAD("DaemonSet", "guest", HOST ONE("ports: [{containerPort: 9107}]")),
	  "wrong-owner tcp/9107 " T_PORTS
	  ".containerPort (accepted: exception until 2026-11-24: shared)\n" },
};

static void test_registry(void **state)
{
	(void)state;
	manifest_run(registry_cases, ARRAY_LEN(registry_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
