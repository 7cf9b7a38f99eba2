// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/policy/policy.h"
#include "registry_cases.h"

#define ROW(keys)     "{ports: 80, protocol: tcp, process: p" keys "}"
#define ENTRIES(rows) "entries: [" rows "]\n"
#define RETIRED(keys) "retired: [{ports: 80, protocol: tcp, process: p" keys "}]\n"

static struct node_facts facts_of(int role, const char *platform, int major, int minor)
{
	return (struct node_facts) {
		.role = (enum reg_role)role,
		.platform = platform,
		.cluster = { (uint16_t)major, (uint16_t)minor },
		.today = { 2027, 3, 31 },
	};
}

struct class_case {
	const char *lists;
	struct node_facts facts;
	uint8_t cls;
};

#define FACTS(r, p, major, minor)                                                                  \
	{                                                                                          \
		.role = REG_ROLE_##r, .platform = p, .cluster = { major, minor }                   \
	}
#define NO_FACTS FACTS(ANY, NULL, 0, 0)

static const struct class_case class_cases[] = {
	{ ENTRIES(ROW("")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW("")), FACTS(WORKER, "aws", 4, 18), HP_CLASS_NONE },
	{ ENTRIES(ROW(", scope: localhost")), NO_FACTS, HP_CLASS_NONE },
	/* Versions. */
	{ ENTRIES(ROW(", since: '4.10'")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 4, 9), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 4, 10), HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 5, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", since: '4.10'")), FACTS(ANY, NULL, 3, 11), HP_CLASS_INACTIVE },
	/* Roles. */
	{ ENTRIES(ROW(", role: control-plane")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", role: control-plane")), FACTS(CONTROL_PLANE, NULL, 0, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", role: control-plane")), FACTS(WORKER, NULL, 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", role: worker")), FACTS(CONTROL_PLANE, NULL, 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", role: any")), FACTS(WORKER, NULL, 0, 0), HP_CLASS_NONE },
	/* Platforms. */
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), NO_FACTS, HP_CLASS_NONE },
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), FACTS(ANY, "gcp", 0, 0), HP_CLASS_NONE },
	{ ENTRIES(ROW(", platforms: [aws, gcp]")), FACTS(ANY, "azure", 0, 0), HP_CLASS_INACTIVE },
	{ ENTRIES(ROW(", platforms: []")), FACTS(ANY, "azure", 0, 0), HP_CLASS_NONE },
	/* Owners are anybody, in this version. */
	{ ENTRIES(ROW(", owners: [{unit: x.service}]")), NO_FACTS, HP_CLASS_NONE },
	/* Retired rows. */
	{ RETIRED(", removed: '4.11'"), NO_FACTS, HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 11), HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 18), HP_CLASS_RETIRED },
	{ RETIRED(", removed: '4.11'"), FACTS(ANY, NULL, 4, 10), HP_CLASS_NONE },
	{ RETIRED(", removed: '4.11', since: '4.4'"), FACTS(ANY, NULL, 4, 3), HP_CLASS_INACTIVE },
	{ RETIRED(", removed: '4.11', role: control-plane"), FACTS(WORKER, NULL, 4, 10),
	  HP_CLASS_INACTIVE },
	{ RETIRED(", removed: '4.11', role: control-plane"), FACTS(WORKER, NULL, 0, 0),
	  HP_CLASS_RETIRED },
};

static void test_row_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(class_cases); i++) {
		const struct class_case *c = &class_cases[i];
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);

		check_int(c->lists, policy_row_class(&reg->layers[0].rows[0], &c->facts), c->cls);
	}
}

struct pick_case {
	const char *name;
	const char *lists;
	uint16_t port;
	uint32_t row[HP_SCOPE_MAX]; /* external, localhost */
	uint8_t cls[HP_SCOPE_MAX];
	uint16_t excepted;
	bool none; /* nothing is said of the port */
};

#define P(n, keys)    "{ports: " n ", protocol: tcp, process: p" keys "},"
#define R(n)	      "{ports: " n ", protocol: tcp, process: p, removed: '4.1'},"
#define X(n, c, keys) "{ports: " n ", protocol: tcp, class: " c ", reason: r, until: " keys "},"
#define LOCAL	      ", scope: localhost"
#define OTHER	      ", role: control-plane" /* the node is a worker */
#define BIT(c)	      (1U << HP_CLASS_##c)
#define CLS(e, l)                                                                                  \
	{                                                                                          \
		HP_CLASS_##e, HP_CLASS_##l                                                         \
	}

static const struct pick_case pick_cases[] = {
	{ "nothing", ENTRIES(P("80", "")), 81, { 0 }, { 0 }, 0, true },
	{ "one", ENTRIES(P("80", "")), 80, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "one for localhost", ENTRIES(P("80", LOCAL)), 80, { 1, 1 }, CLS(SCOPE, NONE), 0, false },
	{ "inactive", ENTRIES(P("80", OTHER)), 80, { 1, 1 }, CLS(INACTIVE, INACTIVE), 0, false },
	{ "inactive before localhost",
	  ENTRIES(P("80", OTHER LOCAL)),
	  80,
	  { 1, 1 },
	  CLS(INACTIVE, INACTIVE),
	  0,
	  false },
	{ "retired", "retired: [" R("80") "]", 80, { 1, 1 }, CLS(RETIRED, RETIRED), 0, false },
	/* The most permissive. */
	{ "an overlay opens a localhost row",
	  ENTRIES(P("80", LOCAL) P("80", "")),
	  80,
	  { 2, 2 - 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "allowed over inactive",
	  ENTRIES(P("80", OTHER) P("80", "")),
	  80,
	  { 2, 2 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "scope over inactive",
	  ENTRIES(P("80", OTHER) P("80", LOCAL)),
	  80,
	  { 2, 2 },
	  CLS(SCOPE, NONE),
	  0,
	  false },
	{ "active over retired",
	  ENTRIES(P("80", "")) "retired: [" R("80") "]",
	  80,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "inactive over retired",
	  ENTRIES(P("80", OTHER)) "retired: [" R("80") "]",
	  80,
	  { 1, 1 },
	  CLS(INACTIVE, INACTIVE),
	  0,
	  false },
	{ "wide but permissive",
	  ENTRIES(P("80", LOCAL) P("1-65535", "")),
	  80,
	  { 2, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	/* Ties. */
	{ "the narrower",
	  ENTRIES(P("70-90", "") P("79-81", "")),
	  80,
	  { 2, 2 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "outside the narrower",
	  ENTRIES(P("70-90", "") P("79-81", "")),
	  82,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	{ "the earlier",
	  ENTRIES(P("80", "") P("80", "")),
	  80,
	  { 1, 1 },
	  CLS(NONE, NONE),
	  0,
	  false },
	/* Ends of ranges, and of ports. */
	{ "first of a range", ENTRIES(P("70-90", "")), 70, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "last of a range", ENTRIES(P("70-90", "")), 90, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "before a range", ENTRIES(P("70-90", "")), 69, { 0 }, { 0 }, 0, true },
	{ "after a range", ENTRIES(P("70-90", "")), 91, { 0 }, { 0 }, 0, true },
	{ "first port", ENTRIES(P("1-65535", "")), 1, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "last port", ENTRIES(P("1-65535", "")), 65535, { 1, 1 }, CLS(NONE, NONE), 0, false },
	{ "no port 0", ENTRIES(P("1-65535", "")), 0, { 0 }, { 0 }, 0, true },
	/* Exceptions. */
	{ "excepted alone",
	  "exceptions: [" X("80", "unregistered", "2027-04-01") "]",
	  80,
	  { 0 },
	  CLS(UNREGISTERED, UNREGISTERED),
	  BIT(UNREGISTERED),
	  false },
	{ "excepted on its last day",
	  "exceptions: [" X("80", "scope", "2027-03-31") "]",
	  80,
	  { 0 },
	  CLS(UNREGISTERED, UNREGISTERED),
	  BIT(SCOPE),
	  false },
	{ "over",
	  "exceptions: [" X("80", "unregistered", "2027-03-30") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "for owners",
	  "exceptions: [" X("80", "unregistered", "2028-01-01, owners: [{unit: u}]") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "ephemeral",
	  "exceptions: [" X("80", "ephemeral", "2028-01-01") "]",
	  80,
	  { 0 },
	  { 0 },
	  0,
	  true },
	{ "excepted row",
	  ENTRIES(P("80", LOCAL)) "exceptions: [" X("70-90", "scope", "2028-01-01")
		  X("80-85", "scope", "2028-01-01") X("80", "retired", "2028-01-01") "]",
	  80,
	  { 1, 1 },
	  CLS(SCOPE, NONE),
	  BIT(SCOPE) | BIT(RETIRED),
	  false },
	{ "ranges say nothing", "ranges: [{ports: 80, protocol: tcp}]", 80, { 0 }, { 0 }, 0, true },
};

static void check_pick(const struct pick_case *c)
{
	struct node_facts facts = facts_of(REG_ROLE_WORKER, NULL, 0, 0);
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(c->lists);
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const struct hp_row *row;

	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	row = policy_find(policy, HP_PROTO_TCP, c->port);
	check_int(c->name, row == NULL, c->none);
	for (int s = 0; row && s < HP_SCOPE_MAX; s++) {
		check_int(c->name, row->row[s], c->row[s]);
		check_int(c->name, row->cls[s], c->cls[s]);
	}
	check_int(c->name, row ? row->excepted : 0, c->excepted);
	for (uint8_t proto = HP_PROTO_UDP; proto < HP_PROTO_MAX + 1; proto++)
		assert_null(policy_find(policy, proto, c->port));
}

static void test_pick(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pick_cases); i++)
		check_pick(&pick_cases[i]);
}

static void test_dropped(void **state)
{
	const char *const texts[] = {
		"{version: 1, name: a, entries: [{ports: 80, protocol: tcp, process: p}, "
		"{ports: 81, protocol: tcp, process: p}]}",
		"{version: 1, name: b, drop: [{ports: 80, protocol: tcp, reason: r}]}",
	};
	struct node_facts facts = facts_of(REG_ROLE_ANY, NULL, 0, 0);
	_cleanup_(registry_freep) struct registry *reg = NULL;
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = 0;

	(void)state;
	reg = registry_of(texts, ARRAY_LEN(texts), &diags, &r);
	check_int("added", r, 0);
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	assert_null(policy_find(policy, HP_PROTO_TCP, 80));
	/* Numbers stay what registry_row() counts. */
	check_int("row", policy_find(policy, HP_PROTO_TCP, 81)->row[0], 2);
}

/* The empty registry: nothing is registered, never "everything is allowed". */
static void test_empty(void **state)
{
	const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT,
	};
	struct node_facts facts = facts_of(REG_ROLE_ANY, NULL, 0, 0);
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_(policy_freep) struct policy *policy = NULL;

	(void)state;
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	check_u64("rows", policy->len, 0);
	for (uint32_t port = 1; port < HP_PORTS; port++) {
		struct hp_query q = { .port = (uint16_t)port };

		assert_false(policy_bitmap_allows(&policy->bitmap, &q));
		assert_int_equal(policy_decide(policy, &config, &q).verdict, HP_VERDICT_DENIED);
	}
}

static void test_owned_exception(void **state)
{
	_cleanup_(registry_freep) struct registry *none =
		registry_of_lists("exceptions: [" X("80", "scope", "2028-01-01") "]\n");
	_cleanup_(registry_freep) struct registry *one = registry_of_lists(
		ENTRIES(P("80", ", owners: [{unit: u}]")) "exceptions: [" X("80", "scope",
									    "2028-01-01")
			X("81", "scope", "2000-01-01, owners: [{unit: u}]")
				X("82", "scope", "2028-01-01, owners: [{unit: u}]") "]\n");
	const struct reg_layer *layer = NULL;
	const struct reg_row *row;

	(void)state;
	assert_null(policy_first_owned_exception(none, &layer));
	assert_null(layer);
	row = policy_first_owned_exception(one, &layer);
	check_int("port", row->first, 81);
	check_text("layer", layer->name, "t");
	assert_ptr_equal(policy_first_owned_exception(one, NULL), row);
}

struct denies_case {
	const char *list;
	int r;
	uint32_t denies;
	const char *bad;
};

static const struct denies_case denies_cases[] = {
	{ "default", 0, POLICY_DENIES_DEFAULT, NULL },
	{ "unregistered", 0, BIT(UNREGISTERED), NULL },
	{ "default,owner", 0, POLICY_DENIES_DEFAULT | BIT(OWNER), NULL },
	{ "owner,default", 0, POLICY_DENIES_DEFAULT | BIT(OWNER), NULL },
	{ "ephemeral,undeclared", 0, BIT(EPHEMERAL) | BIT(UNDECLARED), NULL },
	{ "scope,scope", 0, BIT(SCOPE), NULL },
	{ "", -EINVAL, 0, "" },
	{ ",", -EINVAL, 0, "" },
	{ "scope,", -EINVAL, 0, "" },
	{ ",scope", -EINVAL, 0, "" },
	{ "none", -EINVAL, 0, "none" },
	{ "scope,Owner,retired", -EINVAL, 0, "Owner" },
	{ "scope, owner", -EINVAL, 0, " owner" },
	{ "defaults", -EINVAL, 0, "defaults" },
	{ "scope,012345678901234567890123456789012345678901234567890", -EINVAL, 0,
	  "012345678901234567890123456789012345678901234567890" },
};

static void test_denies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(denies_cases); i++) {
		const struct denies_case *c = &denies_cases[i];
		const char *bad = NULL;
		uint32_t denies = 0;
		size_t len = 0;

		check_int(c->list, policy_denies_parse(c->list, &denies, &bad, &len), c->r);
		check_u64(c->list, denies, c->denies);
		if (!c->bad)
			continue;
		check_u64(c->list, len, strlen(c->bad));
		check_int(c->list, strncmp(bad, c->bad, len), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_class),	cmocka_unit_test(test_pick),
		cmocka_unit_test(test_dropped),		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_owned_exception), cmocka_unit_test(test_denies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
