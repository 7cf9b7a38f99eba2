// SPDX-License-Identifier: MIT
/* What an allowed bind costs with the programs of others at the same cgroup, ours the last one. */
#include "../../user/base/cleanup.h"
#include "groups.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

static const unsigned int counts[] = { 0, 1, 2, 4, 8 };

#define COUNTS ARRAY_LEN(counts)

static const struct {
	const char *what, *name;
} foreign_kinds[] = {
	{ "peer foreign-empty", "empty" },
	{ "peer foreign-miss", "with one look-up" },
};

#define FOREIGN_KINDS ARRAY_LEN(foreign_kinds)

struct plan {
	unsigned int none, ours[FOREIGN_KINDS][COUNTS], empty[FOREIGN_KINDS][COUNTS];
};

static unsigned int add_one(struct scenario *s, size_t kind, size_t count, const char *last)
{
	unsigned int v = scenario_variant(
		s, name("%u %s, %s", counts[count], foreign_kinds[kind].name, last).text);

	if (counts[count])
		scenario_hold(s, v, NULL, foreign_kinds[kind].what, counts[count]);
	scenario_hold(s, v, NULL, last, 1);
	return v;
}

static void add(struct scenario *s, struct plan *p)
{
	struct name ours = name("ours enforce %d own", PORTS_SMALL);

	(void)scenario_op(s, kinds[0].name, kind_allowed(0, PORTS_SMALL), false);
	p->none = scenario_variant(s, "none");
	for (size_t kind = 0; kind < FOREIGN_KINDS; kind++)
		for (size_t i = 0; i < COUNTS; i++) {
			/* no foreign programs are the same of either kind */
			if (kind && !counts[i]) {
				p->ours[kind][i] = p->ours[0][i];
				p->empty[kind][i] = p->empty[0][i];
				continue;
			}
			p->ours[kind][i] = add_one(s, kind, i, ours.text);
			p->empty[kind][i] = add_one(s, kind, i, "peer empty");
		}
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	struct plan plan = { 0 };

	scenario_init(&s, b, binder);
	add(&s, &plan);
	scenario_run(&s);
	if (scenario_failed(&s, "curve-foreign"))
		return;
	for (size_t kind = 0; kind < FOREIGN_KINDS; kind++)
		for (size_t i = 0; i < COUNTS; i++) {
			unsigned int ours = plan.ours[kind][i], empty = plan.empty[kind][i];
			struct name n = name("%u", counts[i]);

			bench_note(b, "curve-foreign",
				   name("all, foreign %s", foreign_kinds[kind].name).text, n.text,
				   scenario_over(&s, ours, plan.none, 0, SCENARIO_BIND), "ns");
			bench_note(b, "curve-foreign",
				   name("ours, foreign %s", foreign_kinds[kind].name).text, n.text,
				   scenario_over(&s, ours, empty, 0, SCENARIO_BIND), "ns");
		}
}

void bench_curve_foreign(struct bench *b)
{
	if (bench_wants(b, "curve-foreign"))
		scenario_with_binder(b, "curve-foreign", measure);
}
