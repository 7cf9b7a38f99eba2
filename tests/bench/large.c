// SPDX-License-Identifier: MIT
/* What bind() costs with a registry that names every port, of ports in random order. */
#include "compare.h"
#include "groups.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	unsigned int empty, ours[MODES], theirs[MODES];

	scenario_init(&s, b, binder);
	for (unsigned int kind = 0; kind < KINDS; kind++)
		scenario_op(&s, kinds[kind].name, kind_allowed(kind, PORTS_LARGE), false);
	(void)scenario_variant(&s, "none");
	empty = scenario_holding(&s, "empty", "peer empty");
	for (enum mode m = 0; m < MODES; m++) {
		struct name what = name("ours %s %d own", mode_words[m], PORTS_LARGE);

		ours[m] = scenario_holding(&s, mode_words[m], what.text);
		theirs[m] = compare_variant(&s, mode_words[m], what.text);
	}
	scenario_run(&s);
	if (scenario_failed(&s, "allowed-large"))
		return;
	for (unsigned int kind = 0; kind < KINDS; kind++)
		for (enum mode m = 0; m < MODES; m++) {
			struct name n = name("%s %s", kinds[kind].name, mode_words[m]);

			bench_put(b, "allowed-large", "ns over empty", n.text,
				  scenario_over(&s, ours[m], empty, kind, SCENARIO_BIND));
			bench_put(b, "allowed-large", "x empty", n.text,
				  scenario_times(&s, ours[m], empty, kind, SCENARIO_BIND));
			compare_note(&s, "allowed-large", n.text, ours[m], theirs[m], kind,
				     SCENARIO_BIND);
		}
}

void bench_large(struct bench *b)
{
	if (bench_wants(b, "allowed-large"))
		scenario_with_binder(b, "allowed-large", measure);
}
