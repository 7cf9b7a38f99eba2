// SPDX-License-Identifier: MIT
/* What this machine's bind() costs without a program and with an empty one. */
#include "machine.h"

#include <math.h>

#include "../../user/base/log.h"
#include "foreign.h"
#include "groups.h"
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

void machine_tell(const struct scenario *s, unsigned int none, unsigned int empty,
		  unsigned int again, const unsigned int allowed[KINDS])
{
	double none_ns = scenario_value(s, none, allowed[0], SCENARIO_BIND);
	double empty_ns = none_ns + scenario_over(s, empty, none, allowed[0], SCENARIO_BIND);
	double noise = 0;

	for (unsigned int kind = 0; kind < KINDS; kind++)
		noise = fmax(noise, scenario_reach(s, again, empty, allowed[kind]));
	bench_set_machine(s->bench, none_ns, empty_ns);
	/* of few rounds the reach is wide, and says nothing */
	bench_set_noise(s->bench, fmin(noise, NOISE_MAX * empty_ns));
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	unsigned int none, empty, again, allowed[KINDS];

	scenario_init(&s, b, binder);
	for (unsigned int kind = 0; kind < KINDS; kind++)
		allowed[kind] =
			scenario_op(&s, kinds[kind].name, kind_allowed(kind, PORTS_SMALL), false);
	none = scenario_variant(&s, "none");
	empty = scenario_holding(&s, "empty", "peer empty");
	again = scenario_holding(&s, "empty again", "peer empty-again");
	scenario_run(&s);
	if (!scenario_failed(&s, "allowed-none"))
		machine_tell(&s, none, empty, again, allowed);
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
