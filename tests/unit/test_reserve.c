// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/agent/reserve.h"
#include "portsets.h"

#define ROW(protocol, number)                                                                      \
	{                                                                                          \
		.key = { .proto = HP_PROTO_##protocol, .port = number }, .row = {.row = { 1, 1 } } \
	}

static struct policy_row rows[] = {
	ROW(TCP, 80),
	ROW(TCP, 39999),
	ROW(TCP, 40000),
	ROW(TCP, 40001),
	ROW(TCP, 40010),
	ROW(UDP, 40000),
	ROW(SCTP, 40002),
	ROW(UDPLITE, 65535),
	/* only an exception names it */
	{ .key = { .proto = HP_PROTO_TCP, .port = 40020 }, .row = { .excepted = 2 } },
};

struct plan_case {
	const char *name;
	bool asked;
	uint16_t first, last;
	const char *reserved, *ours;		    /* now */
	const char *registered, *still, *add, *out; /* the plan */
	bool too_many;
};

#define ALL "40000-40002,40010"

static const struct plan_case cases[] = {
	{ "not asked", false, 40000, 40100, "", "", ALL, "", "", "", false },
	{ "not asked, reserved", false, 40000, 40100, "40001", "", ALL, "", "", "", false },
	{ "not asked, ours", false, 40000, 40100, "7,40000-40001", "40000", ALL, "40000", "",
	  "40000", false },
	{ "not asked, ours no more", false, 40000, 40100, "7", "40000", ALL, "", "", "", false },
	{ "asked", true, 40000, 40100, "7", "", ALL, "", ALL, "", false },
	{ "asked, some there", true, 40000, 40100, "7,40001", "", ALL, "", "40000,40002,40010", "",
	  false },
	{ "asked, all there", true, 40000, 40100, "1-65535", "", ALL, "", "", "", false },
	{ "asked, ours", true, 40000, 40100, "7," ALL, ALL, ALL, ALL, "", "", false },
	{ "asked, ours and another's", true, 40000, 40100, "7," ALL, "40000", ALL, "40000", "", "",
	  false },
	{ "asked, one of ours was taken out", true, 40000, 40100, "40000-40001,40010", ALL, ALL,
	  "40000-40001,40010", "40002", "", false },
	{ "asked, one of ours has no row now", true, 40000, 40100, ALL ",40050", ALL ",40050", ALL,
	  ALL ",40050", "", "40050", false },
	{ "asked, the range moved", true, 40001, 40100, ALL, ALL, "40001-40002,40010", ALL, "",
	  "40000", false },
	{ "the first and the last", true, 39999, 40010, "", "", "39999-40002,40010", "",
	  "39999-40002,40010", "", false },
	{ "the highest port", true, 65000, 65535, "", "", "65535", "", "65535", "", false },
	{ "nothing in the range", true, 50000, 60000, "7", "", "", "", "", "", false },
	{ "nothing in the range any more", true, 50000, 60000, ALL, "40000", "", "40000", "",
	  "40000", false },
	{ "half of the range", true, 40000, 40005, "", "", "40000-40002", "", "40000-40002", "",
	  false },
	{ "more than half", true, 40000, 40004, "", "", "40000-40002", "", "", "", true },
	{ "more than half, not asked", false, 40000, 40004, "", "", "40000-40002", "", "", "",
	  false },
	{ "more than half, ours so far", true, 40000, 40004, "40000-40002", "40000-40002",
	  "40000-40002", "40000-40002", "", "40000-40002", true },
	{ "half with what others have", true, 40000, 40005, "40000,40005", "", "40000-40002", "",
	  "40001-40002", "", false },
	{ "more than half of what others leave", true, 40000, 40005, "40000,40003-40004", "",
	  "40000-40002", "", "", "", true },
	{ "half, and half of it done", true, 40000, 40005, "40000", "40000", "40000-40002", "40000",
	  "40001-40002", "", false },
	{ "no port is free", true, 40000, 40001, "40000-40001", "", "40000-40001", "", "", "",
	  false },
};

static void check(const struct plan_case *c)
{
	const struct policy policy = { .rows = rows, .len = ARRAY_LEN(rows) };
	const struct portset reserved = ports(c->reserved), ours = ports(c->ours);
	const struct hp_config config = { .mode = HP_MODE_AUDIT, .denies = POLICY_DENIES_DEFAULT };
	const struct reserve_facts facts = {
		.policy = &policy,
		.config = &config,
		.first = c->first,
		.last = c->last,
		.reserved = &reserved,
		.ours = &ours,
		.asked = c->asked,
	};
	struct reserve_plan plan;

	reserve_plan(&facts, &plan);
	check_ports(c->name, &plan.registered, c->registered);
	check_ports(c->name, &plan.ours, c->still);
	check_ports(c->name, &plan.add, c->add);
	check_ports(c->name, &plan.out, c->out);
	check_int(c->name, plan.too_many, c->too_many);
}

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(&cases[i]);
}

/* Ports for which a bind() to port 0 would be denied. */
static void test_denied(void **state)
{
	static struct policy_row mixed[] = {
		{ .key = { HP_PROTO_TCP, 0, 39999 },
		  .row = { { 1, 1 }, { HP_CLASS_RETIRED, HP_CLASS_RETIRED } } },
		ROW(TCP, 40000),
		{ .key = { HP_PROTO_TCP, 0, 40001 }, .row = { { 1, 1 }, { HP_CLASS_SCOPE } } },
		{ .key = { HP_PROTO_UDP, 0, 40002 },
		  .row = { { 1, 1 }, { HP_CLASS_RETIRED, HP_CLASS_RETIRED } } },
		{ .key = { HP_PROTO_UDPLITE, 0, 40003 },
		  .row = { { 1, 1 }, { HP_CLASS_RETIRED, HP_CLASS_RETIRED } } },
		/* its class is the kernel's choice then, and excepted, and not denied */
		{ .key = { HP_PROTO_TCP, 0, 40004 },
		  .row = { .cls = { HP_CLASS_UNREGISTERED, HP_CLASS_UNREGISTERED } } },
		{ .key = { HP_PROTO_TCP, 0, 40005 },
		  .row = { { 1, 1 }, { HP_CLASS_SCOPE }, 1 << HP_CLASS_SCOPE } },
		{ .key = { HP_PROTO_TCP, 0, 40006 }, .row = { { 1, 1 }, { HP_CLASS_OWNER } } },
		{ .key = { HP_PROTO_TCP, 0, 40007 }, .row = { { 1, 1 }, { HP_CLASS_SCOPE } } },
	};
	const struct policy policy = { .rows = mixed, .len = ARRAY_LEN(mixed) };
	const struct portset reserved = ports("40007"), none = { 0 };
	struct hp_config config = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT };
	struct reserve_facts facts = {
		.policy = &policy,
		.config = &config,
		.first = 40000,
		.last = 40010,
		.reserved = &reserved,
		.ours = &none,
	};
	struct reserve_plan plan;
	struct portset got;

	(void)state;
	reserve_denied(&facts, &got);
	check_ports("enforce", &got, "40001-40002");
	config.mode = HP_MODE_AUDIT;
	reserve_denied(&facts, &got);
	check_ports("audit", &got, "");
	/* if the registered ports are too many, these are reserved: 3 of 8, and then 2 of 3 */
	facts.first = 40001;
	facts.last = 40009;
	facts.asked = true;
	reserve_plan(&facts, &plan);
	check_ports("too many: registered", &plan.registered, "40001-40003,40005-40007");
	check_ports("too many: what would be denied", &plan.add, "40001-40002");
	assert_true(plan.too_many);
	facts.last = 40003;
	reserve_plan(&facts, &plan);
	check_ports("too many: even these", &plan.add, "");
	assert_true(plan.too_many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
