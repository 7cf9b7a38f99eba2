// SPDX-License-Identifier: MIT
/* Ports that Kubernetes does not accept, and where they stand. */
#include "manifest_cases.h"
#include "yaml_cases.h"

#define PORTS "$.spec.containers[0].ports[0]"

static const struct manifest_case invalid_cases[] = {
	{ "out of range", POD(HOST ONE("ports: [{containerPort: 65536}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "largest", POD(ONE("ports: [{containerPort: 65535}]")), "" },
	{ "zero", POD(ONE("ports: [{containerPort: 0}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "negative", POD(ONE("ports: [{containerPort: -1}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "text", POD(ONE("ports: [{containerPort: '80'}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "tagged as text", POD(ONE("ports: [{containerPort: !!str 80}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "word", POD(ONE("ports: [{containerPort: http}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "list", POD(ONE("ports: [{containerPort: [80]}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "octal", POD(ONE("ports: [{containerPort: 010}]")),
	  "invalid-port " PORTS ".containerPort\n" },
	{ "protocol", POD(ONE("ports: [{containerPort: 80, protocol: tcp}]")),
	  "invalid-port " PORTS ".protocol\n" },
	{ "not the same on the host network",
	  POD(HOST ONE("ports: [{containerPort: 9100, hostPort: 9120}]")),
	  "invalid-port tcp/9120 " PORTS ".hostPort\n" },
	{ "not the same elsewhere", POD(ONE("ports: [{containerPort: 1, hostPort: 9100}]")), "" },
	{ "of a probe", POD(HOST ONE("livenessProbe: {httpGet: {port: 0}}")),
	  "invalid-port $.spec.containers[0].livenessProbe.httpGet.port\n" },
	{ "a name for an address",
	  POD(HOST ONE("ports: [{containerPort: 9100, hostIP: localhost}]")),
	  "invalid-port " PORTS ".hostIP\n" },
	{ "addresses",
	  POD(HOST ONE("ports: [{containerPort: 9100, hostIP: 10.0.0.1}, {containerPort: 9100,"
		       " protocol: UDP, hostIP: '::ffff:10.0.0.1'}, {containerPort: 9120, hostIP: "
		       "''}]")),
	  "" },
	{ "a name for localhost is meant as such",
	  POD(HOST ONE("ports: [{containerPort: 9102, hostIP: localhost}]")),
	  "invalid-port " PORTS ".hostIP\n" },
	{ "placeholders, of the document one",
	  POD(HOST ONE("ports: [{containerPort: '{{ port }}'}, {containerPort: \"${P}\"}]")),
	  "template " PORTS ".containerPort\n" },
	{ "placeholder of a host port",
	  POD(ONE("ports: [{containerPort: '{{ port }}', hostPort: \"${P}\"}]")),
	  "template " PORTS ".containerPort\n" },
	{ "placeholder of an address",
	  POD(HOST ONE("ports: [{containerPort: 9100, hostIP: \"${I}\"}]")),
	  "template " PORTS ".hostIP\n" },
	{ "placeholder of the network",
	  POD("hostNetwork: \"${H}\", " ONE("ports: [{containerPort: 80}]")),
	  "template $.spec.hostNetwork\n" },
	{ "placeholders where no port of a node is taken",
	  POD(ONE("ports: [{containerPort: '{{ port }}', protocol: '{{ x }}', hostIP: '{{ y "
		  "}}'}]")),
	  "" },
};

static void test_invalid(void **state)
{
	(void)state;
	manifest_run(invalid_cases, ARRAY_LEN(invalid_cases));
}

/* ---- in words ------------------------------------------------------------------------------ */
#define OF "4 invalid-port: "
static const struct manifest_case word_cases[] = {
	{ "out of range", POD(ONE("ports: [{containerPort: 70000}]")),
	  OF "containerPort of Pod ns/p: 70000: not a number from 1 to 65535\n" },
	{ "text", POD(ONE("ports: [{containerPort: '80'}]")),
	  OF "containerPort of Pod ns/p: 80: a text: a port is a number, without quotes\n" },
	{ "list", POD(ONE("ports: [{containerPort: [80]}]")),
	  OF "containerPort of Pod ns/p: a list or a mapping: not a number from 1 to 65535\n" },
	{ "address", POD(ONE("ports: [{containerPort: 80, hostIP: 10.0.0}]")),
	  OF "hostIP of Pod ns/p: 10.0.0: not an IP address\n" },
	{ "protocol", POD(ONE("ports: [{containerPort: 80, protocol: tcp}]")),
	  OF "protocol of Pod ns/p: tcp: not TCP, UDP or SCTP\n" },
	{ "a list of protocols", POD(ONE("ports: [{containerPort: 80, protocol: [TCP]}]")),
	  OF "protocol of Pod ns/p: a list or a mapping: not TCP, UDP or SCTP\n" },
	{ "a port that may be a name", POD(HOST ONE("livenessProbe: {httpGet: {port: [a]}}")),
	  OF "port of Pod ns/p: a list or a mapping: not a port\n" },
	{ "a number that may be a name", POD(HOST ONE("livenessProbe: {httpGet: {port: '-1'}}")),
	  OF "port of Pod ns/p: -1: not a number from 1 to 65535\n" },
	{ "not the same", POD(HOST ONE("ports: [{containerPort: 9100, hostPort: 9120}]")),
	  OF "hostPort 9120 of Pod ns/p is not its containerPort 9100, and the pod is on the host "
	     "network -> leave hostPort out, or make it 9100\n" },
	{ "placeholder",
	  POD(HOST ONE("ports: [{containerPort: '{{ port }}'}, {containerPort: '{{ q }}'}]")),
	  "4 template: containerPort of Pod ns/p is a placeholder, {{ port }}: render the template "
	  "first -> check what it renders to: oc process, kustomize build or envsubst, and then "
	  "hostportctl check -\n" },
};

static void test_words(void **state)
{
	(void)state;
	manifest_run_words(word_cases, ARRAY_LEN(word_cases));
}

/* ---- where we are -------------------------------------------------------------------------- */
static void test_paths(void **state)
{
	_cleanup_at_top_ struct at_top at;
	size_t key, index, path;

	(void)state;
	at_top_open(&at, "{}");
	key = cursor_key(&at.cursor, "aZ_09");
	check_text("plain", at.cursor.path.data, "$.aZ_09");
	index = cursor_index(&at.cursor, 12);
	check_text("index", at.cursor.path.data, "$.aZ_09[12]");
	path = cursor_path(&at.cursor, "b.c");
	check_text("path", at.cursor.path.data, "$.aZ_09[12].b.c");
	(void)cursor_path(&at.cursor, "");
	(void)cursor_key(&at.cursor, "d-e");
	(void)cursor_key(&at.cursor, "");
	check_text("others", at.cursor.path.data, "$.aZ_09[12].b.c['d-e']['']");
	cursor_leave(&at.cursor, path);
	check_text("left", at.cursor.path.data, "$.aZ_09[12]");
	cursor_leave(&at.cursor, index);
	cursor_leave(&at.cursor, key);
	check_text("at the top", at.cursor.path.data, "$");
}

static void test_lists(void **state)
{
	static const struct {
		const char *text, *path, *want;
	} lists[] = {
		{ "{a: [x, y]}", "a", "$.a[0]=x $.a[1]=y " },
		{ "{a: {b: [x]}}", "a.b", "$.a.b[0]=x " },
		{ "[x, y]", "", "$[0]=x $[1]=y " },
		{ "{a: []}", "a", "" },
		{ "{a: x}", "a", "" },
		{ "{}", "a", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		_cleanup_at_top_ struct at_top at;
		_cleanup_buf_ struct buf out = { 0 };
		struct cursor_list list;

		at_top_open(&at, lists[i].text);
		buf_puts(&out, "");
		for (const struct yaml_node *item =
			     cursor_first(&at.cursor, at.tree->nodes, lists[i].path, &list);
		     item; item = cursor_next(&at.cursor, &list))
			buf_printf(&out, "%s=%s ", at.cursor.path.data,
				   yaml_tree_text(at.tree, item));
		check_text(lists[i].text, out.data, lists[i].want);
		check_text("at the top again", at.cursor.path.data, "$");
	}
}

/* ---- values -------------------------------------------------------------------------------- */
static void test_ports(void **state)
{
	static const struct {
		const char *value;
		int port;   /* of cursor_port(), 0: none */
		int number; /* of cursor_port_or_name(), 0: none or a name */
		const char *name;
	} values[] = {
		{ "1", 1, 1, NULL },	  { "65535", 65535, 65535, NULL },
		{ "0", 0, 0, NULL },	  { "65536", 0, 0, NULL },
		{ "'80'", 0, 80, NULL },  { "web", 0, 0, "web" },
		{ "'80a'", 0, 0, "80a" }, { "-1", 0, 0, NULL },
		{ "[80]", 0, 0, NULL },	  { "null", 0, 0, NULL },
		{ "'${P}'", 0, 0, NULL }, { "''", 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		_cleanup_buf_ struct buf text = { 0 };
		_cleanup_at_top_ struct at_top at;
		uint16_t port = 0, number = 0;
		const char *name = NULL;
		bool is;

		buf_printf(&text, "{a: %s}", values[i].value);
		at_top_open(&at, text.data);
		is = cursor_port(&at.cursor, at.tree->nodes, "a", &port);
		check_int(values[i].value, is ? port : 0, values[i].port);
		is = cursor_port_or_name(&at.cursor, at.tree->nodes, "a", &number, &name);
		check_int(values[i].value, is && !name ? number : 0, values[i].number);
		check_text(values[i].value, is ? name : NULL, values[i].name);
	}
}

static void test_counts(void **state)
{
	_cleanup_at_top_ struct at_top at;
	uint32_t count = 0;

	(void)state;
	at_top_open(&at, "{}");
	for (int i = 0; i < 5; i++)
		check_int("counted", cursor_count(&at.cursor, at.tree->nodes, &count, 3, "things"),
			  i < 3);
	check_u64("one finding", at.findings.len, 1);
	check_text("message", at.findings.items[0].message,
		   "Pod ns/p has more than 3 things: the others were not looked at");
}

/* Labels have texts; what has none is passed over. */
static void test_labels(void **state)
{
	_cleanup_at_top_ struct at_top at;
	const struct label *label;

	(void)state;
	at_top_open(&at, "{l: {a: b, c: [d], e: {f: g}, h: 1, i: null}}");
	label = cursor_labels(&at.cursor, at.tree->nodes, "l");
	check_text("last", label->key, "h");
	check_text("last", label->value, "1");
	label = label->next;
	check_text("first", label->key, "a");
	check_text("first", label->value, "b");
	assert_null(label->next);
	assert_null(cursor_labels(&at.cursor, at.tree->nodes, "m"));
}

/* A place is that of the node, at the path and a key below it; texts are cut. */
static void test_places(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_at_top_ struct at_top at;
	struct place place;

	(void)state;
	buf_puts(&text, "\n {a: ");
	for (int i = 0; i < 2 * CURSOR_TEXT_MAX; i++)
		buf_putc(&text, 'x');
	buf_puts(&text, "}");
	at_top_open(&at, text.data);
	place = cursor_place(&at.cursor, at.tree->nodes, NULL);
	check_text("path", place.path, "$");
	check_int("line", place.line, 2);
	check_int("column", place.column, 2);
	place = cursor_place(&at.cursor, at.tree->nodes, "k");
	check_text("path", place.path, "$.k");
	check_text("the path is as before", at.cursor.path.data, "$");
	check_u64("cut", strlen(cursor_text(&at.cursor, at.tree->nodes, "a")), CURSOR_TEXT_MAX);
	check_text("none", cursor_text(&at.cursor, at.tree->nodes, "b"), NULL);
	for (int i = 0; i < 4; i++)
		(void)cursor_key(&at.cursor, cursor_text(&at.cursor, at.tree->nodes, "a"));
	place = cursor_place(&at.cursor, at.tree->nodes, NULL);
	check_u64("cut", strlen(place.path), CURSOR_PATH_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invalid), cmocka_unit_test(test_words),
		cmocka_unit_test(test_paths),	cmocka_unit_test(test_lists),
		cmocka_unit_test(test_ports),	cmocka_unit_test(test_counts),
		cmocka_unit_test(test_labels),	cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
