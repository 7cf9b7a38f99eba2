// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <time.h>

#include "../../user/source/node_options.h"

typedef int (*parse_fn)(void *field, const char *value, struct buf *err);

/* What the parser says of a value; NULL: it takes it. */
static void check_parse(parse_fn parse, void *field, const char *value, const char *want)
{
	_cleanup_buf_ struct buf err = { 0 };

	check_int(value, parse(field, value, &err), want ? -EINVAL : 0);
	check_text(value, err.data, want);
}

static void test_registries(void **state)
{
	struct node_options options = { 0 };
	char names[REGISTRY_LAYERS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < REGISTRY_LAYERS_MAX; i++)
		check_parse(node_options_parse_registry, &options, &names[i], NULL);
	check_parse(node_options_parse_registry, &options, &names[REGISTRY_LAYERS_MAX],
		    "more than 64 layers");
	check_u64("registries", options.registries_len, REGISTRY_LAYERS_MAX);
	for (size_t i = 0; i < REGISTRY_LAYERS_MAX; i++)
		assert_ptr_equal(options.registries[i], &names[i]);
}

static void test_role(void **state)
{
	enum reg_role role = REG_ROLE_MAX;

	(void)state;
	check_parse(node_options_parse_role, &role, "master", "not control-plane, worker or any");
	check_parse(node_options_parse_role, &role, "wroker",
		    "not control-plane, worker or any; did you mean worker?");
	check_parse(node_options_parse_role, &role, "", "not control-plane, worker or any");
	check_parse(node_options_parse_role, &role, "auto",
		    "auto: only the agent asks the API server: name the role");
	check_int("as it was", role, REG_ROLE_MAX);
	check_parse(node_options_parse_role, &role, "any", NULL);
	check_int("any", role, REG_ROLE_ANY);
	check_parse(node_options_parse_role, &role, "control-plane", NULL);
	check_int("control-plane", role, REG_ROLE_CONTROL_PLANE);
	check_parse(node_options_parse_role, &role, "worker", NULL);
	check_int("worker", role, REG_ROLE_WORKER);
}

static void test_version(void **state)
{
	struct reg_version version = { 1, 2 };

	(void)state;
	check_parse(node_options_parse_version, &version, "4", "not a version: X.Y, such as 4.16");
	check_parse(node_options_parse_version, &version, "4.16.1",
		    "not a version: X.Y, such as 4.16");
	check_int("as it was", version.major * 10 + version.minor, 12);
	check_parse(node_options_parse_version, &version, "4.16", NULL);
	check_int("major", version.major, 4);
	check_int("minor", version.minor, 16);
}

#define NO_CLASS                                                                                   \
	": not one of default, unregistered, retired, inactive, scope, owner, undeclared, "        \
	"ephemeral"
#define BIT(c) (1U << HP_CLASS_##c)

static void test_classes(void **state)
{
	static const struct {
		const char *list;
		uint32_t bits;
	} lists[] = {
		{ "default", POLICY_DENIES_DEFAULT },
		{ "unregistered,ephemeral", BIT(UNREGISTERED) | BIT(EPHEMERAL) },
		{ "retired,inactive,scope", BIT(RETIRED) | BIT(INACTIVE) | BIT(SCOPE) },
		{ "owner", BIT(OWNER) },
		{ "scope,undeclared", BIT(SCOPE) | BIT(UNDECLARED) },
		{ "default,undeclared", POLICY_DENIES_DEFAULT | BIT(UNDECLARED) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		uint32_t classes = 0;

		check_parse(node_options_parse_classes, &classes, lists[i].list, NULL);
		check_u64(lists[i].list, classes, lists[i].bits);
	}
}

static void test_no_class(void **state)
{
	uint32_t bits = 77;

	(void)state;
	check_parse(node_options_parse_classes, &bits, "scope,other,owner",
		    "other" NO_CLASS "; did you mean owner?");
	check_parse(node_options_parse_classes, &bits, "dafault",
		    "dafault" NO_CLASS "; did you mean default?");
	check_parse(node_options_parse_classes, &bits, "x,scope", "x" NO_CLASS);
	check_parse(node_options_parse_classes, &bits, "", NO_CLASS);
	check_u64("as it was", bits, 77);
}

static struct reg_date utc_day(void)
{
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	return (struct reg_date) { (uint16_t)(tm.tm_year + 1900), (uint8_t)(tm.tm_mon + 1),
				   (uint8_t)tm.tm_mday };
}

/* The options as they are, and the day: the one before, or the one after midnight. */
static void test_facts(void **state)
{
	const struct node_options options = {
		.role = REG_ROLE_WORKER,
		.platform = "aws",
		.cluster = { 4, 16 },
	};
	struct reg_date before = utc_day(), after;
	struct node_facts facts = node_options_facts(&options);

	(void)state;
	after = utc_day();
	check_int("role", facts.role, REG_ROLE_WORKER);
	check_text("platform", facts.platform, "aws");
	check_int("cluster", facts.cluster.major * 100 + facts.cluster.minor, 416);
	assert_true(reg_date_compare(facts.today, before) == 0 ||
		    reg_date_compare(facts.today, after) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registries), cmocka_unit_test(test_role),
		cmocka_unit_test(test_version),	   cmocka_unit_test(test_classes),
		cmocka_unit_test(test_no_class),   cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
