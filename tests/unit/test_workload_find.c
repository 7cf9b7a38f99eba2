// SPDX-License-Identifier: MIT
/* From a control group to the names of its pod and container. */
#include "test.h"

#include "../../user/identity/workload_find.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2   "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID   "0b6e1f2a-1111-4222-8333-444455556666"
#define UID_  "0b6e1f2a_1111_4222_8333_444455556666"
#define UID2  "ffffffff-1111-4222-8333-444455556666"
#define UID3  "eeeeeeee-1111-4222-8333-444455556666"
#define UID4  "dddddddd-1111-4222-8333-444455556666"
#define HASH  "a6f9c2b1d0e8f7a6b5c4d3e2f1a0b9c8"
#define HASH2 "b6f9c2b1d0e8f7a6b5c4d3e2f1a0b9c8"
#define HASH3 "c6f9c2b1d0e8f7a6b5c4d3e2f1a0b9c8"
#define LONG  "a234567890123456789012345678901234567890123456789012345678901234" /* 64 */

static struct pod_container one[] = { { "nginx", POD_CONTAINER_MAIN } };
static struct pod_container two[] = { { "web", POD_CONTAINER_MAIN },
				      { "proxy", POD_CONTAINER_SIDECAR } };
static struct pod_container with_init[] = { { "setup", POD_CONTAINER_INIT },
					    { "web", POD_CONTAINER_MAIN } };
static struct pod_container too_long[] = { { LONG, POD_CONTAINER_MAIN } };
static struct pod_container_id ids[] = { { "proxy", ID } };

static struct pod_container_id log_ids[] = { { "setup", ID2 } };

static const struct pod known[] = {
	{ .namespace_ = "shop",
	  .name = "web-1",
	  .uid = UID,
	  .mirror_of = "",
	  .containers = one,
	  .containers_len = 1 },
	{ .namespace_ = "shop",
	  .name = "web-2",
	  .uid = UID2,
	  .mirror_of = "",
	  .containers = two,
	  .containers_len = 2,
	  .ids = ids,
	  .ids_len = 1 },
	{ .namespace_ = "shop",
	  .name = "web-3",
	  .uid = UID3,
	  .mirror_of = "",
	  .containers = with_init,
	  .containers_len = 2 },
	{ .namespace_ = "shop",
	  .name = "cut",
	  .uid = UID4,
	  .mirror_of = "",
	  .incomplete = true,
	  .containers = one,
	  .containers_len = 1 },
	{ .namespace_ = "kube-system",
	  .name = "etcd-n1",
	  .uid = "of-the-mirror",
	  .mirror_of = HASH,
	  .containers = one,
	  .containers_len = 1 },
	{ .namespace_ = "kube-system",
	  .name = "stated-n1",
	  .uid = "of-another-mirror",
	  .mirror_of = "my-static-uid",
	  .containers = one,
	  .containers_len = 1 },
	{ .namespace_ = "kube-system",
	  .name = "file-n1",
	  .uid = "",
	  .mirror_of = "",
	  .containers = one,
	  .containers_len = 1 },
	{ .namespace_ = LONG,
	  .name = "p",
	  .uid = "long",
	  .mirror_of = "",
	  .containers = too_long,
	  .containers_len = 1 },
};

/* What the kubelet's log directories tell of pods that no source, or only a manifest, knows. */
static const struct pod logs[] = {
	{ .namespace_ = "other",
	  .name = "logged",
	  .uid = HASH2,
	  .mirror_of = "",
	  .incomplete = true },
	{ .namespace_ = "kube-system",
	  .name = "file-n1",
	  .uid = HASH3,
	  .mirror_of = "",
	  .incomplete = true },
	{ .namespace_ = "not", .name = "asked", .uid = UID, .mirror_of = "", .incomplete = true },
	{ .namespace_ = "shop",
	  .name = "web-3",
	  .uid = UID3,
	  .mirror_of = "",
	  .incomplete = true,
	  .ids = log_ids,
	  .ids_len = 1 },
};

static void put(struct pod_table *table, const struct pod *pod)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	pod_record_of(pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	assert_int_equal(pod_table_apply(table, &record, 1), 0);
}

static struct pods *new_pods(void)
{
	struct pods *pods = calloc(1, sizeof(*pods));

	assert_non_null(pods);
	pods->len = 2;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		put(&pods->sources[i % 2].table, &known[i]);
	for (size_t i = 0; i < ARRAY_LEN(logs); i++)
		put(&pods->logs, &logs[i]);
	return pods;
}

/* Kind, namespace, name, container, UID; the caller frees it. */
static char *found(const struct workload_facts *facts, const char *path)
{
	struct buf out = { 0 };
	struct workload who;

	workload_find(facts, path, &who);
	buf_printf(&out, "%s %s/%s/%s %s", workload_kind_word(who.kind), who.namespace_, who.pod,
		   who.container, who.uid);
	return buf_take(&out);
}

static const struct {
	const char *path, *want;
} cases[] = {
	/* by the UID; of one container it has this name, whatever its id */
	{ "/kubepods/burstable/pod" UID "/" ID2, "pod shop/web-1/nginx " UID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice/crio-" ID2
	  ".scope",
	  "pod shop/web-1/nginx " UID },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID2 ".scope",
	  "pod shop/web-1/nginx " UID },
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-" ID2 ".scope/container",
	  "pod shop/web-1/nginx " UID },
	{ "/kubepods-pod" UID_ ".slice:cri-containerd:" ID2, "pod shop/web-1/nginx " UID },
	{ "/n1/kubepods/pod" UID "/" ID2, "pod shop/web-1/nginx " UID },
	/* not in a container */
	{ "/kubepods.slice/kubepods-pod" UID_ ".slice/crio-conmon-" ID2 ".scope",
	  "pod shop/web-1/ " UID },
	{ "/kubepods/burstable/pod" UID, "pod shop/web-1/ " UID },
	/* of several containers: by the id, else it is not guessed */
	{ "/kubepods/pod" UID2 "/" ID, "pod shop/web-2/proxy " UID2 },
	{ "/kubepods/pod" UID2 "/" ID2, "pod shop/web-2/ " UID2 },
	{ "/kubepods/pod" UID3 "/" ID, "pod shop/web-3/ " UID3 },
	{ "/kubepods/pod" UID3 "/" ID2, "pod shop/web-3/setup " UID3 }, /* by its log */
	{ "/kubepods/pod" UID3, "pod shop/web-3/ " UID3 },
	{ "/kubepods/pod" UID4 "/" ID2, "pod shop/cut/ " UID4 },
	/* static pods */
	{ "/kubepods/burstable/pod" HASH "/" ID2, "pod kube-system/etcd-n1/nginx " HASH },
	{ "/kubepods/podmy-static-uid/" ID2, "pod kube-system/stated-n1/nginx my-static-uid" },
	{ "/kubepods.slice/kubepods-podmy_static_uid.slice/crio-" ID2 ".scope",
	  "pod kube-system/stated-n1/nginx my-static-uid" },
	{ "/kubepods/podno-such-uid/" ID2, "cgroup // " },
	{ "/kubepods/podno-such-uid/" ID, "cgroup // " },
	/* by the container's id, where the UID is not known */
	{ "/kubepods/podcccccccc-1111-4222-8333-444455556666/" ID,
	  "pod shop/web-2/proxy cccccccc-1111-4222-8333-444455556666" },
	/* by the log directory; with a manifest of that name also the container */
	{ "/kubepods/pod" HASH2 "/" ID2, "pod other/logged/ " HASH2 },
	{ "/kubepods/pod" HASH3 "/" ID2, "pod kube-system/file-n1/nginx " HASH3 },
	/* not known */
	{ "/kubepods/podcccccccc-1111-4222-8333-444455556666/" ID2,
	  "pod // cccccccc-1111-4222-8333-444455556666" },
	/* no pods, whatever they are called */
	{ "/system.slice/web.service/kubepods/pod" UID "/" ID2, "unit // " },
	{ "/docker/" ID "/kubepods/pod" UID "/" ID2, "cgroup // " },
	{ "/tenant/kubepods/podmy-static-uid/" ID2, "cgroup // " },
	{ "", "unknown // " },
	/* names that do not fit are left out */
	{ "/kubepods/podlong/" ID2, "pod // long" },
};

static void test_names(void **state)
{
	struct pods *pods = new_pods();
	const struct workload_facts facts = { "/n1", pods };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ char *got = found(&facts, cases[i].path);

		check_text(cases[i].path, got, cases[i].want);
	}
	pods_free(pods);
	free(pods);
}

/* A manifest may state any UID; only whoever knows the pods can tell whether it is one. */
static void test_stated(void **state)
{
	static const struct {
		const char *path, *uid, *container_id, *runtime;
	} forms[] = {
		{ "/kubepods/burstable/podmy-static-uid/" ID, "my-static-uid", ID, "" },
		{ "/kubepods/pod7/crio-" ID, "7", ID, "crio" },
		{ "/kubepods.slice/kubepods-podmy_static_uid.slice/crio-" ID ".scope",
		  "my-static-uid", ID, "crio" },
		{ "/node.slice/node-kubepods.slice/node-kubepods-burstable.slice/"
		  "node-kubepods-burstable-podA.b_c.slice/cri-containerd-" ID ".scope/container",
		  "A.b-c", ID, "containerd" },
		{ "/kubepods-burstable-podmy_uid.slice:cri-containerd:" ID, "my-uid", ID,
		  "containerd" },
		{ "/kubepods/pod" UID, UID, "", "" },
	};
	static const char *const others[] = {
		"",
		"/",
		"/kubepods/pod/" ID,
		"/kubepods/poda_b/" ID,
		"/kubepods/pod\x1b/" ID,
		"/kubepods/pod" UID UID "/" ID,
		"/kubepods.slice/kubepods-poda-b.slice",
		"/tenant/kubepods/pod7/" ID,
		"/docker/" ID "/kubepods/pod7/" ID,
		"/system.slice/a.service",
	};
	struct workload w;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		check_int(forms[i].path, workload_parse_stated("", forms[i].path, &w), true);
		check_text(forms[i].path, workload_kind_word(w.kind), "pod");
		check_text(forms[i].path, w.uid, forms[i].uid);
		check_text(forms[i].path, w.container_id, forms[i].container_id);
		check_text(forms[i].path, w.runtime, forms[i].runtime);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		check_int(others[i], workload_parse_stated("", others[i], &w), false);
	check_int("below a node", workload_parse_stated("/n1", "/n1/kubepods/pod7", &w), true);
	check_int("of another", workload_parse_stated("/n1", "/n2/kubepods/pod7", &w), false);
}

/* A pod that is gone has its names for a while; one that comes again has those it has then. */
static void test_gone(void **state)
{
	struct pods *pods = new_pods();
	const struct workload_facts facts = { NULL, pods };
	_cleanup_free_ char *gone = NULL, *again = NULL, *later = NULL;
	struct pod changed = known[0];

	(void)state;
	pod_table_remove(&pods->sources[0].table, UID, 2);
	gone = found(&facts, "/kubepods/pod" UID "/" ID2);
	check_text("gone", gone, "pod shop/web-1/nginx " UID);
	changed.name = "web-9";
	put(&pods->sources[0].table, &changed);
	again = found(&facts, "/kubepods/pod" UID "/" ID2);
	check_text("again", again, "pod shop/web-9/nginx " UID);
	pod_table_remove(&pods->sources[0].table, UID, 3);
	pod_table_age(&pods->sources[0].table, 3 + POD_TABLE_GONE_S);
	pod_table_free(&pods->logs);
	later = found(&facts, "/kubepods/pod" UID "/" ID2);
	check_text("forgotten", later, "pod // " UID);
	pods_free(pods);
	free(pods);
}

/* What a source tells of a workload's pod: not what only a log directory does. */
static void test_pod(void **state)
{
	static const struct {
		const char *path, *name; /* NULL: none */
	} asked[] = {
		{ "/kubepods/pod" UID, "web-1" },
		{ "/kubepods/burstable/pod" HASH "/" ID2, "etcd-n1" },
		{ "/kubepods/podmy-static-uid/" ID2, "stated-n1" },
		{ "/kubepods/podcccccccc-1111-4222-8333-444455556666/" ID, "web-2" },
		{ "/kubepods/podcccccccc-1111-4222-8333-444455556666/" ID2, NULL },
		{ "/kubepods/podcccccccc-1111-4222-8333-444455556666", NULL },
		{ "/kubepods/pod" HASH2 "/" ID2, NULL },      /* logged alone */
		{ "/kubepods/pod" HASH3 "/" ID2, "file-n1" }, /* the log has its name */
		{ "/system.slice/web.service", NULL },
		{ "", NULL },
	};
	struct pods *pods = new_pods();
	const struct workload_facts facts = { NULL, pods };
	struct workload who;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		const struct pod_entry *entry;

		workload_find(&facts, asked[i].path, &who);
		entry = workload_pod(pods, &who);
		check_text(asked[i].path, entry ? entry->pod->name : NULL, asked[i].name);
		assert_null(workload_pod(NULL, &who));
	}
	workload_find(&facts, asked[0].path, &who);
	pod_table_remove(&pods->sources[0].table, UID, 2);
	assert_true(workload_pod(pods, &who)->gone);
	pods_free(pods);
	free(pods);
}

/* From a pod to the workload that a control group of it would be. */
static void test_of_pod(void **state)
{
	struct pod pod = { .namespace_ = "shop", .name = "web-1", .uid = UID, .mirror_of = "" };
	struct workload who;

	(void)state;
	workload_of_pod(&pod, "nginx", &who);
	check_u64("kind", who.kind, WORKLOAD_POD);
	check_text("UID", who.uid, UID);
	check_text("namespace", who.namespace_, "shop");
	check_text("pod", who.pod, "web-1");
	check_text("container", who.container, "nginx");
	check_text("no id", who.container_id, "");
	pod.mirror_of = HASH;
	workload_of_pod(&pod, "", &who);
	check_text("a static pod's UID", who.uid, HASH);
	check_text("no container", who.container, "");
	pod.mirror_of = LONG;
	pod.namespace_ = LONG;
	workload_of_pod(&pod, "nginx", &who);
	check_text("a UID that does not fit", who.uid, "");
	check_text("a name that does not fit", who.namespace_, "");
	check_text("then none has one", who.pod, "");
}

/* What a key tells, where no source knows the pod. */
static void test_key(void **state)
{
	struct pods pods = { 0 };
	struct workload who;

	(void)state;
	workload_of_key(NULL, UID, &who);
	check_u64("kind", who.kind, WORKLOAD_POD);
	check_text("UID", who.uid, UID);
	check_text("no name", who.pod, "");
	workload_of_key(&pods, "kube-system/etcd-node1", &who);
	check_text("no UID", who.uid, "");
	check_text("namespace", who.namespace_, "kube-system");
	check_text("pod", who.pod, "etcd-node1");
}

/* Without pods it is what the path says. */
static void test_no_pods(void **state)
{
	const struct workload_facts facts = { 0 };
	_cleanup_free_ char *pod = found(&facts, "/kubepods/pod" UID "/" ID2);
	_cleanup_free_ char *stated = found(&facts, "/kubepods/podmy-static-uid/" ID2);

	(void)state;
	check_text("a pod", pod, "pod // " UID);
	check_text("any UID", stated, "cgroup // ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),	cmocka_unit_test(test_names),
		cmocka_unit_test(test_stated),	cmocka_unit_test(test_gone),
		cmocka_unit_test(test_pod),	cmocka_unit_test(test_of_pod),
		cmocka_unit_test(test_no_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
