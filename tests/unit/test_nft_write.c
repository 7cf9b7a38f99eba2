// SPDX-License-Identifier: MIT
/* Firewall rules: what is open on a node, and what is not. */
#include "export_cases.h"

#include <errno.h>

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

/* ---- what is documented -------------------------------------------------------------------- */
/* Ranges that lie in the node ports as a whole are open; others are told at the end. */
static const struct {
	const char *ports;
	bool node_ports;
} range_cases[] = {
	{ "30000-32767", true },  { "30000", true },	    { "32767", true },
	{ "31000-31999", true },  { "29999-30000", false }, { "29999-32767", false },
	{ "30000-32768", false }, { "32767-32768", false }, { "29999", false },
	{ "32768", false },	  { "1-65535", false },
};

static void test_nft_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(range_cases); i++) {
		_cleanup_buf_ struct buf lists = { 0 }, open = { 0 }, told = { 0 };
		_cleanup_exported_ struct exported e = { 0 };

		buf_printf(&lists, "ranges: [{ports: %s, protocol: sctp}]\nentries: [" SSH "]",
			   range_cases[i].ports);
		buf_printf(&open, "\t\tsctp dport %s accept # node ports\n\t\tmeta ",
			   range_cases[i].ports);
		buf_printf(&told, "in them:\n#   sctp dport %s\n", range_cases[i].ports);
		e = export_lists("nft", lists.data, NULL);
		check_int(range_cases[i].ports, e.r, 0);
		check_int(range_cases[i].ports, strstr(e.out.data, open.data) != NULL,
			  range_cases[i].node_ports);
		check_int(range_cases[i].ports, strstr(e.out.data, told.data) != NULL,
			  !range_cases[i].node_ports);
	}
}

/* ---- the head ------------------------------------------------------------------------------ */
static void test_nft_head(void **state)
{
	static const struct {
		struct node_facts facts;
		const char *want;
	} heads[] = {
		{ { 0 }, "role any, any platform, version any. " },
		{ { .role = REG_ROLE_WORKER }, "role worker, any platform, version any. " },
		{ { .platform = "a\nb" }, "role any, platform a?b, version any. " },
		{ { .cluster = { 4, 0 } }, "role any, any platform, version 4.0. " },
		{ { .cluster = { 0, 1 } }, "role any, any platform, version 0.1. " },
		{ { .role = REG_ROLE_CONTROL_PLANE, .platform = "aws", .cluster = { 4, 18 } },
		  "role control-plane, platform aws, version 4.18. " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		_cleanup_exported_ struct exported e =
			export_lists("nft", "entries: [" SSH "]", &heads[i].facts);
		_cleanup_free_ char *head = between(e.out.data, "For nodes of ", "Loading");

		check_text(heads[i].want, head, heads[i].want);
	}
}

/* Layers are named in their order; an element names the one whose row decides. */
static void test_nft_layers(void **state)
{
	static const char *const layers[] = {
		"{version: 1, name: a, entries: [" SSH "]}",
		"{version: 1, name: b, ranges: [{ports: 9, protocol: udp}], entries: [{ports: 7, "
		"protocol: udplite, process: p}]}",
	};
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_exported_ struct exported e = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(layers, ARRAY_LEN(layers), &diags, &r);
	check_int("added", r, 0);
	e = export_registry("nft", reg, NULL);
	assert_non_null(strstr(e.out.data, "registry's layers a, b.\n"));
	assert_non_null(strstr(e.out.data, "\t\t\t22, # sshd, layer a\n"));
	assert_non_null(strstr(e.out.data,
			       "\tset udplite_ports {\n\t\ttype inet_service\n\t\tflags "
			       "interval\n\t\telements = {\n\t\t\t7, # p, layer b\n"));
	assert_non_null(strstr(e.out.data, "\t\ttcp dport @tcp_ports accept\n\t\tudplite dport "
					   "@udplite_ports accept\n\t\tmeta "));
	assert_null(strstr(e.out.data, "udp_ports"));
	assert_non_null(strstr(e.out.data, "\n#   udp dport 9\n"));
}

/* SSH that only localhost may use is closed, too; without rows of ranges nothing is told. */
static void test_nft_ssh(void **state)
{
	_cleanup_exported_ struct exported local =
		export_lists("nft",
			     "entries: [{ports: 22, protocol: tcp, process: sshd, scope: "
			     "localhost}, {ports: 22, "
			     "protocol: udp, process: p}]",
			     NULL);

	(void)state;
	check_int("written", local.r, 0);
	check_text("closed", local.said.data, "tcp 22 is not registered: the rules close SSH\n");
	assert_null(strstr(local.out.data, "Documented ranges"));
	assert_null(strstr(local.out.data, "tcp_ports"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nft),	 cmocka_unit_test(test_nft_open),
		cmocka_unit_test(test_nft_said), cmocka_unit_test(test_nft_ranges),
		cmocka_unit_test(test_nft_head), cmocka_unit_test(test_nft_layers),
		cmocka_unit_test(test_nft_ssh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
