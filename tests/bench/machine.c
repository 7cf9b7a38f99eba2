// SPDX-License-Identifier: MIT
/* What this machine's bind() costs without a program and with an empty one. */
#include <math.h>
#include "../../user/base/log.h"
#include "foreign.h"
#include "groups.h"
#include "kinds.h"
#include "scenario.h"
#include "targets.h"

#define NOISE_MAX 0.02

static bool wants_scaled(const struct bench *b)
{
	const struct target_row *rows;
	size_t len;

	rows = targets_rows(&len);
	for (size_t i = 0; i < len; i++)
		for (const struct target *t = rows[i].targets; t->what; t++)
			if (t->flags & TARGET_SCALED && bench_wants(b, rows[i].id))
				return true;
	return false;
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	unsigned int none, empty, again;
	double noise = 0, none_ns, empty_ns;

	scenario_init(&s, b, binder);
	for (unsigned int kind = 0; kind < KINDS; kind++)
		scenario_op(&s, kinds[kind].name, kind_allowed(kind, PORTS_SMALL), false);
	none = scenario_variant(&s, "none");
	empty = scenario_holding(&s, "empty", "peer empty");
	again = scenario_holding(&s, "empty again", "peer empty-again");
	scenario_run(&s);
	if (scenario_failed(&s, "allowed-none"))
		return;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		noise = fmax(noise, scenario_reach(&s, again, empty, kind));
		bench_note(b, "allowed-none", "none", kinds[kind].name,
			   scenario_value(&s, none, kind, SCENARIO_BIND), "ns");
		bench_note(b, "allowed-none", "empty over none", kinds[kind].name,
			   scenario_over(&s, empty, none, kind, SCENARIO_BIND), "ns");
	}
	none_ns = scenario_value(&s, none, 0, SCENARIO_BIND);
	empty_ns = none_ns + scenario_over(&s, empty, none, 0, SCENARIO_BIND);
	bench_set_machine(b, none_ns, empty_ns);
	/* of few rounds the reach is wide, and says nothing */
	bench_set_noise(b, fmin(noise, NOISE_MAX * empty_ns));
}

/* Then "none" is not without any, and hooks cost less than they would. */
static void note_foreign(struct bench *b)
{
	unsigned int n = foreign_programs();

	bench_note(b, "allowed-none", "programs of others at bind hooks", "", n, "programs");
	if (n)
		log_warning(
			"%u programs of others are attached to bind hooks: no bind() is without",
			n);
}

void bench_machine(struct bench *b)
{
	if (!wants_scaled(b))
		return;
	note_foreign(b);
	scenario_with_binder(b, "allowed-none", measure);
}
