// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/pods/pod_key.h"
#include "../../user/pods/this_node.h"

static const struct {
	const char *name;
	struct this_node_fields fields;
	const char *want;
} cases[] = {
	{ "nothing", { 0 }, "worker" },
	{ "a control plane", { .control_plane = true }, "control-plane" },
	{ "a platform", { .provider = "aws" }, "worker, platform aws" },
	{ "unknown", { .provider = "our-cloud2" }, "worker, platform our-cloud2" },
	{ "Google's", { .provider = "gce" }, "worker, platform gcp" },
	{ "Metal3's", { .provider = "baremetalhost" }, "worker, platform baremetal" },
	{ "IBM's", { .provider = "ibm" }, "worker, platform ibmcloud" },
	{ "IBM's Power", { .provider = "ibmpowervs" }, "worker, platform powervs" },
	{ "no word", { .provider = "a b" }, "worker" },
	{ "an escape", { .provider = "aws\033" }, "worker" },
	{ "upper case", { .provider = "AWS" }, "worker" },
	{ "a version",
	  { .openshift = true, .kubelet = "v1.29.5+29c95f3" },
	  "worker, version 4.16" },
	{ "the first", { .openshift = true, .kubelet = "v1.16.2" }, "worker, version 4.3" },
	{ "before that", { .openshift = true, .kubelet = "v1.14.6" }, "worker" },
	{ "no patch level", { .openshift = true, .kubelet = "v1.33" }, "worker, version 4.20" },
	{ "no minor version", { .openshift = true, .kubelet = "v1." }, "worker" },
	{ "another major one", { .openshift = true, .kubelet = "v2.29.5" }, "worker" },
	{ "too large", { .openshift = true, .kubelet = "v1.65536.0" }, "worker" },
	{ "no version", { .openshift = true }, "worker" },
	{ "Kubernetes has another", { .kubelet = "v1.29.5" }, "worker" },
	{ "all of it",
	  { .control_plane = true, .openshift = true, .provider = "gce", .kubelet = "v1.30.4+x" },
	  "control-plane, platform gcp, version 4.17" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct this_node node = this_node_of(&cases[i].fields);
		_cleanup_buf_ struct buf got = { 0 };

		this_node_put(&node, &got);
		check_text(cases[i].name, got.data, cases[i].want);
	}
}

static void take(struct this_node_fields *fields, uint8_t key, const char *text)
{
	this_node_take(fields, key, text, strlen(text));
}

static void test_take(void **state)
{
	char longest[THIS_NODE_TEXT_MAX + 2] = { 0 };
	struct this_node_fields fields = { 0 };

	(void)state;
	memset(longest, 'x', THIS_NODE_TEXT_MAX);
	take(&fields, POD_KEY_KUBELET, longest);
	check_text("longest", fields.kubelet, longest);
	longest[THIS_NODE_TEXT_MAX] = 'x';
	take(&fields, POD_KEY_KUBELET, longest);
	check_text("longer", fields.kubelet, "");
	take(&fields, POD_KEY_PROVIDER, "azure:///subscriptions/of/any/length://x");
	check_text("provider", fields.provider, "azure");
	take(&fields, POD_KEY_PROVIDER, "azure");
	check_text("no provider", fields.provider, "");
	this_node_take(&fields, POD_KEY_KUBELET, "v1\0x", 4);
	check_text("a zero byte", fields.kubelet, "");
	assert_false(fields.control_plane || fields.openshift);
	take(&fields, POD_KEY_NAME, "n");
	take(&fields, POD_KEY_CONTROL_PLANE, "");
	assert_true(fields.control_plane && !fields.openshift);
	take(&fields, POD_KEY_OPENSHIFT, "");
	assert_true(fields.openshift);
}

static void test_same(void **state)
{
	const struct this_node node = { REG_ROLE_WORKER, "aws", { 4, 16 } };
	const struct this_node others[] = {
		{ REG_ROLE_CONTROL_PLANE, "aws", { 4, 16 } },
		{ REG_ROLE_WORKER, "gcp", { 4, 16 } },
		{ REG_ROLE_WORKER, "aws", { 4, 17 } },
		{ REG_ROLE_WORKER, "aws", { 5, 16 } },
	};

	(void)state;
	assert_true(this_node_same(&node, &node));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(this_node_same(&node, &others[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
