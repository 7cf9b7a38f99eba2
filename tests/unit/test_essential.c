// SPDX-License-Identifier: MIT
/* Rows that a node can't do without: whether a policy denies one, and what is said of it. */
#include "registry_cases.h"

#include "../../user/policy/essential.h"

#define SSH "entries: [{ports: 22, protocol: tcp, process: sshd, essential: true}]"
#define LOCAL                                                                                      \
	"entries: [{ports: 90-91, protocol: udp, process: p, scope: localhost, essential: true}]"
#define DROP "drop: [{ports: 22, protocol: tcp, reason: r}]"

static const struct node_facts worker = { .role = REG_ROLE_WORKER,
					  .cluster = { 4, 10 },
					  .today = { 2027, 1, 1 } };

static const struct {
	const char *name, *lists, *over; /* the layer on top, or NULL */
	uint32_t denies;
	const char *want; /* NULL: nothing is denied */
} cases[] = {
	{ "no essential row", "entries: [{ports: 22, protocol: tcp, process: sshd}]", DROP, 0xff,
	  NULL },
	{ "allowed", SSH, NULL, 0xff, NULL },
	{ "for localhost", LOCAL, NULL, 0xff, NULL },
	{ "dropped", SSH, DROP, 0xff,
	  "essential row a tcp 22 (sshd): no row names tcp 22; denied" },
	{ "dropped, and the class is not denied", SSH, DROP, 1U << HP_CLASS_SCOPE, NULL },
	{ "dropped, and there again", SSH,
	  DROP "\nentries: [{ports: 20-30, protocol: tcp, process: q}]", 0xff, NULL },
	{ "for localhost only", SSH,
	  DROP "\nentries: [{ports: 22, protocol: tcp, process: q, scope: localhost}]", 0xff,
	  "essential row a tcp 22 (sshd): row b tcp 22 (q) is for localhost only, and an external "
	  "address is not loopback; denied" },
	{ "for another role", SSH,
	  DROP "\nentries: [{ports: 22, protocol: tcp, process: q, role: control-plane}]", 0xff,
	  "essential row a tcp 22 (sshd): row b tcp 22 (q) is for control-plane nodes, and this is "
	  "a "
	  "worker node; denied" },
	{ "retired", SSH,
	  DROP "\nretired: [{ports: 22, protocol: tcp, process: q, removed: '4.1'}]", 0xff,
	  "essential row a tcp 22 (sshd): row b tcp 22 (q) was removed in 4.1, and this cluster is "
	  "4.10; denied" },
	{ "excepted", SSH,
	  DROP "\nexceptions: [{ports: 22, protocol: tcp, class: unregistered, until: 2027-01-01, "
	       "reason: r}]",
	  0xff, NULL },
	{ "excepted for its owners, and nobody knows who comes", SSH,
	  DROP "\nexceptions: [{ports: 22, protocol: tcp, class: unregistered, until: 2027-01-01, "
	       "reason: r, owners: [{unit: sshd.service}]}]",
	  0xff, "essential row a tcp 22 (sshd): no row names tcp 22; denied" },
	{ "a row for other nodes is not missed",
	  "entries: [{ports: 22, protocol: tcp, process: q, role: control-plane, essential: true}]",
	  NULL, 0xff, NULL },
	{ "nor one of a later version",
	  "entries: [{ports: 22, protocol: tcp, process: q, since: '4.11', essential: true}]", NULL,
	  0xff, NULL },
	{ "the last port of a range", LOCAL,
	  "drop: [{ports: 90-91, protocol: udp, reason: r}]\n"
	  "entries: [{ports: 90, protocol: udp, process: q, scope: localhost}]",
	  0xff, "essential row a udp 90-91 (p): no row names udp 91; denied" },
};

static void check(size_t i, uint32_t mode)
{
	_cleanup_buf_ struct buf over = { 0 }, lists = { 0 }, said = { 0 };
	const struct hp_config config = { .mode = mode, .denies = cases[i].denies };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const char *layers[2];
	struct essential_row row;
	int r = 0;

	buf_printf(&lists, "version: 1\nname: a\n%s\n", cases[i].lists);
	buf_printf(&over, "version: 1\nname: b\n%s\n", cases[i].over ? cases[i].over : "");
	layers[0] = lists.data;
	layers[1] = over.data;
	reg = registry_of(layers, 2, &diags, &r);
	assert_int_equal(r, 0);
	assert_int_equal(policy_build(reg, &worker, &policy), 0);
	r = essential_denied(reg, policy, &worker, &config, &row);
	check_int(cases[i].name, r, cases[i].want != NULL);
	if (r > 0)
		essential_put(reg, policy, &worker, &config, &row, &said);
	check_text(cases[i].name, said.data, cases[i].want);
}

/* The mode that the configuration has does not matter: it is asked before a switch, too. */
static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check(i, HP_MODE_AUDIT);
		check(i, HP_MODE_ENFORCE);
	}
}

/* The built-in layers deny none of theirs, whatever the node is. */
static void test_builtin(void **state)
{
	const struct reg_builtin *builtins = registry_builtins();
	const struct hp_config config = { .denies = POLICY_DENIES_DEFAULT };
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	const char *layers[REG_BUILTINS];
	struct essential_row row;
	int r = 0;

	(void)state;
	for (size_t i = 0; i < REG_BUILTINS; i++)
		layers[i] = builtins[i].text;
	reg = registry_of(layers, REG_BUILTINS, &diags, &r);
	assert_int_equal(r, 0);
	for (int role = 0; role < REG_ROLE_MAX; role++) {
		const struct node_facts facts = { .role = (enum reg_role)role };
		_cleanup_(policy_freep) struct policy *policy = NULL;

		assert_int_equal(policy_build(reg, &facts, &policy), 0);
		check_int("built in", essential_denied(reg, policy, &facts, &config, &row), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
