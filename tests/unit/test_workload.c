// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../user/identity/workload.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2   "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID   "0b6e1f2a-1111-4222-8333-444455556666"
#define UID_  "0b6e1f2a_1111_4222_8333_444455556666"
#define UID2  "ffffffff-1111-4222-8333-444455556666"
#define UID2_ "ffffffff_1111_4222_8333_444455556666"
#define HASH  "a6f9c2b1d0e8f7a6b5c4d3e2f1a0b9c8"

struct pod_case {
	const char *path, *uid, *container_id, *runtime;
};

static const struct pod_case pod_cases[] = {
	/* cgroupfs driver */
	{ "/kubepods/burstable/pod" UID "/" ID, UID, ID, "" },
	{ "/kubepods/besteffort/pod" UID "/" ID, UID, ID, "" },
	{ "/kubepods/pod" UID "/" ID, UID, ID, "" },
	{ "/kubepods/pod" UID "/crio-" ID, UID, ID, "crio" },
	{ "/kubepods/pod" UID "/crio-conmon-" ID, UID, "", "crio" },
	{ "/kubepods/burstable/pod" HASH "/" ID, HASH, ID, "" },
	{ "/kubepods/burstable/pod" UID, UID, "", "" },
	{ "/kubepods/burstable/pod" UID "/", UID, "", "" },
	/* systemd driver */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice/crio-" ID
	  ".scope",
	  UID, ID, "crio" },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_
	  ".slice/crio-conmon-" ID ".scope",
	  UID, "", "crio" },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  UID, ID, "containerd" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/docker-" ID ".scope", UID, ID, "docker" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope", UID, ID, "crio" },
	{ "/kubepods.slice/kubepods-pod" HASH ".slice/crio-" ID ".scope", HASH, ID, "crio" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice", UID, "", "" },
	/* containerd that was not told of the systemd driver */
	{ "/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID, UID, ID, "containerd" },
	{ "/kubepods-pod" UID_ ".slice:cri-containerd:" ID, UID, ID, "containerd" },
	{ "/kubelet-kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID, UID, ID,
	  "containerd" },
	{ "/kubelet-kubepods-pod" HASH ".slice:cri-containerd:" ID, HASH, ID, "containerd" },
	{ "/system.slice/containerd.service/kubelet-kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	  UID, ID, "containerd" },
	{ "/system.slice/containerd.service/kubepods-besteffort-pod" UID_
	  ".slice:cri-containerd:" ID,
	  UID, ID, "containerd" },
	/* a container's own cgroups are the container */
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope/container", UID, ID,
	  "crio" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope/system.slice/a.service",
	  UID, ID, "crio" },
	{ "/kubepods/burstable/pod" UID "/" ID "/init.scope", UID, ID, "" },
	/* other names below a pod are the pod */
	{ "/kubepods/burstable/pod" UID "/kata_overhead", UID, "", "" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ID ".scope", UID, "", "" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-.scope", UID, "", "" },
	/* a kubelet with a --cgroup-root */
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" UID_
	  ".slice/cri-containerd-" ID ".scope",
	  UID, ID, "containerd" },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
	  "kubelet-kubepods-besteffort-pod" UID_ ".slice/cri-containerd-" ID ".scope",
	  UID, ID, "containerd" },
	{ "/node.slice/node-kubepods.slice/node-kubepods-pod" UID_ ".slice/crio-" ID ".scope", UID,
	  ID, "crio" },
	{ "/node.slice/node-kubepods.slice/node-kubepods-burstable.slice/"
	  "node-kubepods-burstable-pod" UID_ ".slice/crio-" ID ".scope",
	  UID, ID, "crio" },
	{ "/a.slice/a-b.slice/a-b-kubepods.slice/a-b-kubepods-pod" UID_ ".slice/crio-" ID ".scope",
	  UID, ID, "crio" },
	{ "/kubelet/kubepods/burstable/pod" UID "/" ID, UID, ID, "" },
	/* a container that makes cgroups that look like another pod's */
	{ "/kubepods/burstable/pod" UID "/" ID "/pod" UID2 "/" ID2, UID, ID, "" },
	{ "/kubepods/burstable/pod" UID "/" ID "/kubepods/pod" UID2 "/" ID2, UID, ID, "" },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID
	  ".scope/kubepods.slice/kubepods-pod" UID2_ ".slice/crio-" ID2 ".scope",
	  UID, ID, "crio" },
	{ "/kubepods/pod" UID "/" ID "/docker/" ID2 "/kubepods/pod" UID2 "/" ID2, UID, ID, "" },
};

static void test_pods(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pod_cases) / sizeof(pod_cases[0]); i++) {
		const struct pod_case *c = &pod_cases[i];
		struct workload w;

		workload_parse("", c->path, &w);
		check_text(c->path, workload_kind_word(w.kind), "pod");
		check_text(c->path, w.uid, c->uid);
		check_text(c->path, w.container_id, c->container_id);
		check_text(c->path, w.runtime, c->runtime);
		check_text(c->path, w.unit, "");
	}
}

/* Of nodes in containers, or with a --cgroup-root: what is below is read as it is at the root. */
static const char *const node_roots[] = {
	"/docker/" ID2,
	"/docker/" ID2 "/docker/" ID,
	"/system.slice/docker-" ID2 ".scope",
	"/machine.slice/libpod-" ID2 ".scope",
	"/machine.slice/libpod-" ID2 ".scope/container",
	"/lxc.payload.n1",
	"/lxc/n1",
	"/custom",
	"/kubepods/burstable/pod" UID2 "/" ID2, /* a cluster in a pod */
};

static void check_same_pod(const char *node_root, const char *path, const struct workload *want)
{
	struct workload w;

	workload_parse(node_root, path, &w);
	check_text(path, workload_kind_word(w.kind), "pod");
	check_text(path, w.uid, want->uid);
	check_text(path, w.container_id, want->container_id);
	check_text(path, w.runtime, want->runtime);
}

/* Elsewhere, or if the agent is on another node, such a path is a spoof. */
static void check_no_such_pod(const char *node_root, const char *path, const char *uid)
{
	struct workload w;

	workload_parse(node_root, path, &w);
	if (strcmp(w.uid, uid) == 0)
		fail_msg("%s: it is a pod's below '%s'", path, node_root);
}

static void test_nodes(void **state)
{
	char path[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pod_cases); i++) {
		struct workload want;

		workload_parse("", pod_cases[i].path, &want);
		for (size_t j = 0; j < ARRAY_LEN(node_roots); j++) {
			(void)snprintf(path, sizeof(path), "%s%s", node_roots[j],
				       pod_cases[i].path);
			check_same_pod(node_roots[j], path, &want);
			check_no_such_pod("", path, want.uid);
			check_no_such_pod("/other", path, want.uid);
			check_no_such_pod(node_roots[j] + 1, path, want.uid);
			(void)snprintf(path, sizeof(path), "%s/tenant%s", node_roots[j],
				       pod_cases[i].path);
			check_no_such_pod(node_roots[j], path, want.uid);
			(void)snprintf(path, sizeof(path), "%sx%s", node_roots[j],
				       pod_cases[i].path);
			check_no_such_pod(node_roots[j], path, want.uid);
			/* of the host that the node runs on */
			check_same_pod(node_roots[j], pod_cases[i].path, &want);
		}
	}
}

/* On a node that has a root, units are below it, too. */
static void test_units_of_nodes(void **state)
{
	static const struct {
		const char *node_root, *path, *kind, *unit;
	} cases[] = {
		{ "/docker/" ID, "/docker/" ID "/system.slice/a.service", "unit", "a.service" },
		{ "", "/docker/" ID "/system.slice/a.service", "cgroup", "" },
		{ "/docker/" ID, "/docker/" ID2 "/system.slice/a.service", "cgroup", "" },
		{ "/docker/" ID, "/system.slice/a.service", "unit", "a.service" },
		{ "/docker/" ID, "/docker/" ID, "cgroup", "" },
		{ "/docker/" ID, "/docker/" ID "/", "cgroup", "" },
		{ "/system.slice/docker-" ID ".scope",
		  "/system.slice/docker-" ID ".scope/system.slice/a.service", "unit", "a.service" },
		{ "/system.slice/docker-" ID ".scope", "/system.slice/docker-" ID ".scope", "unit",
		  "docker-" ID ".scope" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct workload w;

		workload_parse(cases[i].node_root, cases[i].path, &w);
		check_text(cases[i].path, workload_kind_word(w.kind), cases[i].kind);
		check_text(cases[i].path, w.unit, cases[i].unit);
	}
}

static void test_node_roots(void **state)
{
	static const struct {
		const char *own, *root;
	} cases[] = {
		{ "", "" },
		{ "/", "" },
		{ "/system.slice/hostportd.service", "" },
		{ "/user.slice/user-1000.slice/session-3.scope", "" },
		{ "/system.slice/docker-" ID ".scope", "" },
		{ "/kubepods/burstable/pod" UID "/" ID, "" },
		{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope", "" },
		{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID ".scope/container", "" },
		{ "/node.slice/node-kubepods.slice/node-kubepods-pod" UID_ ".slice/crio-" ID
		  ".scope",
		  "" },
		{ "/kubepods-pod" UID_ ".slice:cri-containerd:" ID, "" },
		{ "/docker/" ID "/kubepods/pod" UID "/" ID2, "/docker/" ID },
		{ "/docker/" ID "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" UID_
		  ".slice/cri-containerd-" ID2 ".scope",
		  "/docker/" ID },
		{ "/lxc.payload.n1/kubepods/pod" UID "/" ID, "/lxc.payload.n1" },
		{ "/custom/kubepods/besteffort/pod" UID "/" ID, "/custom" },
		{ "/system.slice/docker-" ID ".scope/system.slice/hostportd.service",
		  "/system.slice/docker-" ID ".scope" },
		{ "/kubepods/pod" UID "/" ID "/docker/" ID2 "/kubepods/pod" UID2 "/" ID,
		  "/kubepods/pod" UID "/" ID "/docker/" ID2 },
		{ "/docker/" ID, "/docker/" ID },
		{ "/lxc.payload.n1/init", "/lxc.payload.n1/init" },
		{ "/..", "/.." }, /* of another namespace: no path begins so */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_u64(cases[i].own, workload_node_root(cases[i].own), strlen(cases[i].root));
		check_int(cases[i].own, strncmp(cases[i].own, cases[i].root, strlen(cases[i].root)),
			  0);
	}
}

/* A container's or pod's own cgroups say nothing more of it. */
static void test_below_pods(void **state)
{
	char path[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(pod_cases) / sizeof(pod_cases[0]); i++) {
		size_t len = strlen(pod_cases[i].path);
		struct workload want;

		workload_parse("", pod_cases[i].path, &want);
		/* what is right below a pod may be a container */
		if (!*want.container_id || pod_cases[i].path[len - 1] == '/')
			continue;
		(void)snprintf(path, sizeof(path), "%s/crio-%s", pod_cases[i].path, ID2);
		check_same_pod("", path, &want);
		(void)snprintf(path, sizeof(path), "%s/init.scope/a.service", pod_cases[i].path);
		check_same_pod("", path, &want);
	}
}

struct unit_case {
	const char *path, *unit;
};

static const struct unit_case unit_cases[] = {
	{ "/system.slice/sshd.service", "sshd.service" },
	{ "/system.slice/system-foo.slice/foo@1.service", "foo@1.service" },
	{ "/system.slice/sshd.service/below/it", "sshd.service" },
	{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service",
	  "user@1000.service" },
	{ "/init.scope", "init.scope" },
	{ "/system.slice/rpcbind.socket", "rpcbind.socket" },
	{ "/system.slice/run-a.mount", "run-a.mount" },
	{ "/system.slice/dev-disk-by\\x2duuid-1.swap", "dev-disk-by\\x2duuid-1.swap" },
	{ "/system.slice/system-a\\x2db.slice/a\\x2db@1.service", "a\\x2db@1.service" },
	{ "/system.slice/_cgroup.service", "cgroup.service" },
	{ "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope" },
	{ "/system.slice/crio-conmon-" ID ".scope", "crio-conmon" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon" },
	{ "/system.slice/crio-conmon-" ID ".scope/kubepods/pod" UID "/" ID, "crio-conmon" },
	{ "/system.slice/crio-conmon-x.scope", "crio-conmon-x.scope" },
	{ "/system.slice/crio-conmon-" ID ".service", "crio-conmon-" ID ".service" },
	{ "/system.slice/my-crio-conmon-" ID ".scope", "my-crio-conmon-" ID ".scope" },
	{ "/system.slice/docker-" ID ".scope", "docker-" ID ".scope" },
	{ "/system.slice/docker-" ID ".scope/system.slice/sshd.service", "docker-" ID ".scope" },
	/* a user's cgroups that look like a pod's */
	{ "/user.slice/user-1000.slice/user@1000.service/kubepods.slice/kubepods-pod" UID_
	  ".slice/crio-" ID ".scope",
	  "user@1000.service" },
	{ "/user.slice/user-1000.slice/user@1000.service/kubepods/pod" UID "/" ID,
	  "user@1000.service" },
	{ "/user.slice/user-1000.slice/user@1000.service/docker/" ID "/kubepods/pod" UID "/" ID,
	  "user@1000.service" },
	{ "/user.slice/user-1000.slice/user@1000.service/kubepods-pod" UID_
	  ".slice:cri-containerd:" ID,
	  "user@1000.service" },
	{ "/system.slice/any.service/kubepods/pod" UID "/" ID, "any.service" },
	{ "/system.slice/any.service/kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	  "any.service" },
	{ "/system.slice/any.service/system.slice/containerd.service/kubepods-pod" UID_
	  ".slice:cri-containerd:" ID,
	  "any.service" },
	{ "/system.slice/docker-x.scope/kubepods/pod" UID "/" ID, "docker-x.scope" },
	{ "/kubepods.service/kubepods-pod" UID_ ".slice/crio-" ID ".scope", "kubepods.service" },
};

static void test_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unit_cases) / sizeof(unit_cases[0]); i++) {
		const struct unit_case *c = &unit_cases[i];
		struct workload w;

		workload_parse("", c->path, &w);
		check_text(c->path, workload_kind_word(w.kind), "unit");
		check_text(c->path, w.unit, c->unit);
		check_text(c->path, w.uid, "");
		check_text(c->path, w.container_id, "");
		check_text(c->path, w.runtime, "");
	}
}

static const char *const cgroup_cases[] = {
	"/",
	"//",
	"///",
	"/a",
	"/system.slice",
	"/system.slice/",
	"/system.slice//sshd.service",
	"/.slice/sshd.service",
	"/system.slice/.service",
	"/system.slice/_.service",
	"/system.slice/service",
	"/../../sshd.service",
	"/docker/" ID,
	"/docker/" ID "/system.slice/sshd.service",
	"/kubepods",
	"/kubepods/burstable",
	"/kubepods.slice",
	"/kubepods.slice/kubepods-burstable.slice",
	"/burstable/pod" UID "/" ID,
	"/pod" UID "/" ID,
	"/kubepods/pod/" ID,
	"/kubepods/podx/" ID,
	"/kubepods/pod" UID_ "/" ID,
	"/kubepods/pod" UID UID "/" ID,
	"/kubepods/pod" UID "0/" ID,
	"/kubepods/podg6e1f2a0-1111-4222-8333-444455556666/" ID,
	"/kubepods/pod0B6E1F2A-1111-4222-8333-444455556666/" ID,
	"/kubepods/burstable/burstable/pod" UID "/" ID,
	"/kubepods/tenant/pod" UID "/" ID,
	"/tenant/kubepods/pod" UID "/" ID,
	"/tenant.slice/kubepods/pod" UID "/" ID,
	"/docker/tenant/kubepods/pod" UID "/" ID,
	"/docker/" ID2 "/kubepods/pod" UID "/" ID,
	"/lxc.payload.n1/kubepods/pod" UID "/" ID,
	"/a/kata_overhead/" ID,
	"/node.slice/kubepods.slice/kubepods-pod" UID_ ".slice",
	"/node.slice/nodekubepods.slice/nodekubepods-pod" UID_ ".slice",
	"/node.slice/other-kubepods.slice/other-kubepods-pod" UID_ ".slice",
	"/node.slice/node-kubepods.slice/kubepods-pod" UID_ ".slice",
	"/node.slice/node-a-kubepods.slice/node-a-kubepods-pod" UID_ ".slice",
	"/node-kubepods.slice/node-kubepods-pod" UID_ ".slice",
	"/kubepods.slice/kubepods-pod" UID ".slice",
	"/kubepods.slice/kubepods-pod" UID_ ".slice.slice",
	"/kubepods.slice/kubepods-podfoo.slice",
	"/kubepods.slice/kubepods-burstable-pod" UID_ ".slice",
	"/kubepods.slice/kubepods-burstable.slice/kubepods-pod" UID_ ".slice",
	"/kubepods.slice/kubepods-burstable.slice/kubepods-besteffort-pod" UID_ ".slice",
	"/kubepods.slice/kubelet-kubepods-pod" UID_ ".slice",
	"/kubepods.slice/other-pod" UID_ ".slice",
	"/tenant.slice/kubepods.slice/kubepods-pod" UID_ ".slice",
	"/kubepods-pod" UID_ ".slice:cri-containerd:",
	"/kubepods-pod" UID_ ".slice:cri-containerd:xyz",
	"/kubepods-pod" UID_ ".slice:other:" ID,
	"/kubepods-pod" UID ".slice:cri-containerd:" ID,
	"/kubepods-tenant-pod" UID_ ".slice:cri-containerd:" ID,
	"/kubelet-kubelet-kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	"/other-kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	"/kubepods" UID_ ".slice:cri-containerd:" ID,
	"/system.slice/kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	"/containerd.service.d/kubepods-pod" UID_ ".slice:cri-containerd:" ID,
	"/kubepods-pod" UID_ ".scope:cri-containerd:" ID,
	"/kubepods-pod" UID_ ".slice:cri-containerd:" ID "0",
	"/kubepods-pod" UID_,
	"/kubepods-pod",
};

static void test_cgroups(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cgroup_cases) / sizeof(cgroup_cases[0]); i++) {
		struct workload w;

		workload_parse("", cgroup_cases[i], &w);
		check_text(cgroup_cases[i], workload_kind_word(w.kind), "cgroup");
		check_text(cgroup_cases[i], w.unit, "");
		check_text(cgroup_cases[i], w.uid, "");
		check_text(cgroup_cases[i], w.container_id, "");
		check_text(cgroup_cases[i], w.runtime, "");
	}
}

/* The path of a Kata sandbox names no pod. */
static void test_kata(void **state)
{
	struct workload w;

	(void)state;
	workload_parse("", "/kata_overhead/" ID, &w);
	check_text("sandbox", w.container_id, ID);
	check_text("runtime", w.runtime, "kata");
	check_text("no pod", w.uid, "");
	workload_parse("/n1", "/n1/kata_overhead/" ID "/below", &w);
	check_text("below a node", w.container_id, ID);
}

static void test_not_a_path(void **state)
{
	static const char *const paths[] = { "", "a", "kubepods/pod" UID "/" ID, "0::/a" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct workload w;

		workload_parse("", paths[i], &w);
		check_text(paths[i], workload_kind_word(w.kind), "unknown");
	}
}

/* A unit's name of 255 bytes is one; longer ones are not cut. */
static void test_long_units(void **state)
{
	char path[1024];
	struct workload w;

	(void)state;
	for (size_t len = 240; len < 300; len++) {
		(void)snprintf(path, sizeof(path), "/system.slice/%0*d.service", (int)len - 8, 0);
		workload_parse("", path, &w);
		check_int(path, w.kind, len <= 255 ? WORKLOAD_UNIT : WORKLOAD_CGROUP);
		check_u64(path, strlen(w.unit), len <= 255 ? len : 0);
	}
}

/* Every cut and every changed byte of every path: nothing is read or written out of bounds. */
static void try_all(const char *path)
{
	size_t len = strlen(path);

	for (size_t cut = 0; cut <= len; cut++) {
		char *copy = malloc(cut + 1);
		struct workload w;

		assert_non_null(copy);
		memcpy(copy, path, cut);
		copy[cut] = '\0';
		workload_parse("", copy, &w);
		if (cut > 0)
			copy[cut / 2] = '/';
		workload_parse("", copy, &w);
		if (cut > 0)
			copy[cut - 1] = '\xff';
		workload_parse("", copy, &w);
		free(copy);
	}
}

static void test_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pod_cases) / sizeof(pod_cases[0]); i++)
		try_all(pod_cases[i].path);
	for (size_t i = 0; i < sizeof(unit_cases) / sizeof(unit_cases[0]); i++)
		try_all(unit_cases[i].path);
}

static void test_kind_words(void **state)
{
	(void)state;
	for (int kind = 0; kind < WORKLOAD_KIND_MAX; kind++)
		assert_int_equal(
			workload_word_to_kind(workload_kind_word((enum workload_kind)kind)), kind);
	assert_int_equal(workload_word_to_kind(""), WORKLOAD_UNKNOWN);
	assert_int_equal(workload_word_to_kind("pods"), WORKLOAD_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kind_words), cmocka_unit_test(test_pods),
		cmocka_unit_test(test_units),	   cmocka_unit_test(test_cgroups),
		cmocka_unit_test(test_not_a_path), cmocka_unit_test(test_long_units),
		cmocka_unit_test(test_bounds),	   cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_kata),	   cmocka_unit_test(test_units_of_nodes),
		cmocka_unit_test(test_node_roots), cmocka_unit_test(test_below_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
