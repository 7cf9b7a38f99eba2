// SPDX-License-Identifier: MIT
/* Each rule of `registry lint`: what it finds, and beside it what is nearly that and is fine. */
#include "lint_cases.h"

#define LAYERS_MAX	   3

#define LAYER(name, lists) "version: 1\nname: " name "\n" lists "\n"
#define A(lists)	   LAYER("a", lists)
#define B(lists)	   LAYER("b", lists)
#define C(lists)	   LAYER("c", lists)
#define TCP(ports, keys)   "{protocol: tcp, ports: " ports ", process: p" keys "},"
#define UDP(ports, keys)   "{protocol: udp, ports: " ports ", process: p" keys "},"
#define ENTRIES(rows)	   "entries: [" rows "]"
#define RANGES(rows)	   "ranges: [" rows "]\n"
#define GENERAL		   RANGES("{protocol: tcp, ports: 9000-9999}")
#define LOCALHOST	   ", scope: localhost"
#define EXTERNAL_TABLE	   ", table: external"
#define WORKER		   ", role: worker"
#define CONTROL_PLANE	   ", role: control-plane"
#define YES		   ", control_plane: 'yes'"
#define NO		   ", control_plane: 'no'"
#define ON(platforms)	   ", platforms: [" platforms "]"
#define NOTES(text)	   ", notes: '" text "'"
#define LINES(rows)	   "entries: [\n" rows "]"

struct lint_case {
	const char *name;
	const char *layers[LAYERS_MAX];
	const char *want; /* lines of put_lint() */
};

/* Warnings and errors. */
static const struct lint_case cases[] = {
	{ "nothing", { A("") }, "" },

	{ "in a documented range", { A(GENERAL ENTRIES(TCP("9850", ""))) }, "" },
	{ "outside of it",
	  { A(GENERAL ENTRIES(TCP("8999", "") TCP("10000", ""))) },
	  "1.yaml:4 outside-documented-range tcp 8999\n"
	  "1.yaml:4 outside-documented-range tcp 10000\n" },
	{ "partly",
	  { A(GENERAL ENTRIES(TCP("9998-10000", ""))) },
	  "1.yaml:4 outside-documented-range tcp 9998\n" },
	{ "two ranges side by side",
	  { A(GENERAL), B(RANGES("{protocol: tcp, ports: 10000}") ENTRIES(TCP("9000-10000", ""))) },
	  "" },
	{ "of another protocol",
	  { A(GENERAL ENTRIES(UDP("9850", ""))) },
	  "1.yaml:4 outside-documented-range udp 9850\n" },
	{ "no ranges at all", { A(ENTRIES(TCP("80", ""))) }, "" },
	{ "dropped rows are not looked at",
	  { A(GENERAL ENTRIES(TCP("80", ""))), B("drop: [{ports: 80, protocol: tcp, reason: r}]") },
	  "" },

	{ "localhost outside of ranges", { A(GENERAL ENTRIES(TCP("10000", LOCALHOST))) }, "" },
	{ "localhost inside, at its ends",
	  { A(GENERAL ENTRIES(TCP("9000", LOCALHOST) TCP("9999-10005", LOCALHOST))) },
	  "1.yaml:4 localhost-in-range tcp 9000\n1.yaml:4 localhost-in-range tcp 9999\n" },
	{ "a range that a later layer documents",
	  { A(GENERAL ENTRIES(TCP("80", LOCALHOST))), B(RANGES("{protocol: tcp, ports: 80}")) },
	  "1.yaml:4 localhost-in-range tcp 80\n" },

	{ "beside the ephemeral range",
	  { A(ENTRIES(TCP("61000", "") UDP("32767-32767", LOCALHOST))) },
	  "1.yaml:3 in-nodeport-range udp 32767\n" },
	{ "in the ephemeral range",
	  { A(ENTRIES(TCP("60999", "") UDP("32768", LOCALHOST))) },
	  "1.yaml:3 in-ephemeral-range tcp 60999\n1.yaml:3 in-ephemeral-range udp 32768\n" },
	{ "over its edge, and over that of the node ports",
	  { A(ENTRIES(TCP("32767-32768", ""))) },
	  "1.yaml:3 in-ephemeral-range tcp 32767\n1.yaml:3 in-nodeport-range tcp 32767\n" },
	{ "beside the node ports", { A(ENTRIES(TCP("29999", ""))) }, "" },
	{ "in the node ports",
	  { A(ENTRIES(TCP("29990-30000", ""))) },
	  "1.yaml:3 in-nodeport-range tcp 29990\n" },
	{ "UDP-Lite has no Services",
	  { A("entries: [{protocol: udplite, ports: 30000, process: p}]") },
	  "" },
	{ "retired rows may lie anywhere",
	  { A(GENERAL "retired: [{protocol: tcp, ports: 40000, process: p, removed: '4.1'}]") },
	  "" },

	{ "notes and columns agree",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE YES NOTES("Control plane only"))
			      TCP("2", LOCALHOST NOTES("x, localhost-only"))
				      TCP("3", ON("baremetal") NOTES("Baremetal only; y")))) },
	  "" },
	{ "notes against columns",
	  { A(ENTRIES(TCP("1", NOTES("metrics, control plane only"))
			      TCP("2", NOTES("localhost-only")) TCP("3", NOTES("baremetal only"))
				      TCP("4", ON("baremetal, aws") NOTES("baremetal only")))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n1.yaml:3 notes-contradict-columns tcp 2\n"
	  "1.yaml:3 notes-contradict-columns tcp 3\n1.yaml:3 notes-contradict-columns tcp 4\n" },
	{ "the blank cell of a page",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE NOTES("control plane only")) TCP("2", NO))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },
	{ "no cells, no page",
	  { A(ENTRIES(TCP("1", CONTROL_PLANE NOTES("control plane only")))) },
	  "" },
	{ "cell against role",
	  { A(ENTRIES(TCP("1", YES) TCP("2", NO CONTROL_PLANE) TCP("3", NO WORKER))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n1.yaml:3 notes-contradict-columns tcp 2\n" },
	{ "localhost in the external table",
	  { A(ENTRIES(TCP("1", LOCALHOST EXTERNAL_TABLE NOTES("localhost only"))
			      TCP("2", LOCALHOST EXTERNAL_TABLE))) },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },
	{ "a retired row's notes",
	  { A("retired: [{protocol: tcp, ports: 1, process: p, removed: '4.1', notes: localhost "
	      "only}]") },
	  "1.yaml:3 notes-contradict-columns tcp 1\n" },

	{ "neighbours", { A(ENTRIES(TCP("1-2", "") TCP("3-4", "") UDP("1-4", ""))) }, "" },
	{ "they meet in a port",
	  { A(ENTRIES(TCP("1-3", ""))), B(ENTRIES(TCP("3-4", ""))) },
	  "2.yaml:3 overlap tcp 3\n" },
	{ "it is the later one's, though its ports are lower",
	  { A(ENTRIES(TCP("3-4", ""))), B(ENTRIES(TCP("1-3", ""))) },
	  "2.yaml:3 overlap tcp 1\n" },
	{ "roles apart", { A(ENTRIES(TCP("1", WORKER) TCP("1", CONTROL_PLANE))) }, "" },
	{ "any role meets each",
	  { A(LINES(TCP("1", WORKER) "\n" TCP("1", CONTROL_PLANE) "\n" TCP("1", ""))) },
	  "1.yaml:6 overlap tcp 1\n" },
	{ "platforms apart", { A(ENTRIES(TCP("1", ON("aws")) TCP("1", ON("gcp, azure")))) }, "" },
	{ "platforms in common",
	  { A(LINES(
		  TCP("1", ON("aws")) "\n" TCP("1", ON("gcp")) "\n" TCP("1", ON("azure, gcp")))) },
	  "1.yaml:6 overlap tcp 1\n" },
	{ "all platforms meet each",
	  { A(LINES(TCP("1", "") "\n" TCP("1", ON("gcp")))) },
	  "1.yaml:5 overlap tcp 1\n" },
	{ "localhost and external",
	  { A(LINES(TCP("1", LOCALHOST) "\n" TCP("1", ""))) },
	  "1.yaml:5 overlap tcp 1\n" },
	{ "the wide one comes first, a narrow one lies between",
	  { A(LINES(TCP("1-100", "") "\n" TCP("2", WORKER ON("x")) "\n" TCP("50", ""))) },
	  "1.yaml:5 overlap tcp 2\n1.yaml:6 overlap tcp 50\n" },
	{ "of many in one layer there is one finding",
	  { A(ENTRIES(TCP("1", "") TCP("2", "") TCP("3", ""))), B(ENTRIES(TCP("1-3", ""))) },
	  "2.yaml:3 overlap tcp 1\n" },
	{ "in two layers two",
	  { A(ENTRIES(TCP("1", ""))), B(ENTRIES(TCP("2", ""))), C(ENTRIES(TCP("1-2", ""))) },
	  "3.yaml:3 overlap tcp 1\n3.yaml:3 overlap tcp 1\n" },

#define RETIRED(ports) "retired: [{protocol: tcp, ports: " ports ", process: q, removed: '4.1'}]"
	{ "retired alone", { A(RETIRED("2") "\n" ENTRIES(TCP("1", "") UDP("2", ""))) }, "" },
	{ "active again",
	  { A(RETIRED("2-3") "\n" ENTRIES(TCP("3-4", ""))) },
	  "1.yaml:4 reused-after-retirement tcp 3\n" },
	{ "retired by a later layer",
	  { A(ENTRIES(TCP("1", ""))), B(RETIRED("1")) },
	  "2.yaml:3 reused-after-retirement tcp 1\n" },
	{ "the retired row is dropped",
	  { A(RETIRED("1")),
	    B(ENTRIES(TCP("1", "")) "\ndrop: [{ports: 1, protocol: tcp, reason: r}]") },
	  "" },

	{ "neighbouring digits",
	  { A(ENTRIES(TCP("8081", "") TCP("8018", ""))) },
	  "1.yaml:3 transposed-digits tcp 8018\n" },
	{ "digits for one another",
	  { A(ENTRIES(TCP("9545", ""))), B(ENTRIES(TCP("9454", ""))) },
	  "2.yaml:3 transposed-digits tcp 9454\n" },
	{ "upper and lower case are one",
	  { A("entries: [{ports: 12, protocol: tcp, process: Etcd}, {ports: 21, protocol: tcp, "
	      "process: etcD}]") },
	  "1.yaml:3 transposed-digits tcp 21\n" },
	{ "digits apart, another number, fewer digits",
	  { A(ENTRIES(TCP("8018", "") TCP("1088", "") TCP("8019", "") TCP("1010", "")
			      TCP("110", ""))) },
	  "" },
	{ "another process, role or protocol",
	  { A("entries: [" TCP("8081", "") "{ports: 8018, protocol: tcp, process: q}, " TCP(
		  "8801", WORKER) UDP("8018", "") "]") },
	  "" },
	{ "another scope or application",
	  { A(ENTRIES(TCP("9545", LOCALHOST) TCP("9454", "") TCP("7079", "")
			      TCP("7097", ", application: HTTP"))) },
	  "" },
#define TEN(of)                                                                                    \
	TCP(#of "0", "")                                                                           \
	TCP(#of "1", "")                                                                           \
	TCP(#of "2", "")                                                                           \
	TCP(#of "3", "") TCP(#of "4", "") TCP(#of "5", "") TCP(#of "6", "") TCP(#of "7", "")
	{ "a list of a process", { A(ENTRIES(TEN(8) TEN(9) TCP("78", ""))) }, "" },

	{ "an exception that holds",
	  { A("exceptions: [{ports: 1, protocol: tcp, class: unregistered, until: 2026-12-01, "
	      "reason: r}]") },
	  "" },
	{ "one that ended yesterday",
	  { A("exceptions: [{ports: 1, protocol: tcp, class: unregistered, until: 2026-11-30, "
	      "reason: r}]") },
	  "1.yaml:3 expired-exception tcp 1\n" },
#define EXCEPT(ports, class)                                                                       \
	"exceptions: [{ports: " ports                                                              \
	", protocol: tcp, class: " #class ", until: 2099-01-01, reason: r}]\n"
	{ "registered",
	  { A(EXCEPT("1-2", unregistered) ENTRIES(TCP("1", "") TCP("2", LOCALHOST))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "registered in part", { A(EXCEPT("1-3", unregistered) ENTRIES(TCP("1-2", ""))) }, "" },
	{ "registered by another protocol",
	  { A(EXCEPT("1", unregistered) ENTRIES(UDP("1", ""))) },
	  "" },
	{ "retired", { A(EXCEPT("1", retired) RETIRED("1")) }, "" },
	{ "retired and active",
	  { A(EXCEPT("1", retired) RETIRED("1-2") "\n" ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n1.yaml:5 reused-after-retirement tcp 1\n" },
	{ "not retired", { A(EXCEPT("1", retired)) }, "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "inactive on some nodes",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ", role: worker"))) },
	  "" },
	{ "inactive on some versions",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ", since: '4.1'"))) },
	  "" },
	{ "never inactive",
	  { A(EXCEPT("1", inactive) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "for localhost", { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST))) }, "" },
	{ "for all addresses",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "for localhost by one row, for all addresses by another",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST) TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n1.yaml:4 overlap tcp 1\n" },
	{ "the other one is for some nodes",
	  { A(EXCEPT("1", scope) ENTRIES(TCP("1", LOCALHOST) TCP("1", WORKER))) },
	  "1.yaml:4 overlap tcp 1\n" },
	{ "owners", { A(EXCEPT("1", owner) ENTRIES(TCP("1", ", owners: [{exe: /a}]"))) }, "" },
	{ "no owners",
	  { A(EXCEPT("1", owner) ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "undeclared", { A(EXCEPT("1", undeclared)) }, "" },
	{ "ephemeral", { A(EXCEPT("1", ephemeral)) }, "1.yaml:3 exception-without-effect tcp 1\n" },
	{ "registered by a later layer",
	  { A(EXCEPT("1", unregistered)), B(ENTRIES(TCP("1", ""))) },
	  "1.yaml:3 exception-without-effect tcp 1\n" },
};

/* What only the least severity shows. */
static const struct lint_case notes[] = {
#define FULL ", team: t, since: '4.1'"
	{ "nothing is missing", { A(ENTRIES(TCP("1", FULL))) }, "" },
	{ "one finding for all rows of a layer",
	  { A(LINES(TCP("1", FULL) "\n" TCP("2", ", team: t") "\n" TCP("3", ""))),
	    B(ENTRIES(TCP("4", ", since: '4.1'"))) },
	  "1.yaml:5 missing-since\n1.yaml:6 missing-team\n2.yaml:3 missing-team\n" },
	{ "notes without words",
	  { A(ENTRIES(TCP("1", FULL NOTES("?")) TCP("2", FULL NOTES(" -- ?"))
			      TCP("3", FULL NOTES("\303\274?")) TCP("4", FULL NOTES("5")))) },
	  "1.yaml:3 unclear-notes tcp 1\n1.yaml:3 unclear-notes tcp 2\n" },
	{ "tables are sorted each",
	  { A(ENTRIES(TCP("5", FULL) UDP("4", FULL) TCP("3", FULL LOCALHOST) TCP("6", FULL))),
	    B(ENTRIES(TCP("2", FULL))) },
	  "" },
	{ "one stands after a higher one",
	  { A(LINES(TCP("3", FULL) "\n" TCP("2", FULL) "\n" TCP("4", FULL))) },
	  "1.yaml:5 unsorted tcp 2\n" },
	{ "the table of a row that says so",
	  { A(ENTRIES(TCP("3", FULL) TCP("2", FULL LOCALHOST EXTERNAL_TABLE))) },
	  "1.yaml:3 unsorted tcp 2\n" },
	{ "retired rows are one table",
	  { A("retired: [{protocol: udp, ports: 3, process: p, removed: '4.1'}, {protocol: tcp, "
	      "ports: 2, process: p, scope: localhost, removed: '4.1'}]") },
	  "1.yaml:3 unsorted tcp 2\n" },
	{ "two protocols",
	  { A(ENTRIES(TCP("3", FULL))), B(ENTRIES(UDP("3", FULL))) },
	  "2.yaml:3 two-protocols udp 3\n" },
	{ "other ports, or another process",
	  { A("entries: [" TCP("3", FULL) UDP("3-4", FULL) "{ports: 3, protocol: sctp, "
							   "process: q" FULL "}]") },
	  "" },
};

static void check_cases(const struct lint_case *list, size_t n, enum severity least)
{
	struct lint_facts facts = lint_today;

	facts.least = least;
	for (size_t i = 0; i < n; i++) {
		_cleanup_(registry_freep) struct registry *reg = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };
		size_t layers = 0;
		int r = 0;

		while (layers < LAYERS_MAX && list[i].layers[layers])
			layers++;
		reg = registry_of(list[i].layers, layers, &diags, &r);
		check_int(list[i].name, r, 0);
		put_lint(reg, &facts, &out);
		check_text(list[i].name, out.data ? out.data : "", list[i].want);
	}
}

static void test_rules(void **state)
{
	(void)state;
	check_cases(cases, ARRAY_LEN(cases), SEVERITY_WARNING);
}

static void test_notes(void **state)
{
	(void)state;
	check_cases(notes, ARRAY_LEN(notes), SEVERITY_NOTE);
}

/* Every rule has a case above, or in test_accept_index.c or test_lint_owners.c. */
static void test_all_rules_have_cases(void **state)
{
	static const enum lint_rule elsewhere[] = {
		LINT_OWNER_NEVER_MATCHES,
		LINT_UNUSED_ACCEPT,
		LINT_UNKNOWN_RULE,
		LINT_UNKNOWN_LAYER,
	};

	(void)state;
	for (int rule = 0; rule < LINT_RULE_MAX; rule++) {
		const char *id = lint_rule((enum lint_rule)rule)->id;
		bool found = false;

		for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
			found |= (int)elsewhere[i] == rule;
		for (size_t i = 0; i < ARRAY_LEN(cases); i++)
			found |= strstr(cases[i].want, id) != NULL;
		for (size_t i = 0; i < ARRAY_LEN(notes); i++)
			found |= strstr(notes[i].want, id) != NULL;
		check_int(id, found, true);
	}
}

static void test_severities(void **state)
{
	const char *const lists = "exceptions: [{ports: 1, protocol: tcp, class: scope, until: "
				  "2020-01-01, reason: r}]\n" ENTRIES(TCP("40000", ""));
	static const char *const want[] = {
		[SEVERITY_NOTE] = "t.yaml:3 expired-exception tcp 1\n"
				  "t.yaml:4 in-ephemeral-range tcp 40000\n"
				  "t.yaml:4 missing-team\nt.yaml:4 missing-since\n",
		[SEVERITY_WARNING] = "t.yaml:3 expired-exception tcp 1\n"
				     "t.yaml:4 in-ephemeral-range tcp 40000\n",
		[SEVERITY_ERROR] = "t.yaml:3 expired-exception tcp 1\n",
	};
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);

	(void)state;
	for (int s = 0; s < SEVERITY_MAX; s++) {
		struct lint_facts facts = lint_today;
		_cleanup_buf_ struct buf out = { 0 };

		facts.least = (enum severity)s;
		put_lint(reg, &facts, &out);
		check_text(severity_word(facts.least), out.data, want[s]);
	}
}

/* The other row of a pair is named, with its place. */
static void test_messages(void **state)
{
	const char *const texts[] = { A(ENTRIES(TCP("9545", ""))), B(ENTRIES(TCP("9454", ""))),
				      C(ENTRIES(TCP("9000-9999", LOCALHOST))) };
	static const char *const want[] = {
		"tcp 9454 (p) and port 9545 at 1.yaml:3 differ by exchanged digits only",
		"if the earlier one is a typing error: drop: [{ports: 9545, protocol: tcp, layer: "
		"a, "
		"reason: \"typing error for 9454\"}]",
		"tcp 9000-9999 (p) overlaps tcp 9545 (p) at 1.yaml:3: the one for localhost does "
		"not "
		"limit the other",
	};
	struct lint_facts facts = lint_today;
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	facts.least = SEVERITY_WARNING;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	assert_int_equal(lint_registry(reg, &facts, &findings), 0);
	check_u64("findings", findings.len, 3);
	check_text("digits", findings.items[0].message, want[0]);
	check_text("digits", findings.items[0].suggestion, want[1]);
	check_text("overlap", findings.items[1].message, want[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_all_rules_have_cases),
		cmocka_unit_test(test_severities),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
