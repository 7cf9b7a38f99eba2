// SPDX-License-Identifier: MIT
/* The formats by their names; json; and what the page of an export is made of. */
#include "export_cases.h"

static void test_json(void **state)
{
	_cleanup_exported_ struct exported e =
		export_lists("json", "entries: [{ports: 1, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_int("json", e.r, 0);
	check_text("json", e.out.data,
		   "{\"rows\":[{\"layer\":\"t\",\"kind\":\"entry\",\"line\":3,\"ports\":1,"
		   "\"protocol\":"
		   "\"tcp\",\"scope\":\"external\",\"process\":\"p\",\"role\":\"any\"}]}");
}

static void test_formats(void **state)
{
	const struct export_format *formats;
	size_t n;

	(void)state;
	formats = export_formats(&n);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(export_format_find(formats[i].name), &formats[i]);
	assert_null(export_format_find("pdf"));
	assert_null(export_format_find(""));
}

/* Which formats are of one node: those read a policy. */
static void test_node_formats(void **state)
{
	static const struct {
		const char *name;
		bool node;
	} of_node[] = {
		{ "yaml", false },  { "md", false },	       { "json", false },
		{ "csv", false },   { "html", false },	       { "nft", true },
		{ "butane", true }, { "machineconfig", true }, { "reserved-ports", true },
		{ "vap", false },
	};
	size_t n;

	(void)state;
	(void)export_formats(&n);
	check_u64("formats", n, ARRAY_LEN(of_node));
	for (size_t i = 0; i < n; i++)
		check_int(of_node[i].name, export_format_find(of_node[i].name)->node,
			  of_node[i].node);
}

/* Rows are marked with what they are on the node only where it is said what that is. */
static void test_html(void **state)
{
	static const struct {
		const char *name;
		struct node_facts facts;
		bool known;
	} nodes[] = {
		{ "nothing is known", { .today = { 2026, 11, 24 } }, false },
		{ "role", { .role = REG_ROLE_WORKER, .today = { 2026, 11, 24 } }, true },
		{ "platform", { .platform = "aws", .today = { 2026, 11, 24 } }, true },
		{ "version", { .cluster = { 4, 1 }, .today = { 2026, 11, 24 } }, true },
	};
	static const char lists[] =
		"entries: [{ports: 40000, protocol: tcp, process: p}]\n"
		"exceptions: [{ports: 1, protocol: tcp, class: unregistered, until: 2026-11-23, "
		"reason: r}]";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		_cleanup_exported_ struct exported e = export_lists("html", lists, &nodes[i].facts);

		check_int(nodes[i].name, e.r, 0);
		check_text(nodes[i].name, e.said.data, NULL);
		check_int(nodes[i].name, strstr(e.out.data, "\"here\":") != NULL, nodes[i].known);
		/* what lint finds of the least severity, for today and the ephemeral range */
		assert_non_null(strstr(e.out.data, "expired-exception"));
		assert_non_null(strstr(e.out.data, "in-ephemeral-range"));
		assert_non_null(strstr(e.out.data, "missing-team"));
		assert_non_null(strstr(e.out.data, "hostportctl "));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_node_formats),
		cmocka_unit_test(test_html),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
