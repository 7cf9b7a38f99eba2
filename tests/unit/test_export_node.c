// SPDX-License-Identifier: MIT
/* The exports that are of one node: nft, butane, reserved-ports. */
#include "export_cases.h"

#include <errno.h>

#define SSH "{ports: 22, protocol: tcp, process: sshd}"

/* What stands between two texts of a document; the caller's. */
static char *between(const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from), *end;

	if (!start)
		fail_msg("%s: is not in: %s", from, text);
	start += strlen(from);
	end = strstr(start, to);
	if (!end)
		fail_msg("%s: is not in: %s", to, start);
	return strndup(start, (size_t)(end - start));
}

static const char whole[] =
	"#!/usr/sbin/nft -f\n"
	"# The ports at which a host may be reached, of the host port registry's layers t.\n"
	"# For nodes of role any, any platform, version any. Loading it again replaces the table.\n"
	"#\n"
	"# It decides on new connections to this host's own ports, and on nothing else: not on\n"
	"# loopback, on what is forwarded to pods, or on protocols without ports (ICMP, ESP, "
	"VRRP).\n"
	"# Another table can still drop what this one accepts.\n"
	"\n"
	"table inet hostportd\n"
	"delete table inet hostportd\n"
	"\n"
	"table inet hostportd {\n"
	"\tset tcp_ports {\n"
	"\t\ttype inet_service\n"
	"\t\tflags interval\n"
	"\t\telements = {\n"
	"\t\t\t22, # sshd, layer t\n"
	"\t\t}\n"
	"\t}\n"
	"\n"
	"\tset sctp_ports {\n"
	"\t\ttype inet_service\n"
	"\t\tflags interval\n"
	"\t\telements = {\n"
	"\t\t\t1-3, # p, team q, layer t\n"
	"\t\t}\n"
	"\t}\n"
	"\n"
	"\tchain input {\n"
	"\t\ttype filter hook input priority filter; policy accept;\n"
	"\t\tiifname \"lo\" accept\n"
	"\t\tct state established,related accept\n"
	"\t\ttcp dport @tcp_ports accept\n"
	"\t\tsctp dport @sctp_ports accept\n"
	"\t\tudp dport 30000-32767 accept # node ports\n"
	"\t\tmeta l4proto { tcp, udp, udplite, sctp } counter drop\n"
	"\t}\n"
	"}\n"
	"\n"
	"# Documented ranges that open nothing by themselves, but for the entries in them:\n"
	"#   tcp dport 9000-9999\n"
	"#   tcp dport 29999-30000\n";

static void test_nft(void **state)
{
	_cleanup_exported_ struct exported e =
		export_lists("nft",
			     "ranges: [{ports: 9000-9999, protocol: tcp}, {ports: 30000-32767, "
			     "protocol: udp}, {ports: 29999-30000, protocol: tcp}]\nentries: [" SSH
			     ", {ports: 1-3, protocol: sctp, process: p, team: q}]",
			     NULL);

	(void)state;
	check_int("written", e.r, 0);
	check_text("the whole file", e.out.data, whole);
	check_text("nothing said", e.said.data, NULL);
}

struct open_case {
	const char *name, *lists;
	struct node_facts facts;
	const char *want; /* the elements of tcp */
};

static const struct open_case open_cases[] = {
	{ "localhost is not open",
	  "entries: [" SSH ", {ports: 23, protocol: tcp, process: p, scope: localhost}]",
	  { 0 },
	  "\t\t\t22, # sshd, layer t\n" },
	{ "the most permissive row decides",
	  "entries: [{ports: 22, protocol: tcp, process: a, scope: localhost}, " SSH "]",
	  { 0 },
	  "\t\t\t22, # sshd, layer t\n" },
	{ "another role",
	  "entries: [" SSH ", {ports: 23, protocol: tcp, process: p, role: control-plane}]",
	  { .role = REG_ROLE_WORKER },
	  "\t\t\t22, # sshd, layer t\n" },
	{ "its own role",
	  "entries: [" SSH ", {ports: 23, protocol: tcp, process: p, role: worker}]",
	  { .role = REG_ROLE_WORKER },
	  "\t\t\t22, # sshd, layer t\n\t\t\t23, # p, layer t\n" },
	{ "another platform",
	  "entries: [" SSH ", {ports: 23, protocol: tcp, process: p, platforms: [aws]}]",
	  { .platform = "baremetal" },
	  "\t\t\t22, # sshd, layer t\n" },
	{ "retired rows are not open, unless they still hold",
	  "entries: [" SSH
	  "]\nretired: [{ports: 23, protocol: tcp, process: p, removed: \"4.11\"}, "
	  "{ports: 24, protocol: tcp, process: q, removed: \"4.17\"}]",
	  { .cluster = { 4, 16 } },
	  "\t\t\t22, # sshd, layer t\n\t\t\t24, # q, layer t\n" },
	{ "exceptions open nothing",
	  "entries: [" SSH "]\nexceptions: [{ports: 23, protocol: tcp, class: unregistered, until: "
	  "2099-01-01, reason: r}]",
	  { .today = { 2026, 11, 24 } },
	  "\t\t\t22, # sshd, layer t\n" },
	{ "ranges, cut where another row decides",
	  "entries: [{ports: 20-29, protocol: tcp, process: p}, " SSH "]",
	  { 0 },
	  "\t\t\t20-21, # p, layer t\n\t\t\t22, # sshd, layer t\n\t\t\t23-29, # p, layer t\n" },
	{ "no name ends its comment",
	  "entries: [{ports: 22, protocol: tcp, process: \"a\\n23,\\r\\u2028 b\\\\\", team: "
	  "\"x\\uFFFF } \\\\\"}]",
	  { 0 },
	  "\t\t\t22, # a?23,?? b\\, team x? } \\, layer t\n" },
};

static void test_nft_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(open_cases); i++) {
		const struct open_case *c = &open_cases[i];
		_cleanup_exported_ struct exported e = export_lists("nft", c->lists, &c->facts);
		_cleanup_free_ char *elements = NULL;

		check_int(c->name, e.r, 0);
		elements = between(e.out.data, "elements = {\n", "\t\t}\n");
		check_text(c->name, elements, c->want);
	}
}

static void test_nft_said(void **state)
{
	_cleanup_exported_ struct exported closed =
		export_lists("nft", "entries: [{ports: 23, protocol: tcp, process: p}]", NULL);
	_cleanup_exported_ struct exported empty = export_lists("nft", "", NULL);
	_cleanup_exported_ struct exported local = export_lists(
		"nft", "entries: [{ports: 22, protocol: tcp, process: p, scope: localhost}]", NULL);

	(void)state;
	check_int("SSH is closed", closed.r, 0);
	check_text("SSH is closed", closed.said.data,
		   "tcp 22 is not registered: the rules close SSH\n");
	check_int("empty", empty.r, -EINVAL);
	check_text("empty", empty.said.data,
		   "no registered port is external on this node: all would be closed\n");
	check_int("localhost alone", local.r, -EINVAL);
}

#define RESERVED_HEAD                                                                              \
	"# Registered ports in the ephemeral range 32768-60999, which the kernel must not hand "   \
	"out.\n# It replaces any other list of reserved ports.\n"

static void test_reserved(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported some =
		export_lists("reserved-ports",
			     "entries: [" SSH
			     ", {ports: 39300-39301, protocol: udp, process: p, scope: localhost}, "
			     "{ports: 60000, protocol: tcp, process: p, role: "
			     "control-plane}]\nretired: [{ports: 61000, "
			     "protocol: tcp, process: p, removed: \"4.1\"}]",
			     &worker);
	_cleanup_exported_ struct exported none =
		export_lists("reserved-ports", "entries: [" SSH "]", NULL);
	_cleanup_exported_ struct exported all = export_lists(
		"reserved-ports", "entries: [{ports: 1-65535, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_text("some", some.out.data,
		   RESERVED_HEAD "net.ipv4.ip_local_reserved_ports = 39300-39301,60000\n");
	check_text("none", none.out.data, RESERVED_HEAD "# There are none.\n");
	check_int("all", all.r, -EINVAL);
	check_text("all", all.said.data,
		   "28232 of the 28232 ephemeral ports are registered, more than half: reserved, "
		   "they would "
		   "starve the node\n");
}

static void test_reserved_long(void **state)
{
	_cleanup_buf_ struct buf lists = { 0 };
	_cleanup_exported_ struct exported e = { 0 };

	(void)state;
	buf_puts(&lists, "entries:\n");
	for (int port = 40000; port < 41400; port += 2)
		buf_printf(&lists, "  - {ports: %d, protocol: tcp, process: p}\n", port);
	e = export_lists("reserved-ports", lists.data, NULL);
	check_int("too long", e.r, -EINVAL);
	check_text("too long", e.said.data,
		   "700 ports in a list that the kernel does not take, longer than 4095 bytes\n");
}

#define ONE "entries: [" SSH ", {ports: 60000, protocol: tcp, process: p}]"

static void test_butane(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported e = export_lists("butane", ONE, &worker);
	_cleanup_exported_ struct exported bare =
		export_lists("butane", "entries: [" SSH "]", &worker);
	_cleanup_free_ char *head = NULL, *rules = NULL;

	(void)state;
	check_int("written", e.r, 0);
	head = between(e.out.data, "variant", "inline");
	check_text(
		"its head", head,
		": openshift\nversion: 4.14.0\nmetadata:\n  name: 98-worker-hostportd\n  labels:\n"
		"    machineconfiguration.openshift.io/role: worker\nstorage:\n  files:\n"
		"    - path: /etc/hostportd/firewall.nft\n      mode: 0600\n      overwrite: true\n"
		"      contents:\n        ");
	rules = between(e.out.data, "inline: |\n", "    - path: /etc/sysctl.d/98-hostportd.conf\n");
	assert_non_null(strstr(rules, "          \t\t\t22, # sshd, layer t\n"));
	assert_non_null(strstr(e.out.data, "ip_local_reserved_ports = 60000\n"));
	assert_non_null(strstr(e.out.data,
			       "        ExecStart=/usr/sbin/nft -f /etc/hostportd/firewall.nft\n"));
	assert_null(strstr(bare.out.data, "sysctl"));
}

struct spec_case {
	const char *name;
	struct node_facts facts;
	int r;
	const char *want;
};

static void test_butane_specs(void **state)
{
	static const struct spec_case cases[] = {
		{ "no role", { 0 }, -EINVAL, NULL },
		{ "control plane", { .role = REG_ROLE_CONTROL_PLANE }, 0, "98-master-hostportd" },
		{ "its role", { .role = REG_ROLE_CONTROL_PLANE }, 0, "io/role: master\n" },
		{ "an older cluster",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 9 } },
		  0,
		  "version: 4.9.0\n" },
		{ "a newer one",
		  { .role = REG_ROLE_WORKER, .cluster = { 5, 0 } },
		  0,
		  "version: 4.14.0\n" },
		{ "too old", { .role = REG_ROLE_WORKER, .cluster = { 4, 7 } }, -EINVAL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_exported_ struct exported e = export_lists("butane", ONE, &cases[i].facts);

		check_int(cases[i].name, e.r, cases[i].r);
		if (cases[i].want && !strstr(e.out.data, cases[i].want))
			fail_msg("%s: %s is not in: %s", cases[i].name, cases[i].want, e.out.data);
		check_int(cases[i].name, e.said.len > 0, cases[i].r < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nft),	      cmocka_unit_test(test_nft_open),
		cmocka_unit_test(test_nft_said),      cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_reserved_long), cmocka_unit_test(test_butane),
		cmocka_unit_test(test_butane_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
