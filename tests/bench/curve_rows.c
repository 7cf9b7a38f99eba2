// SPDX-License-Identifier: MIT
/* What an allowed bind costs over an empty program as the registry grows; and a list of rules. */
#include "groups.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

#include "../../user/base/cleanup.h"

static const uint32_t sizes[] = { 16, 32, 64, 128, 512, 4096, 32768, 131072 };

#define SIZES	  ARRAY_LEN(sizes)
#define LIST_SIZE 4 /* so many of them can be a list, too: see PEER_RULES */

struct plan {
	unsigned int empty, ours[MODES][SIZES], list[LIST_SIZE];
};

static void add(struct scenario *s, struct plan *p)
{
	for (size_t i = 0; i < SIZES; i++) {
		struct sample_order order = kind_allowed(0, sizes[i]);

		order.random = true;
		(void)scenario_op(s, name("%u", sizes[i]).text, order, false);
	}
	p->empty = scenario_holding(s, "empty", "peer empty");
	for (size_t i = 0; i < SIZES; i++)
		for (enum mode m = 0; m < MODES; m++) {
			struct name what = name("ours %s %u own", mode_words[m], sizes[i]);

			p->ours[m][i] = scenario_holding(s, what.text, what.text);
			scenario_only(s, p->ours[m][i], 1U << i);
		}
	for (size_t i = 0; i < LIST_SIZE; i++) {
		struct name what = name("peer linear %u", sizes[i]);

		p->list[i] = scenario_holding(s, what.text, what.text);
		scenario_only(s, p->list[i], 1U << i);
	}
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	struct plan plan = { 0 };

	scenario_init(&s, b, binder);
	add(&s, &plan);
	scenario_run(&s);
	if (scenario_failed(&s, "curve-rows"))
		return;
	for (enum mode m = 0; m < MODES; m++)
		for (unsigned int i = 0; i < SIZES; i++)
			bench_note(b, "curve-rows", mode_words[m], s.ops[i].name,
				   scenario_over(&s, plan.ours[m][i], plan.empty, i, SCENARIO_BIND),
				   "ns");
	for (unsigned int i = 0; i < LIST_SIZE; i++)
		bench_note(b, "curve-rows", "a list of rules", s.ops[i].name,
			   scenario_over(&s, plan.list[i], plan.empty, i, SCENARIO_BIND), "ns");
}

void bench_curve_rows(struct bench *b)
{
	if (bench_wants(b, "curve-rows"))
		scenario_with_binder(b, "curve-rows", measure);
}
