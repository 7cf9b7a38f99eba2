// SPDX-License-Identifier: MIT
/*
 * An admission policy: who may take which port, for which nodes, and when there is none. What its
 * expressions say of pods is tested where there is CEL, in tests/registry/vap.test.mjs.
 */
#include "export_cases.h"

#include <errno.h>

#define ENTRY(fields) "entries: [{ports: 9, protocol: tcp, process: p, " fields "}]\n"
#define OWNER	      "owners: [{namespace: a, pod: b, container: c}]"
#define OTHER	      "owners: [{namespace: d, pod: e, container: f}]"
#define UNTIL	      "until: 2026-11-24, reason: r"
#define ANYBODY	      "\".*\""

#define OWNER_TOO     (POLICY_DENIES_DEFAULT | 1U << HP_CLASS_OWNER)

/* What the format makes of a layer's lists where these classes are denied. */
static struct exported export_denying(const char *lists, const struct node_facts *facts,
				      uint32_t denies)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	const struct export_job job = { .registry = reg, .facts = facts, .denies = denies };
	struct exported e = { 0 };

	e.r = export_format_find("vap")->write(&job, &e.out, &e.said);
	return e;
}

/* Where class owner is denied, too. */
static const struct {
	const char *name, *lists;
	struct node_facts facts;
	const char *want; /* the ConfigMap's data; NULL: no port is for pods */
} data_cases[] = {
	{ "for anybody", ENTRY("team: t"), { 0 }, "TCP-9: " ANYBODY },
	{ "on localhost", ENTRY("scope: localhost"), { 0 }, "TCP-9-localhost: " ANYBODY },
	{ "a range, and protocols",
	  "entries: [{ports: 1-3, protocol: udp, process: p}, {ports: 65535, protocol: sctp, "
	  "process: p}, {ports: 7, protocol: tcp, process: p}]",
	  { 0 },
	  "TCP-7: " ANYBODY "\n  UDP-1: " ANYBODY "\n  UDP-2: " ANYBODY "\n  UDP-3: " ANYBODY
	  "\n  SCTP-65535: " ANYBODY },
	{ "a protocol that no pod has",
	  "entries: [{ports: 9, protocol: udplite, process: p}]",
	  { 0 },
	  NULL },
	{ "an owner", ENTRY(OWNER), { 0 }, "TCP-9: a/b/c" },
	{ "an owner on localhost",
	  ENTRY("scope: localhost, " OWNER),
	  { 0 },
	  "TCP-9-localhost: a/b/c" },
	{ "globs",
	  ENTRY("owners: [{namespace: n, pod: '*-x-*'}]"),
	  { 0 },
	  "TCP-9: \"n/[^/]*-x-[^/]*/[^/]*\"" },
	{ "other characters stand for themselves",
	  ENTRY("owners: [{namespace: 'a.b+', pod: '(c|d)', container: '[e]{1}^$?'}]"),
	  { 0 },
	  "TCP-9: \"a\\\\.b\\\\+/\\\\(c\\\\|d\\\\)/\\\\[e\\\\]\\\\{1\\\\}\\\\^\\\\$\\\\?\"" },
	{ "a backslash",
	  ENTRY("owners: [{pod: 'a\\b'}]"),
	  { 0 },
	  "TCP-9: \"[^/]*/a\\\\\\\\b/[^/]*\"" },
	{ "owners",
	  ENTRY("owners: [{namespace: a, pod: b, container: c}, {unit: u.service}, {namespace: d, "
		"pod: e, container: f}]"),
	  { 0 },
	  "TCP-9: \"a/b/c|d/e/f\"" },
	{ "a unit", ENTRY("owners: [{unit: u.service}]"), { 0 }, NULL },
	{ "a program, which any pod may run",
	  ENTRY("owners: [{exe: /usr/bin/x}]"),
	  { 0 },
	  "TCP-9: " ANYBODY },
	{ "a pod, or a program",
	  ENTRY("owners: [{namespace: a, pod: b, container: c}, {exe: /usr/bin/x}]"),
	  { 0 },
	  "TCP-9: \"a/b/c|.*\"" },
	{ "more may on localhost",
	  "entries: [{ports: 9, protocol: tcp, process: p, " OWNER "}, {ports: 9, protocol: tcp, "
	  "process: q, scope: localhost}]",
	  { 0 },
	  "TCP-9: a/b/c\n  TCP-9-localhost: " ANYBODY },
	{ "others may on localhost",
	  "entries: [{ports: 9, protocol: tcp, process: p, " OWNER "}, {ports: 9, protocol: tcp, "
	  "process: q, scope: localhost, " OTHER "}]",
	  { 0 },
	  "TCP-9: a/b/c\n  TCP-9-localhost: \"a/b/c|d/e/f\"" },
	{ "owners of one row, anybody by another",
	  "entries: [{ports: 9, protocol: tcp, process: p, " OWNER "}, {ports: 9, protocol: tcp, "
	  "process: q}]",
	  { 0 },
	  "TCP-9: " ANYBODY },
	{ "ports side by side",
	  "entries: [{ports: 1-2, protocol: tcp, process: p, " OWNER "}, {ports: 3, protocol: tcp, "
	  "process: p, " OTHER "}, {ports: 4, protocol: tcp, process: p}, {ports: 4, protocol: "
	  "udp, process: p, scope: localhost}]",
	  { 0 },
	  "TCP-1: a/b/c\n  TCP-2: a/b/c\n  TCP-3: d/e/f\n  TCP-4: " ANYBODY
	  "\n  UDP-4-localhost: " ANYBODY },
	{ "for another role", ENTRY("role: control-plane"), { .role = REG_ROLE_WORKER }, NULL },
	{ "for this role", ENTRY("role: worker"), { .role = REG_ROLE_WORKER }, "TCP-9: " ANYBODY },
	{ "for some role", ENTRY("role: worker"), { 0 }, "TCP-9: " ANYBODY },
	{ "for another platform", ENTRY("platforms: [aws]"), { .platform = "gcp" }, NULL },
	{ "retired",
	  "retired: [{ports: 9, protocol: tcp, process: p, removed: '4.11'}]",
	  { .cluster = { 4, 11 } },
	  NULL },
	{ "not retired yet",
	  "retired: [{ports: 9, protocol: tcp, process: p, removed: '4.11'}]",
	  { .cluster = { 4, 10 } },
	  "TCP-9: " ANYBODY },
	{ "a documented range", "ranges: [{ports: 9, protocol: tcp}]", { 0 }, NULL },
	{ "an exception, on its last day",
	  "exceptions: [{ports: 9, protocol: tcp, class: unregistered, " UNTIL "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9: " ANYBODY },
	{ "one that has ended",
	  "exceptions: [{ports: 9, protocol: tcp, class: unregistered, " UNTIL "}]",
	  { .today = { 2026, 11, 25 } },
	  NULL },
	{ "an exception for its owners",
	  "exceptions: [{ports: 9, protocol: tcp, class: unregistered, " OWNER ", " UNTIL "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9: a/b/c" },
	{ "an exception for another class",
	  ENTRY("scope: localhost") "exceptions: [{ports: 9, protocol: tcp, class: "
				    "unregistered, " UNTIL "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9-localhost: " ANYBODY },
	{ "an exception for the scope",
	  ENTRY("scope: localhost") "exceptions: [{ports: 9, protocol: tcp, class: scope, " UNTIL
				    "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9: " ANYBODY },
	{ "an exception for the scope, for its owners",
	  ENTRY("scope: localhost") "exceptions: [{ports: 9, protocol: tcp, class: scope, " OWNER
				    ", " UNTIL "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9: a/b/c\n  TCP-9-localhost: " ANYBODY },
	{ "an exception for owners beside the row's",
	  ENTRY(OWNER) "exceptions: [{ports: 9, protocol: tcp, class: owner, " OTHER ", " UNTIL
		       "}]",
	  { .today = { 2026, 11, 24 } },
	  "TCP-9: \"a/b/c|d/e/f\"" },
	{ "a client",
	  "clients: [{ports: 9-10, protocol: udp, process: p, " OWNER "}]",
	  { 0 },
	  "UDP-9: a/b/c\n  UDP-10: a/b/c" },
	{ "a client that is a unit",
	  "clients: [{ports: 9, protocol: udp, process: p, owners: [{unit: u.service}]}]",
	  { 0 },
	  NULL },
	{ "a client beside an owner",
	  ENTRY(OWNER) "clients: [{ports: 9, protocol: tcp, process: p, " OTHER "}]",
	  { 0 },
	  "TCP-9: \"a/b/c|d/e/f\"" },
};

static void test_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(data_cases); i++) {
		_cleanup_exported_ struct exported e =
			export_denying(data_cases[i].lists, &data_cases[i].facts, OWNER_TOO);
		_cleanup_free_ char *data = NULL;

		check_int(data_cases[i].name, e.r, data_cases[i].want ? 0 : -EINVAL);
		if (data_cases[i].want) {
			data = between(e.out.data, "\ndata:\n  ", "\n---\n");
			check_text(data_cases[i].name, data, data_cases[i].want);
			continue;
		}
		check_u64(data_cases[i].name, e.out.len, 0);
		check_text(data_cases[i].name, e.said.data,
			   "no port is registered for pods: all host ports would be refused\n");
	}
}

/* Which classes a pod is refused for. */
static void test_classes(void **state)
{
	static const struct {
		const char *name, *lists;
		uint32_t denies;
		const char *want;
	} cases[] = {
		{ "owners, by default", ENTRY(OWNER), 0, "TCP-9: " ANYBODY },
		{ "owners, as asked for", ENTRY(OWNER), OWNER_TOO, "TCP-9: a/b/c" },
		{ "a unit, by default", ENTRY("owners: [{unit: u.service}]"), 0,
		  "TCP-9: " ANYBODY },
		{ "owners of a client, by default",
		  "clients: [{ports: 9, protocol: udp, process: p, " OWNER "}]", 0,
		  "UDP-9: a/b/c" },
		{ "the scope, by default", ENTRY("scope: localhost"), 0,
		  "TCP-9-localhost: " ANYBODY },
		{ "all but the scope", ENTRY("scope: localhost"),
		  1U << HP_CLASS_UNREGISTERED | 1U << HP_CLASS_RETIRED, "TCP-9: " ANYBODY },
		{ "all but retired ports",
		  "retired: [{ports: 9, protocol: tcp, process: p, removed: '4.11'}]",
		  1U << HP_CLASS_UNREGISTERED, "TCP-9: " ANYBODY },
		{ "classes that a declared port never is of", ENTRY("team: t"),
		  POLICY_DENIES_DEFAULT | 1U << HP_CLASS_UNDECLARED | 1U << HP_CLASS_EPHEMERAL,
		  "TCP-9: " ANYBODY },
	};
	static const struct node_facts any = { 0 };
	_cleanup_exported_ struct exported without =
		export_denying(ENTRY("team: t"), &any, 1U << HP_CLASS_SCOPE);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_exported_ struct exported e =
			export_denying(cases[i].lists, &any, cases[i].denies);
		_cleanup_free_ char *data = NULL;

		check_int(cases[i].name, e.r, 0);
		data = between(e.out.data, "\ndata:\n  ", "\n---\n");
		check_text(cases[i].name, data, cases[i].want);
	}
	check_int("unregistered ports may be had", without.r, -EINVAL);
	check_u64("nothing is written", without.out.len, 0);
	check_text(
		"why", without.said.data,
		"class unregistered can't be left out: ports without a row are always refused\n");
}

/* How often does a text stand in another one? */
static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void test_names(void **state)
{
	static const struct {
		enum reg_role role;
		const char *name, *want, *nodes;
	} cases[] = {
		{ REG_ROLE_ANY, NULL, ": host-port-registry\n", " 'any' in [" },
		{ REG_ROLE_WORKER, NULL, ": host-port-registry-worker\n", " 'worker' in [" },
		{ REG_ROLE_CONTROL_PLANE, NULL, ": host-port-registry-control-plane\n",
		  " 'control-plane' in [" },
		{ REG_ROLE_WORKER, "site", ": site\n", " 'worker' in [" },
		{ REG_ROLE_ANY, "10", ": \"10\"\n", " 'any' in [" },
	};
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(ENTRY("team: t"));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct node_facts facts = { .role = cases[i].role };
		const struct export_job job = { .registry = reg,
						.name = cases[i].name,
						.facts = &facts };
		_cleanup_exported_ struct exported e = { 0 };

		e.r = export_format_find("vap")->write(&job, &e.out, &e.said);
		check_int(cases[i].want, e.r, 0);
		check_text("nothing is said", e.said.data, NULL);
		/* three objects, and the binding's two references */
		check_u64(cases[i].want, count_of(e.out.data, cases[i].want), 5);
		check_u64(cases[i].nodes, count_of(e.out.data, cases[i].nodes), 1);
		check_u64("no slot is left", count_of(e.out.data, "${"), 0);
	}
}

/* The comment above, and the fixed parts, once each. */
static void test_parts(void **state)
{
	static const char *const once[] = {
		"kind: ConfigMap\nmetadata:\n",
		"kind: ValidatingAdmissionPolicy\n",
		"kind: ValidatingAdmissionPolicyBinding\n",
		"      operations: [CREATE]\n      resources: [pods]\n",
		"  validationActions: [Warn, Audit]\n",
		"    parameterNotFoundAction: Allow\n",
		"  failurePolicy: Ignore\n",
	};
	static const struct node_facts aws = { .platform = "aws", .cluster = { 4, 20 } };
	static const char head[] =
		"# Host ports that pods may declare, of the host port registry's layers t.\n"
		"# For nodes of role any, platform aws, version 4.20.\n"
		"apiVersion: v1\n";
	_cleanup_exported_ struct exported e = export_lists("vap", ENTRY("team: t"), &aws);

	(void)state;
	check_int("written", e.r, 0);
	check_int("its head", strncmp(e.out.data, head, strlen(head)), 0);
	for (size_t i = 0; i < ARRAY_LEN(once); i++)
		check_u64(once[i], count_of(e.out.data, once[i]), 1);
	check_u64("documents", count_of(e.out.data, "\n---\n"), 2);
}

/* What holds for now is told with its end; a slot's name in a text is no slot. */
static void test_said(void **state)
{
	static const char exceptions[] =
		"exceptions:\n"
		"- {ports: 1, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n"
		"- {ports: 2, protocol: tcp, class: unregistered, until: 2027-01-31, reason: r}\n"
		"- {ports: 3, protocol: tcp, class: unregistered, until: 2026-11-23, reason: r}\n"
		"- {ports: 4, protocol: tcp, class: unregistered, until: 2028-01-01, reason: r}\n";
	_cleanup_exported_ struct exported e = export_lists("vap", exceptions, NULL);
	static const struct node_facts any = { 0 };
	_cleanup_exported_ struct exported odd = export_denying(
		ENTRY("owners: [{namespace: '${NAME}', pod: b, container: c}]"), &any, OWNER_TOO);

	(void)state;
	check_int("written", e.r, 0);
	check_text("said", e.said.data,
		   "exceptions, the first until 2027-01-31, after which to export again: 3\n");
	check_int("written", odd.r, 0);
	assert_non_null(strstr(odd.out.data, "\n  TCP-9: \"\\\\$\\\\{NAME\\\\}/b/c\"\n"));
}

/* A port of so many owners, in rows of 64. Each takes 29 bytes, and all but the first a bar. */
static struct exported export_owners(int n)
{
	static const struct node_facts any = { 0 };
	_cleanup_buf_ struct buf lists = { 0 };

	buf_puts(&lists, "entries:\n");
	for (int i = 0; i < n; i++) {
		if (i % 64 == 0)
			buf_puts(&lists, "- {ports: 9, protocol: udp, process: p, owners: [");
		buf_printf(&lists, "{namespace: n%016d}%s", i,
			   i % 64 == 63 || i == n - 1 ? "]}\n" : ", ");
	}
	return export_denying(lists.data, &any, OWNER_TOO);
}

/* 58,000 ports fit into a ConfigMap, and 1,092 owners into an expression's budget. */
static void test_limits(void **state)
{
	_cleanup_exported_ struct exported all =
		export_lists("vap", "entries: [{ports: 1-65535, protocol: tcp, process: p}]", NULL);
	_cleanup_exported_ struct exported most =
		export_lists("vap", "entries: [{ports: 1-58000, protocol: tcp, process: p}]", NULL);

	(void)state;
	check_int("all ports", all.r, -EINVAL);
	check_u64("all ports: nothing is written", all.out.len, 0);
	assert_non_null(strstr(all.said.data,
			       " bytes of ports are more than a ConfigMap holds, 1048576\n"));
	check_int("most of them", most.r, 0);
	for (int extra = 0; extra < 2; extra++) {
		_cleanup_exported_ struct exported e = export_owners(1092 + extra);

		check_int("owners", e.r, extra ? -EINVAL : 0);
		if (extra)
			check_text(
				"owners", e.said.data,
				"the owners of udp 9 are more than an expression may look through, "
				"32768 bytes\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data),  cmocka_unit_test(test_classes),
		cmocka_unit_test(test_names), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_said),  cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
