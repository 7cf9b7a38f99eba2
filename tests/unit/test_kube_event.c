// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <errno.h>

static void test_wanted(void **state)
{
	struct event e = bare();

	(void)state;
	assert_true(kube_event_is_wanted(&e));
	e.verdict = HP_VERDICT_DENIED;
	assert_true(kube_event_is_wanted(&e));
	e.verdict = HP_VERDICT_EXCEPTED;
	assert_false(kube_event_is_wanted(&e));
	e.verdict = HP_VERDICT_ALLOWED;
	assert_false(kube_event_is_wanted(&e));
}

static void test_pod(void **state)
{
	struct event e = of_pod("web-1");
	struct kube_event kube = kube_of(&e);

	(void)state;
	check_int("of a pod", kube.of_pod, 1);
	check_int("not sent before", kube.repeats, 0);
	check_text("namespace", kube.namespace_, "ns");
	check_text("object", kube.object, "web-1");
	check_text("uid", kube.uid, UID);
	check_text("instance", kube.instance, "n1");
	check_text(
		"note", kube.note,
		"nginx, container z: tcp 0.0.0.0:8080 (bind): unregistered, audited: no row of the"
		" host port registry");
	assert_memory_equal(kube.name, "web-1.", 6);
	check_int("name", (int)strlen(kube.name), 6 + 16);
	check_u64("count", kube.count, 1);
	check_int("first", kube.first_us, 1795378290000000);
	check_int("last", kube.last_us, 1795378291123456);
}

static void test_node(void **state)
{
	struct event e = of_unit();
	struct kube_event kube;

	(void)state;
	e.family = 6;
	e.verdict = HP_VERDICT_DENIED;
	e.how = HP_HOW_LISTEN;
	kube = kube_of(&e);
	check_int("of the node", kube.of_pod, 0);
	check_text("namespace", kube.namespace_, "default");
	check_text("object", kube.object, "n1");
	check_text("uid: as kubectl asks for it", kube.uid, "n1");
	check_text("note", kube.note,
		   "nginx, unit web.service: tcp [::]:8080 (listen): unregistered, denied: row of"
		   " openshift: kubelet (node)");
	/* a pod without names is of the node, and named by its UID */
	e = full();
	kube = kube_of(&e);
	check_int("no names", kube.of_pod, 0);
	check_text("no names: object", kube.object, "n1");
	assert_non_null(strstr(kube.note, "pod 0b6e1f2a"));
}

/* A port that only a Pod.Spec names: nobody has bound it. */
static void test_declared(void **state)
{
	struct event e = of_pod("web-1");
	struct kube_event kube;

	(void)state;
	e.comm[0] = '\0';
	e.how = HP_HOW_DECLARED;
	e.family = 0;
	kube = kube_of(&e);
	check_text(
		"note", kube.note,
		"no process, container z: tcp *:8080 (declared): unregistered, audited: no row of"
		" the host port registry");
}

/* What a program calls itself must not reach a terminal. */
static void test_unsafe(void **state)
{
	struct event e = of_pod("web-1");
	struct kube_event kube;

	(void)state;
	(void)strcpy(e.comm, "a\033[31m\n");
	kube = kube_of(&e);
	for (const char *c = kube.note; *c; c++)
		assert_true(*c >= ' ' && *c < '\x7f');
}

static void test_long(void **state)
{
	struct event e = of_unit();
	struct kube_event kube;
	char node[300], process[2000];

	(void)state;
	memset(process, 'p', sizeof(process) - 1);
	process[sizeof(process) - 1] = '\0';
	e.entry_process = process;
	kube = kube_of(&e);
	check_int("note", (int)strlen(kube.note), KUBE_EVENT_NOTE - 1);
	/* whole characters alone: two bytes each, wherever they begin */
	for (size_t i = 0; i + 1 < sizeof(process) - 1; i += 2)
		memcpy(process + i, "\xc3\xa9", 2);
	process[sizeof(process) - 4] = '\0';
	for (int odd = 0; odd < 2; odd++) {
		e.entry_process = process;
		e.entry_layer = odd ? "odd" : "even";
		kube = kube_of(&e);
		check_int("the last byte is a character's last", kube.note[strlen(kube.note) - 1],
			  '\xa9');
		assert_true(strlen(kube.note) >= KUBE_EVENT_NOTE - 2);
	}
	/* the names of nodes and pods may be 253 bytes */
	memset(node, 'n', sizeof(node));
	node[200] = node[235] = '.';
	node[253] = '\0';
	e.node = node;
	kube = kube_of(&e);
	check_text("object", kube.object, node);
	check_int("instance", (int)strlen(kube.instance), KUBE_EVENT_INSTANCE - 1);
	check_int("name: no dot before the dot", (int)strlen(kube.name), 235 + 1 + 16);
}

static void test_refused(void **state)
{
	static const char *const names[] = { "", "N1", "a b", "a/b", "..", "-a", ".a", "a_b" };
	struct kube_event kube;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct event e = of_unit();

		e.node = names[i];
		check_int(names[i], kube_event_of(&e, &kube), -EINVAL);
		e = of_pod("web-1");
		(void)strcpy(e.workload.namespace_, names[i]);
		if (*names[i]) /* else it is the node's */
			check_int(names[i], kube_event_of(&e, &kube), -EINVAL);
	}
}

/* What differs in any of what is said is another Event; count, times and process are not said. */
static void test_key(void **state)
{
	const struct event e = of_pod("web-1");
	struct event others[12];
	uint64_t key = kube_event_key(&e);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		others[i] = e;
	others[0].verdict = HP_VERDICT_DENIED;
	others[1].cls = HP_CLASS_SCOPE;
	others[2].proto = HP_PROTO_UDP;
	others[3].port = 8081;
	others[4].port = 8080 + 256;
	others[5].addr[0] = 127;
	others[6].how = HP_HOW_LISTEN;
	(void)strcpy(others[7].comm, "other");
	(void)strcpy(others[8].workload.container, "other");
	(void)strcpy(others[9].workload.pod, "web-2");
	(void)strcpy(others[10].workload.uid, "other");
	others[11].entry_layer = "site";
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_true(kube_event_key(&others[i]) != key);
		for (size_t j = 0; j < i; j++)
			assert_true(kube_event_key(&others[i]) != kube_event_key(&others[j]));
		if (i < 9)
			check_u64("object", kube_event_object(&others[i]), kube_event_object(&e));
	}
	assert_true(kube_event_object(&others[9]) != kube_event_object(&e));
	others[0] = e;
	others[0].count = 7;
	others[0].pid = 1;
	others[0].addr[10] = 1; /* of no address of IPv4 */
	others[0].time.tv_sec++;
	(void)strcpy(others[0].workload.container_id, "another run of it");
	check_u64("a repeat", kube_event_key(&others[0]), key);
}

static void test_repeat(void **state)
{
	struct event e = of_pod("web-1");
	struct kube_event kube = kube_of(&e);

	(void)state;
	e.count = 5;
	e.time.tv_sec += 60;
	kube_event_repeat(&kube, &e);
	check_u64("count", kube.count, 6);
	check_int("first", kube.first_us, 1795378290000000);
	check_int("last", kube.last_us, 1795378351123456);
}

static void check_parse(const char *name, const struct kube_event *kube, size_t len, int want)
{
	struct kube_event got;

	check_int(name, kube_event_parse(kube, len, &got), want);
	if (want == 0)
		assert_memory_equal(&got, kube, sizeof(got));
}

static void test_parse(void **state)
{
	const struct event e = of_pod("web-1");
	const struct kube_event kube = kube_of(&e);
	struct kube_event bad;

	(void)state;
	check_parse("whole", &kube, sizeof(kube), 0);
	check_parse("nothing", &kube, 0, -EINVAL);
	check_parse("short", &kube, sizeof(kube) - 1, -EINVAL);
	check_parse("long", &kube, sizeof(kube) + 1, -EINVAL);
#define BAD(what)                                                                                  \
	bad = kube;                                                                                \
	what;                                                                                      \
	check_parse(#what, &bad, sizeof(bad), -EINVAL)
	BAD(bad.first_us = -1);
	BAD(bad.last_us = INT64_MIN);
	BAD(bad.count = 0);
	BAD(bad.repeats = 1);
	BAD(bad.cls = HP_CLASS_NONE);
	BAD(bad.cls = HP_CLASS_MAX);
	BAD(bad.verdict = HP_VERDICT_EXCEPTED);
	BAD(bad.name[0] = '\0');
	BAD(bad.name[2] = '/');
	BAD(bad.namespace_[0] = '.');
	BAD(bad.namespace_[1] = '.');
	BAD(bad.object[0] = '%');
	BAD(bad.instance[0] = '\0');
	BAD(bad.note[0] = '\0');
	BAD(memset(bad.name, 'a', sizeof(bad.name)));
	BAD(memset(bad.namespace_, 'a', sizeof(bad.namespace_)));
	BAD(memset(bad.object, 'a', sizeof(bad.object)));
	BAD(memset(bad.uid, 'a', sizeof(bad.uid)));
	BAD(memset(bad.instance, 'a', sizeof(bad.instance)));
	BAD(memset(bad.note, 'a', sizeof(bad.note)));
#undef BAD
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wanted),	cmocka_unit_test(test_pod),
		cmocka_unit_test(test_node),	cmocka_unit_test(test_declared),
		cmocka_unit_test(test_unsafe),	cmocka_unit_test(test_long),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_key),
		cmocka_unit_test(test_repeat),	cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
