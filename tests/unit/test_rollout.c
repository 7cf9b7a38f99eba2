// SPDX-License-Identifier: MIT
/* Rollouts that never end. */
#include "manifest_cases.h"

#include "../../user/checks/manifest/rollout.h"

#define PORT ONE("ports: [{hostPort: 9100, containerPort: 80}]")
#define OF(kind, more, spec)                                                                       \
	OBJECT("apps/v1", kind, "a", "spec: {" more "template: {spec: {" spec "}}}")

static const struct manifest_case cases[] = {
	{ "a DaemonSet", OF("DaemonSet", "", PORT), "" },
	{ "a DaemonSet that surges",
	  OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1}}, ", PORT),
	  "endless-rollout tcp/9100 $.spec.updateStrategy.rollingUpdate.maxSurge\n" },
	{ "of some percent",
	  OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 10%}, type: RollingUpdate}, ",
	     PORT),
	  "endless-rollout tcp/9100 $.spec.updateStrategy.rollingUpdate.maxSurge\n" },
	{ "by none", OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 0}}, ", PORT),
	  "" },
	{ "by no percent",
	  OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 0%}}, ", PORT), "" },
	{ "only when it is deleted",
	  OF("DaemonSet", "updateStrategy: {type: OnDelete, rollingUpdate: {maxSurge: 1}}, ", PORT),
	  "" },
	{ "without a port of the node",
	  OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1}}, ",
	     ONE("ports: [{containerPort: 80}]")),
	  "" },
	{ "on the host network",
	  OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1}}, ",
	     HOST ONE("ports: [{containerPort: 9100}]")),
	  "endless-rollout tcp/9100 $.spec.updateStrategy.rollingUpdate.maxSurge\n" },
	{ "a Deployment", OF("Deployment", "replicas: 2, ", PORT),
	  "possible-endless-rollout tcp/9100 $.spec\n" },
	{ "a Deployment of one pod", OF("Deployment", "", PORT), "" },
	{ "one pod, written out", OF("Deployment", "replicas: 1, ", PORT), "" },
	{ "one pod of a host",
	  OF("Deployment", "", "nodeSelector: {kubernetes.io/hostname: n}, " PORT),
	  "possible-endless-rollout tcp/9100 $.spec\n" },
	{ "one pod of a node", OF("Deployment", "", "nodeName: n, " PORT),
	  "possible-endless-rollout tcp/9100 $.spec\n" },
	{ "one pod of some nodes",
	  OF("Deployment", "", "nodeSelector: {kubernetes.io/os: linux, infra: ''}, " PORT), "" },
	{ "a Deployment that surges",
	  OF("Deployment", "replicas: 3, strategy: {rollingUpdate: {maxSurge: 2}}, ", PORT),
	  "possible-endless-rollout tcp/9100 $.spec.strategy.rollingUpdate.maxSurge\n" },
	{ "a Deployment that does not",
	  OF("Deployment", "replicas: 2, strategy: {rollingUpdate: {maxSurge: 0}}, ", PORT), "" },
	{ "a Deployment that is made anew",
	  OF("Deployment", "replicas: 2, strategy: {type: Recreate}, ", PORT), "" },
	{ "a Deployment in its own network",
	  OF("Deployment", "replicas: 2, ", ONE("ports: [{containerPort: 80}]")), "" },
	{ "a StatefulSet", OF("StatefulSet", "replicas: 2, ", PORT), "" },
};

static void test_rollouts(void **state)
{
	(void)state;
	manifest_run(cases, ARRAY_LEN(cases));
}

static const struct manifest_case word_cases[] = {
	{ "a DaemonSet", OF("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1}}, ", PORT),
	  "4 endless-rollout: DaemonSet ns/a starts new pods before the old ones end (maxSurge 1), "
	  "and they take tcp 9100 of their node: a rollout never ends -> set maxSurge to 0, and "
	  "maxUnavailable to 1\n" },
	{ "a Deployment", OF("Deployment", "replicas: 2, ", PORT),
	  "4 possible-endless-rollout: Deployment ns/a starts new pods before the old ones end "
	  "(maxSurge 25% by default), and they take tcp 9100 of their node: a rollout never ends "
	  "if "
	  "each node that they may run on has one -> set strategy.rollingUpdate.maxSurge to 0, or "
	  "strategy.type to Recreate\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rollouts),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
