// SPDX-License-Identifier: MIT
/* An allowed bind with ours, and with other designs. */
#include <string.h>

#include "../../user/base/log.h"
#include "groups.h"
#include "kinds.h"
#include "name.h"
#include "scenario.h"

#define ROUNDS_PER 4 /* to attach a tracer, or to detach it, takes tenths of a second */

static const struct {
	const char *name, *what;
} designs[] = {
	{ "empty post_bind alone", "peer empty-post" },
	{ "empty bind and post_bind", "peer both" },
	{ "list of 16 rules", "peer linear 16" },
	{ "list of 128 rules", "peer linear 128" },
	{ "tracer", "peer tracer" },
	{ "ours, audit", "ours audit 512 own" },
	{ "ours, enforce", "ours enforce 512 own" },
};

/* Not every machine lets programs trace system calls. */
static bool may_hold(struct bench *b, const struct binder *binder, const char *what)
{
	_cleanup_(holder_freep) struct holder *holder = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	if (holder_start(bench_dir(b), bench_cgroup(b), binder, what, &holder, &err) == 0 &&
	    holder_on(holder, 1, &err) == 0)
		return true;
	log_warning("peers: %s: left out: %s", what, err.data ? err.data : "");
	return false;
}

static void tell(const struct scenario *s, unsigned int variant, unsigned int none,
		 unsigned int empty)
{
	for (unsigned int op = 0; op < s->ops_len; op++) {
		struct name n = name("%s: %s", s->ops[op].name, s->variants[variant].name);

		bench_note(s->bench, "peers", "over none", n.text,
			   scenario_over(s, variant, none, op, SCENARIO_BIND), "ns");
		bench_note(s->bench, "peers", "over empty", n.text,
			   scenario_over(s, variant, empty, op, SCENARIO_BIND), "ns");
		bench_note(s->bench, "peers", "CPU a loop over none", n.text,
			   scenario_over(s, variant, none, op, SCENARIO_USUAL), "ns");
	}
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	unsigned int none, empty;

	scenario_init(&s, b, binder);
	s.rounds = s.rounds / ROUNDS_PER + 1;
	for (unsigned int kind = 0; kind < KINDS; kind++)
		if (!kinds[kind].v6)
			scenario_op(&s, kinds[kind].name, kind_allowed(kind, PORTS_SMALL), false);
	none = scenario_variant(&s, "none");
	empty = scenario_holding(&s, "empty", "peer empty");
	for (size_t i = 0; i < ARRAY_LEN(designs); i++)
		if (strcmp(designs[i].what, "peer tracer") != 0 ||
		    may_hold(b, binder, designs[i].what))
			(void)scenario_holding(&s, designs[i].name, designs[i].what);
	scenario_run(&s);
	if (scenario_failed(&s, "peers"))
		return;
	for (unsigned int v = empty; v < s.variants_len; v++)
		tell(&s, v, none, empty);
}

void bench_peers(struct bench *b)
{
	if (bench_wants(b, "peers"))
		scenario_with_binder(b, "peers", measure);
}
