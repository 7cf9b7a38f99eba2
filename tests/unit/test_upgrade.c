// SPDX-License-Identifier: MIT
/* What another registry means for a listener. */
#include "registry_cases.h"

#include "../../user/diff/upgrade.h"

#define ENTRY(keys) "entries: [{ports: 80, protocol: tcp, process: p" keys "}]\n"
#define RETIRED	    "retired: [{ports: 80, protocol: tcp, process: p, removed: '4.1'}]\n"
#define EXCEPTION                                                                                  \
	"exceptions: [{ports: 80, protocol: tcp, class: unregistered, until: 2027-01-01, reason: " \
	"r}]\n"
#define OTHER "entries: [{ports: 80, protocol: tcp, process: q}]\n"

static const struct {
	const char *name, *from, *to;
	uint8_t scope;
	const char *want; /* the rule, or NULL */
} cases[] = {
	{ "the same", ENTRY(""), ENTRY(""), HP_SCOPE_EXTERNAL, NULL },
	{ "in neither", "", "", HP_SCOPE_EXTERNAL, NULL },
	{ "another team", ENTRY(""), ENTRY(", team: t"), HP_SCOPE_EXTERNAL, NULL },
	{ "retired", ENTRY(""), RETIRED, HP_SCOPE_EXTERNAL, "newly-retired" },
	{ "retired before", RETIRED, RETIRED, HP_SCOPE_EXTERNAL, NULL },
	{ "retired, and not in the first", "", RETIRED, HP_SCOPE_EXTERNAL, "newly-retired" },
	{ "for another role", ENTRY(""), ENTRY(", role: control-plane"), HP_SCOPE_EXTERNAL,
	  "newly-inactive" },
	{ "for this role", ENTRY(""), ENTRY(", role: worker"), HP_SCOPE_EXTERNAL, NULL },
	{ "for another platform", ENTRY(""), ENTRY(", platforms: [gcp]"), HP_SCOPE_EXTERNAL,
	  "newly-inactive" },
	{ "for localhost", ENTRY(""), ENTRY(", scope: localhost"), HP_SCOPE_EXTERNAL,
	  "newly-localhost" },
	{ "for localhost, and there it is", ENTRY(""), ENTRY(", scope: localhost"),
	  HP_SCOPE_LOCALHOST, NULL },
	{ "gone", ENTRY(""), "", HP_SCOPE_EXTERNAL, "newly-unregistered" },
	{ "gone, with an exception", ENTRY(""), EXCEPTION, HP_SCOPE_EXTERNAL, NULL },
	{ "the exception is gone", EXCEPTION, "", HP_SCOPE_EXTERNAL, "newly-unregistered" },
	{ "registered", "", ENTRY(""), HP_SCOPE_EXTERNAL, "newly-taken" },
	{ "registered at last", EXCEPTION, ENTRY(""), HP_SCOPE_EXTERNAL, "newly-taken" },
	{ "another process", ENTRY(""), OTHER, HP_SCOPE_EXTERNAL, "newly-taken" },
	{ "the same process, written otherwise",
	  "entries: [{ports: 80, protocol: tcp, process: my proxy}]\n",
	  "entries: [{ports: 80, protocol: tcp, process: My-Proxy}]\n", HP_SCOPE_EXTERNAL, NULL },
	{ "for others", ENTRY(""), ENTRY(", owners: [{unit: x.service}]"), HP_SCOPE_EXTERNAL,
	  "newly-owned" },
	{ "for it", ENTRY(""), ENTRY(", owners: [{unit: u.service}]"), HP_SCOPE_EXTERNAL, NULL },
	{ "another port", "", "entries: [{ports: 81, protocol: tcp, process: p}]\n",
	  HP_SCOPE_EXTERNAL, NULL },
};

static void test_cases(void **state)
{
	const struct node_facts facts = {
		.role = REG_ROLE_WORKER,
		.platform = "aws",
		.today = { 2026, 12, 1 },
		.knows_units = true,
		.knows_pods = true,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *from = registry_of_lists(cases[i].from);
		_cleanup_(registry_freep) struct registry *to = registry_of_lists(cases[i].to);
		_cleanup_(policy_freep) struct policy *old = NULL, *new = NULL;
		_cleanup_findings_ struct findings findings = { 0 };
		const struct upgrade_listener listener = {
			.query = { .proto = HP_PROTO_TCP, .port = 80, .scope = cases[i].scope },
			.who = { .unit = "u.service" },
			.text = "p[1], unit u.service",
		};
		struct upgrade upgrade = { .facts = &facts, .file = "l.json" };

		check_int("from", policy_build(from, &facts, &old), 0);
		check_int("to", policy_build(to, &facts, &new), 0);
		upgrade.from = (struct upgrade_side) { from, old };
		upgrade.to = (struct upgrade_side) { to, new };
		check_int(cases[i].name, upgrade_check(&upgrade, &listener, &findings), 0);
		check_text(cases[i].name, findings.len ? findings.items[0].rule->id : NULL,
			   cases[i].want);
		if (!findings.len)
			continue;
		check_text("file", findings.items[0].file, "l.json");
		check_int("port", findings.items[0].port, 80);
		check_int("who, and which port",
			  strncmp(findings.items[0].message, "p[1], unit u.service, tcp 80: ", 30),
			  0);
	}
}

/* There is a rule, with all that a report needs, for each class that it may find. */
static void test_rules(void **state)
{
	const struct rules *all = upgrade_rules();

	(void)state;
	check_u64("rules", all->len, HP_CLASS_OWNER + 1);
	for (size_t i = 0; i < all->len; i++)
		assert_true(all->items[i].id && all->items[i].summary && all->items[i].help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
