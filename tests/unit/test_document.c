// SPDX-License-Identifier: MIT
/* The page's data, which its script gets. */
#include "page_cases.h"

#include "../../user/formats/html/document.h"

/* Rows that don't hold on a node are marked; without a node none is. */
static void test_node(void **state)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(
		"entries: [{ports: 80, protocol: tcp, process: p, role: control-plane}, {ports: "
		"81, protocol: tcp, process: q}]\n"
		"ranges: [{ports: 9-10, protocol: tcp}]");
	const struct node_facts worker = { .role = REG_ROLE_WORKER, .cluster = { 4, 10 } };
	_cleanup_buf_ struct buf with = { 0 }, without = { 0 };

	(void)state;
	html_document_put(&(struct page) { .registry = reg, .facts = &worker }, &with);
	html_document_put(&(struct page) { .registry = reg }, &without);
	check_u64("inactive", count(with.data, "\"here\":\"inactive\""), 1);
	check_u64("holds", count(with.data, "\"here\":\"none\""), 1);
	check_u64("node", count(with.data, "{\"role\":\"worker\",\"version\":\"4.10\"}"), 1);
	check_u64("no node", count(without.data, "\"here\""), 0);
	check_u64("null", count(without.data, "\"node\":null"), 1);
}

/* The whole document of a page with one of each. */
static void test_whole(void **state)
{
	static const struct rule rule = { "a-rule", SEVERITY_WARNING, NULL, "s", "h" };
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(
		"source: s\nentries: [{ports: 80, protocol: tcp, process: p, team: q}]\nretired: "
		"[{ports: 81, protocol: udp, process: p, removed: '4.1'}]\nranges: [{ports: 9-10, "
		"protocol: tcp}]\naccept: [{rule: r, reason: r}]");
	_cleanup_(json_freep) struct json *listeners = json_of(
		"{\"listeners\":[{\"protocol\":\"tcp\",\"family\":\"inet\",\"address\":\"::\","
		"\"port\":80,\"pid\":7,\"uid\":0,\"comm\":\"c\",\"exe\":\"/e\",\"cgroup\":\"/g\","
		"\"others\":[{\"address\":\"::1\",\"pid\":8,\"uid\":1,\"comm\":\"d\",\"exe\":"
		"\"/f\",\"x\":1}],"
		"\"verdict\":\"v\",\"class\":\"k\",\"how\":\"h\",\"first\":\"f\",\"time\":\"t\","
		"\"last\":\"l\",\"count\":3,\"workload\":{\"kind\":\"unit\",\"unit\":\"u.service\"}"
		","
		"\"entry\":{\"layer\":\"t\",\"process\":\"p\",\"team\":\"q\",\"line\":3},"
		"\"documented\":true,\"inode\":9}],\"left_out\":2}");
	_cleanup_findings_ struct findings findings = { 0 };
	const struct node_facts facts = { .role = REG_ROLE_CONTROL_PLANE, .platform = "aws" };
	const struct page page = {
		.registry = reg,
		.facts = &facts,
		.title = "T",
		.generated = "g",
		.listeners = listeners,
		.violations = json_member(listeners, "listeners"),
		.findings = &findings,
	};
	_cleanup_buf_ struct buf out = { 0 };
#define SOCKET                                                                                     \
	"[{\"protocol\":\"tcp\",\"family\":\"inet\",\"address\":\"::\",\"comm\":\"c\",\"exe\":"    \
	"\"/e\",\"cgroup\":\"/g\",\"verdict\":\"v\",\"class\":\"k\",\"how\":\"h\",\"first\":"      \
	"\"f\",\"time\":\"t\",\"last\":\"l\",\"port\":80,\"pid\":7,\"uid\":0,\"count\":3,"         \
	"\"others\":[{\"address\":\"::1\",\"comm\":\"d\",\"exe\":\"/f\",\"pid\":8,\"uid\":1}],"    \
	"\"workload\":\"unit "                                                                     \
	"u.service\",\"entry\":{\"layer\":\"t\",\"process\":\"p\",\"team\":\"q\"},"                \
	"\"documented\":true}]"

	(void)state;
	finding_set_port(findings_add(&findings, &rule, "f", 3, 4, "m"), HP_PROTO_UDP, 81);
	finding_suggest(&findings.items[0], "do");
	finding_accept(findings_add(&findings, &rule, "f", 0, 0, "n"), "r");
	html_document_put(&page, &out);
	check_text(
		"document", out.data,
		"{\"title\":\"T\",\"generated\":\"g\",\"node\":{\"role\":\"control-plane\","
		"\"platform\":\"aws\"},\"layers\":[{\"name\":\"t\",\"path\":\"t.yaml\",\"source\":"
		"\"s\",\"rows\":3}],\"rows\":[{\"layer\":\"t\",\"kind\":\"entry\",\"line\":4,"
		"\"ports\":80,\"protocol\":\"tcp\",\"scope\":\"external\",\"process\":\"p\","
		"\"role\":\"any\",\"team\":\"q\",\"here\":\"none\"},{\"layer\":\"t\",\"kind\":"
		"\"retired\",\"line\":5,\"ports\":81,\"protocol\":\"udp\",\"scope\":\"external\","
		"\"process\":\"p\",\"role\":\"any\",\"removed\":\"4.1\",\"here\":\"retired\"},{"
		"\"layer\":\"t\",\"kind\":\"range\",\"line\":6,\"ports\":\"9-10\",\"protocol\":"
		"\"tcp\"}],\"listeners\":" SOCKET ",\"left_out\":2,\"violations\":" SOCKET
		",\"findings\":[{\"rule\":\"a-rule\",\"severity\":\"warning\",\"message\":\"m\","
		"\"suggestion\":\"do\",\"protocol\":\"udp\",\"port\":81},{\"rule\":\"a-rule\","
		"\"severity\":\"warning\",\"message\":\"n\",\"accepted\":\"r\"}]}");
}

/* Without anything, the lists that are not known are null. */
static void test_nothing(void **state)
{
	const struct registry none = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	html_document_put(&(struct page) { .registry = &none }, &out);
	check_text("document", out.data,
		   "{\"node\":null,\"layers\":[],\"rows\":[],\"listeners\":null,\"left_out\":0,"
		   "\"violations\":null,\"findings\":null}");
}

/* What a socket may lack, and what its entry and its range may be. */
static void test_sockets(void **state)
{
	static const struct {
		const char *socket, *before, *after; /* of the workload */
	} sockets[] = {
		{ "{}", "", "" },
		{ "7", "", "" },
		{ "{\"port\":0,\"pid\":0,\"uid\":0}", "\"port\":0,\"pid\":0,\"uid\":0,", "" },
		{ "{\"port\":\"80\",\"comm\":7}", "", "" },
		{ "{\"documented\":false}", "", ",\"documented\":false" },
		{ "{\"documented\":true}", "", ",\"documented\":true" },
		{ "{\"documented\":null}", "", "" },
		{ "{\"declared\":null,\"shadowed\":false,\"orphan\":false}", "", "" },
		{ "{\"declared\":false,\"shadowed\":true,\"orphan\":true}", "",
		  ",\"declared\":false,\"shadowed\":true,\"orphan\":true" },
		{ "{\"declared\":true,\"declared_by\":{\"namespace\":\"n\",\"pod\":\"p\","
		  "\"container\":\"c\",\"x\":\"y\"}}",
		  "",
		  ",\"declared\":true,\"declared_by\":{\"namespace\":\"n\",\"pod\":\"p\","
		  "\"container\":\"c\"}" },
		{ "{\"entry\":null}", "", "" },
		{ "{\"entry\":{\"process\":\"p\"}}", "", "" },
		{ "{\"entry\":{\"layer\":\"t\"}}", "", ",\"entry\":{\"layer\":\"t\"}" },
	};
	const struct registry none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sockets); i++) {
		_cleanup_buf_ struct buf list = { 0 }, out = { 0 }, want = { 0 };
		_cleanup_(json_freep) struct json *json = NULL;

		buf_printf(&list, "[%s]", sockets[i].socket);
		json = json_of(list.data);
		html_document_put(&(struct page) { .registry = &none, .violations = json }, &out);
		buf_printf(&want, "\"violations\":[{%s\"workload\":\"unknown workload\"%s}],",
			   sockets[i].before, sockets[i].after);
		if (!strstr(out.data, want.data))
			fail_msg("%s is not in %s", want.data, out.data);
	}
}

static void test_versions(void **state)
{
	static const struct {
		struct node_facts facts;
		const char *want;
	} nodes[] = {
		{ { 0 }, "{\"node\":{\"role\":\"any\"}," },
		{ { .cluster = { 4, 0 } }, "{\"node\":{\"role\":\"any\",\"version\":\"4.0\"}," },
		{ { .cluster = { 0, 7 } }, "{\"node\":{\"role\":\"any\",\"version\":\"0.7\"}," },
		{ { .cluster = { 65535, 65535 } },
		  "{\"node\":{\"role\":\"any\",\"version\":\"65535.65535\"}," },
	};
	const struct registry none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		html_document_put(&(struct page) { .registry = &none, .facts = &nodes[i].facts },
				  &out);
		check_int(nodes[i].want, strncmp(out.data, nodes[i].want, strlen(nodes[i].want)),
			  0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_node),	 cmocka_unit_test(test_whole),
		cmocka_unit_test(test_nothing),	 cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
