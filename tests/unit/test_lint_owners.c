// SPDX-License-Identifier: MIT
/* Owners that no workload can be, and such that one can. */
#include "lint_cases.h"

static const struct {
	const char *owner;
	const char *why; /* NULL: it can match */
} cases[] = {
	{ "namespace: openshift-etcd, pod: 'etcd-*', container: '*'", NULL },
	{ "pod: '*'", NULL },
	{ "pod: a.b-c.d", NULL },
	{ "pod: '*-*.*'", NULL },
	{ "namespace: 0", NULL },
	{ "namespace: Etcd", "such names have a-z, 0-9 and - only" },
	{ "namespace: open_shift", "such names have a-z, 0-9 and - only" },
	{ "namespace: a.b", "such names have a-z, 0-9 and - only" },
	{ "container: 'etcd '", "such names have a-z, 0-9 and - only" },
	{ "pod: 'etcd-?'", "such names have a-z, 0-9, - and . only" },
	{ "pod: 'etcd-[0-9]'", "such names have a-z, 0-9, - and . only" },
	{ "pod: \"\\u00e4\"", "such names have a-z, 0-9, - and . only" },
	{ "pod: \"\\e[31m\"", "such names have a-z, 0-9, - and . only" },
	{ "pod: -a", "such names begin and end with a letter or a digit" },
	{ "container: a-", "such names begin and end with a letter or a digit" },
	{ "container: 'a-*'", NULL },
	{ "pod: a..b", "between dots, such names begin and end with a letter or a digit" },
	{ "pod: a.-b", "between dots, such names begin and end with a letter or a digit" },
	{ "namespace: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	{ "namespace: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
	  "such names are shorter" },
	{ "unit: kubelet.service", NULL },
	{ "unit: rpcbind.socket", NULL },
	{ "unit: 'session-*.scope'", NULL },
	{ "unit: 'getty@*.service'", NULL },
	{ "unit: 'kubelet*'", NULL },
	{ "unit: 'dev-disk-by\\x2duuid.swap'", NULL },
	{ "unit: kubelet",
	  "a unit that has processes ends with .service, .scope, .socket, .mount or .swap" },
	{ "unit: system.slice",
	  "a unit that has processes ends with .service, .scope, .socket, .mount or .swap" },
	{ "unit: .service",
	  "a unit that has processes ends with .service, .scope, .socket, .mount or .swap" },
	{ "unit: getty@.service",
	  "no process runs in a template: name its instances, NAME@*.service" },
	{ "unit: system.slice/a.service", "names of units have letters, digits and :-_.\\@ only" },
	{ "unit: 'a b.service'", "names of units have letters, digits and :-_.\\@ only" },
	{ "exe: /usr/bin/crio", NULL },
	{ "exe: /usr/bin/..x/.y", NULL },
	{ "exe: /usr//bin/crio", "the kernel shows paths without //, /./ and /../" },
	{ "exe: /usr/./crio", "the kernel shows paths without //, /./ and /../" },
	{ "exe: /usr/bin/..", "the kernel shows paths without //, /./ and /../" },
	{ "exe: /usr/bin/../crio", "the kernel shows paths without //, /./ and /../" },
	{ "exe: /usr/bin/", "it is the path of a directory" },
};

/* The owner in an entry, a retired row and an exception. */
static struct registry *registry_with(const char *owner)
{
	_cleanup_buf_ struct buf lists = { 0 };

	buf_printf(
		&lists,
		"entries: [{ports: 1, protocol: tcp, process: p, owners: [{%s}]}]\n"
		"retired: [{ports: 2, protocol: tcp, process: p, removed: '4.1', owners: [{%s}]}]\n"
		"exceptions: [{ports: 3, protocol: tcp, class: unregistered, until: 2099-01-01, "
		"reason: r, owners: [{exe: /a}, {%s}]}]\n",
		owner, owner, owner);
	return registry_of_lists(lists.data);
}

static void test_owners(void **state)
{
	struct lint_facts facts = lint_today;

	(void)state;
	facts.least = SEVERITY_WARNING;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_with(cases[i].owner);
		_cleanup_findings_ struct findings findings = { 0 };

		assert_int_equal(lint_registry(reg, &facts, &findings), 0);
		check_u64(cases[i].owner, findings.len, cases[i].why ? 3 : 0);
		for (size_t j = 0; j < findings.len; j++) {
			check_text("rule", findings.items[j].rule->id, "owner-never-matches");
			check_text(cases[i].owner, findings.items[j].suggestion, cases[i].why);
			check_u64("port", findings.items[j].port, j + 1);
		}
	}
}

/* Each owner of a row by itself. */
static void test_several(void **state)
{
	_cleanup_(registry_freep) struct registry *reg =
		registry_of_lists("entries: [{ports: 1, protocol: tcp, process: p, owners: [{unit: "
				  "a}, {unit: b.service}, {namespace: A, pod: B}]}]");
	struct lint_facts facts = lint_today;
	_cleanup_findings_ struct findings findings = { 0 };

	(void)state;
	facts.least = SEVERITY_WARNING;
	assert_int_equal(lint_registry(reg, &facts, &findings), 0);
	check_u64("findings", findings.len, 3);
	check_text("unit", findings.items[0].message,
		   "tcp 1 (p): no workload can be owner unit: a");
	check_text("namespace", findings.items[1].message,
		   "tcp 1 (p): no workload can be owner namespace: A");
	check_text("pod", findings.items[2].message, "tcp 1 (p): no workload can be owner pod: B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
