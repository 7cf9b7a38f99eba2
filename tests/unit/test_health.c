// SPDX-License-Identifier: MIT
#include "test.h"

#include <stdlib.h>

#include "../../user/agent/health.h"

#define BIND4 "cgroup_inet4_bind"
#define BIND6 "cgroup_inet6_bind"

/* Programs of others, by id: 1 to 3 and 5 are at bind4, 4 at bind6; 1 runs before ours. */
static struct foreign_programs programs(const char *ids)
{
	static const struct foreign_program all[] = {
		{ BIND4, 1, "first", false },	{ BIND4, 2, "evil", true },
		{ BIND4, 3, "", true },		{ BIND6, 4, "six", true },
		{ BIND4, 5, "hp_bind4", true },
	};
	struct foreign_programs list = { .len = 0 };

	for (; *ids; ids++)
		list.list[list.len++] = all[*ids - '1'];
	return list;
}

struct judge_case {
	const char *name;
	struct health_view view;
	const char *foreign;
	const char *reason; /* NULL: none; one that is put off is effective */
};

static const struct judge_case judge_cases[] = {
	{ "all is well", { .cgroup = "/c" }, "", NULL },
	{ "others do no harm", { .cgroup = "/c" }, "1234", NULL },
	{ "not proved", { .unproved = BIND4, .words = "not denied" }, "2", BIND4 ": not denied" },
	{ "not proved, and the system says why",
	  { .unproved = BIND4, .words = "no socket", .error = "No such thing" },
	  "",
	  BIND4 ": no socket: No such thing" },
	{ "put off is not failed, but told",
	  { .unproved = BIND4, .words = "not now", .error = "In use", .postponed = true },
	  "2",
	  BIND4 ": not now: In use" },
	{ "put off, and a link is dead",
	  { .detached = BIND6, .unproved = BIND4, .words = "not now", .postponed = true },
	  "",
	  BIND6 ": the program is not attached any more: its link is dead" },
	{ "a namespace that lost its name is checked all the same",
	  { .netns = "/run/netns/a\033", .netns_gone = true },
	  "",
	  "the network namespace has lost its name; it is still checked: "
	  "/run/netns/a\\x1b" },
	{ "a hook that is not proved says more than that",
	  { .netns = "/n", .netns_gone = true, .unproved = BIND4, .words = "not denied" },
	  "",
	  BIND4 ": not denied" },
	{ "another namespace in its place",
	  { .netns = "/n", .netns_other = true, .detached = BIND6 },
	  "",
	  "the name now belongs to another network namespace, which is not checked: /n" },
	{ "overridden by one of two, at this hook and after ours",
	  { .unproved = BIND4, .words = "overridden", .overridden = true },
	  "1234",
	  BIND4 ": overridden: program 2 (evil), program 3" },
	{ "overridden at another hook",
	  { .unproved = BIND6, .words = "overridden", .overridden = true },
	  "1234",
	  BIND6 ": overridden: program 4 (six)" },
	{ "overridden, nobody to be seen",
	  { .unproved = BIND6, .words = "overridden", .overridden = true },
	  "1",
	  BIND6 ": overridden" },
	{ "a dead link says more than the canary",
	  { .detached = BIND6, .unproved = BIND6, .words = "not denied" },
	  "",
	  BIND6 ": the program is not attached any more: its link is dead" },
	{ "a cgroup that is gone says more than its links",
	  { .cgroup = "/a\nb", .cgroup_gone = true, .detached = BIND4, .unproved = BIND4 },
	  "",
	  "the cgroup is gone, and the programs with it: /a\\x0ab" },
};

static void test_judge(void **state)
{
	struct health health = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(judge_cases); i++) {
		const struct judge_case *c = &judge_cases[i];
		struct foreign_programs foreign = programs(c->foreign);
		struct health_view view = c->view;

		view.foreign = &foreign;
		health_judge(&view, &health);
		check_int(c->name, health.effective,
			  !c->reason || (c->view.postponed && !c->view.detached) ||
				  (c->view.netns_gone && !c->view.unproved));
		check_text(c->name, health.reason.len ? health.reason.data : NULL, c->reason);
		check_u64(c->name, health.foreign.len, foreign.len);
	}
	health_free(&health);
}

/* Who is there is not known while one of ours is off: the last word stands. */
static void test_foreign_stays(void **state)
{
	struct health health = { .foreign = programs("24") };
	struct health_view view = { .detached = BIND4 };

	(void)state;
	health_judge(&view, &health);
	check_u64("foreign", health.foreign.len, 2);
	health_free(&health);
}

struct change_case {
	const char *name;
	const char *before, *before_reason; /* programs; NULL: effective */
	const char *now, *now_reason;
	const char *notices; /* all that is told, one line each */
};

static const struct change_case change_cases[] = {
	{ "nothing, well", "", NULL, "", NULL, "" },
	{ "nothing, not well", "24", "why", "24", "why", "" },
	{ "it ends", "", NULL, "", "why", "0 not effective: why\n" },
	{ "another reason", "", "why", "", "because", "0 not effective: because\n" },
	{ "it works again", "", "why", "", NULL, "1 effective again\n" },
	{ "one comes after ours", "", NULL, "2", NULL,
	  "2 " BIND4 ": program 2 (evil) runs after ours and has the last word " BIND4
	  " 2 evil\n" },
	{ "one comes before ours", "", NULL, "1", NULL, "" },
	{ "one without a name comes, another one stays", "4", NULL, "34", NULL,
	  "2 " BIND4 ": program 3 runs after ours and has the last word " BIND4 " 3 \n" },
	{ "another agent comes", "", NULL, "5", NULL,
	  "2 " BIND4 ": program 5 (hp_bind4, another hostportd) runs after ours and has the last"
	  " word " BIND4 " 5 hp_bind4\n" },
	{ "one goes", "24", NULL, "2", NULL,
	  "3 " BIND6 ": program 4 (six) no longer runs after ours " BIND6 " 4 six\n" },
	{ "one that was before ours goes", "1", NULL, "", NULL, "" },
	{ "one comes and overrides", "", NULL, "4", "why",
	  "2 " BIND6 ": program 4 (six) runs after ours and has the last word " BIND6 " 4 six\n"
	  "0 not effective: why\n" },
	{ "two come", "", NULL, "24", NULL,
	  "2 " BIND4 ": program 2 (evil) runs after ours and has the last word " BIND4 " 2 evil\n"
	  "2 " BIND6 ": program 4 (six) runs after ours and has the last word " BIND6 " 4 six\n" },
	{ "two go", "24", NULL, "", NULL,
	  "3 " BIND4 ": program 2 (evil) no longer runs after ours " BIND4 " 2 evil\n"
	  "3 " BIND6 ": program 4 (six) no longer runs after ours " BIND6 " 4 six\n" },
	{ "one for another", "2", NULL, "4", NULL,
	  "2 " BIND6 ": program 4 (six) runs after ours and has the last word " BIND6 " 4 six\n"
	  "3 " BIND4 ": program 2 (evil) no longer runs after ours " BIND4 " 2 evil\n" },
};

static void on_notice(void *data, const struct notice *notice)
{
	struct buf *told = data;

	buf_printf(told, "%d %s", notice->kind, notice->message);
	if (notice->hook)
		buf_printf(told, " %s %u %s", notice->hook, notice->program_id, notice->name);
	buf_putc(told, '\n');
}

static struct health make_health(const char *foreign, const char *reason)
{
	struct health health = { .effective = !reason, .foreign = programs(foreign) };

	if (reason)
		buf_puts(&health.reason, reason);
	return health;
}

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(change_cases); i++) {
		const struct change_case *c = &change_cases[i];
		struct health before = make_health(c->before, c->before_reason);
		struct health now = make_health(c->now, c->now_reason);
		_cleanup_buf_ struct buf told = { 0 };

		health_compare(&before, &now, on_notice, &told);
		check_text(c->name, told.data ? told.data : "", c->notices);
		health_free(&before);
		health_free(&now);
	}
}

/* The same id at another hook is another attachment. */
static void test_same_program(void **state)
{
	struct health before = make_health("2", NULL), now = make_health("24", NULL);
	_cleanup_buf_ struct buf told = { 0 };

	(void)state;
	now.foreign.list[1].program_id = 2;
	health_compare(&before, &now, on_notice, &told);
	check_text("told", told.data,
		   "2 " BIND6 ": program 2 (six) runs after ours and has the last word " BIND6
		   " 2 six\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_foreign_stays),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_same_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
