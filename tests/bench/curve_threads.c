// SPDX-License-Identifier: MIT
/* How many binds a second threads make together, with and without programs. */
#include "../../user/base/cleanup.h"
#include "groups.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

static const uint16_t threads[] = { 1, 2, 3, 4, 6, 8 };

#define RUN_MS	   30
#define ROUNDS_PER 5 /* of what is a mean of so many binds already, fewer rounds do */

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;

	scenario_init(&s, b, binder);
	s.rounds = s.rounds / ROUNDS_PER + 1;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		struct sample_order order = kind_allowed(0, PORTS_SMALL);

		order.threads = threads[i];
		order.run_ms = RUN_MS;
		(void)scenario_op(&s, name("%u", threads[i]).text, order, false);
	}
	(void)scenario_variant(&s, "none");
	(void)scenario_holding(&s, "empty", "peer empty");
	for (enum mode m = 0; m < MODES; m++)
		(void)scenario_holding(&s, mode_words[m],
				       name("ours %s %d own", mode_words[m], PORTS_SMALL).text);
	scenario_run(&s);
	if (scenario_failed(&s, "curve-threads"))
		return;
	for (unsigned int v = 0; v < s.variants_len; v++)
		for (unsigned int i = 0; i < s.ops_len; i++)
			bench_note(b, "curve-threads", s.variants[v].name, s.ops[i].name,
				   scenario_value(&s, v, i, SCENARIO_PER_S), "1/s");
}

void bench_curve_threads(struct bench *b)
{
	if (bench_wants(b, "curve-threads"))
		scenario_with_binder(b, "curve-threads", measure);
}
