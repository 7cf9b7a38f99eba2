// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <stdio.h>

#include "../../user/base/json.h"

static void check_json(const char *name, const struct kube_event *kube, const char *want)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf got = { 0 }, err = { 0 };

	kube_event_json(kube, &got);
	assert_false(got.failed);
	check_text(name, got.data, want);
	check_int(name, json_parse(got.data, got.len, &err, &json), 0);
}

static void test_pod(void **state)
{
	const struct event e = of_pod("web-1");
	struct kube_event kube = kube_of(&e);

	(void)state;
	(void)strcpy(kube.name, "web-1.0");
	(void)strcpy(kube.note, "a \"note\"");
	check_json("pod", &kube,
		   "{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\","
		   "\"metadata\":{\"namespace\":\"ns\",\"name\":\"web-1.0\"},"
		   "\"eventTime\":\"2026-11-22T20:11:30.000000Z\",\"type\":\"Warning\","
		   "\"reason\":\"HostPortUnregistered\",\"action\":\"Audit\","
		   "\"regarding\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":\"ns\","
		   "\"name\":\"web-1\",\"uid\":\"" UID "\"},\"note\":\"a \\\"note\\\"\","
		   "\"reportingController\":\"hostportd\",\"reportingInstance\":\"n1\"}");
}

static void test_node(void **state)
{
	const struct event e = of_unit();
	struct kube_event kube = kube_of(&e);

	(void)state;
	(void)strcpy(kube.name, "n1.0");
	(void)strcpy(kube.note, "n");
	kube.verdict = HP_VERDICT_DENIED;
	kube.cls = HP_CLASS_OWNER;
	kube.count = 3;
	check_json("node, repeated", &kube,
		   "{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\","
		   "\"metadata\":{\"namespace\":\"default\",\"name\":\"n1.0\"},"
		   "\"eventTime\":\"2026-11-22T20:11:30.000000Z\","
		   "\"series\":{\"count\":3,\"lastObservedTime\":\"2026-11-22T20:11:31.123456Z\"},"
		   "\"type\":\"Warning\",\"reason\":\"HostPortOwner\",\"action\":\"Deny\","
		   "\"regarding\":{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n1\","
		   "\"uid\":\"n1\"},\"note\":\"n\","
		   "\"reportingController\":\"hostportd\",\"reportingInstance\":\"n1\"}");
}

static void check_patch(const char *name, uint64_t count, const char *want)
{
	const struct event e = of_unit();
	struct kube_event kube = kube_of(&e);
	_cleanup_buf_ struct buf got = { 0 };
	char text[256];

	kube.count = count;
	kube_event_patch_json(&kube, &got);
	(void)snprintf(text, sizeof(text),
		       "{\"series\":{\"count\":%s,\"lastObservedTime\":"
		       "\"2026-11-22T20:11:31.123456Z\"}}",
		       want);
	check_text(name, got.data, text);
}

/* The API takes no other numbers than these. */
static void test_patch(void **state)
{
	(void)state;
	check_patch("two", 2, "2");
	check_patch("many", 1000000, "1000000");
	check_patch("more than there can be", 1ULL << 40, "2147483647");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pod),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_patch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
