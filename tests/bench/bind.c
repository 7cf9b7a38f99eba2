// SPDX-License-Identifier: MIT
/*
 * What bind() costs with a small registry: of registered ports, of port 0, of one
 * that is not registered, and of another netns.
 */
#include "../../user/base/cleanup.h"
#include "compare.h"
#include "groups.h"
#include "kinds.h"
#include "machine.h"
#include "name.h"
#include "scenario.h"

/* With pods: who binds. */
enum {
	PODS_OUTSIDE,
	PODS_NETNS,
	PODS_HOST,
	PODS,
};

static const struct {
	const char *row, *how; /* the last words of a holder of ours */
} pods[PODS] = {
	[PODS_OUTSIDE] = { "pods-outside", "own outside" },
	[PODS_NETNS] = { "pods-netns", "other pod" },
	[PODS_HOST] = { "pods-host", "own pod" },
};

/* Numbers of operations and variants. */
struct plan {
	unsigned int allowed[KINDS], port_0[KINDS], violation[KINDS];
	uint32_t allowed_ops, port_0_ops, violation_ops; /* bits */
	unsigned int none, empty, again, both, silent;
	unsigned int ours[MODES], theirs[MODES], others_netns[MODES], pods[PODS][MODES];
};

/* ---- what is measured ---------------------------------------------------------------------- */

static void add_ops(struct scenario *s, struct plan *p)
{
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		p->allowed[kind] =
			scenario_op(s, kinds[kind].name, kind_allowed(kind, PORTS_SMALL), false);
		p->allowed_ops |= 1U << p->allowed[kind];
	}
	for (unsigned int kind = 0; kind < KINDS && bench_wants(s->bench, "port-0"); kind++) {
		p->port_0[kind] = scenario_op(s, kinds[kind].name, kind_port(kind, 0), false);
		p->port_0_ops |= 1U << p->port_0[kind];
	}
	if (!bench_wants(s->bench, "fold-audit") && !bench_wants(s->bench, "fold-deny") &&
	    !bench_wants(s->bench, "p99"))
		return;
	for (unsigned int kind = 0; kind < KINDS; kind++) {
		p->violation[kind] =
			scenario_op(s, kinds[kind].name, kind_port(kind, PORTS_UNREGISTERED), true);
		p->violation_ops |= 1U << p->violation[kind];
	}
}

static void add_variants(struct scenario *s, struct plan *p)
{
	p->none = scenario_variant(s, "none");
	p->empty = scenario_holding(s, "empty", "peer empty");
	p->again = scenario_holding(s, "empty again", "peer empty-again");
	scenario_only(s, p->again, p->allowed_ops);
	p->both = scenario_holding(s, "two empty", "peer both");
	scenario_only(s, p->both, p->allowed_ops | p->port_0_ops);
	p->silent = scenario_holding(s, "silent", "peer silent");
	s->variants[p->silent].refuses = true;
	scenario_only(s, p->silent, p->violation_ops);
	for (enum mode m = 0; m < MODES; m++) {
		struct name what = name("ours %s %d own", mode_words[m], PORTS_SMALL);

		p->ours[m] = scenario_holding(s, mode_words[m], what.text);
		s->variants[p->ours[m]].refuses = m == ENFORCE;
		p->theirs[m] = compare_variant(s, mode_words[m], what.text);
		if (p->theirs[m])
			s->variants[p->theirs[m]].refuses = m == ENFORCE;
	}
	for (enum mode m = 0; m < MODES && bench_wants(s->bench, "other-netns"); m++) {
		p->others_netns[m] =
			scenario_holding(s, name("%s, another netns", mode_words[m]).text,
					 name("ours %s %d other", mode_words[m], PORTS_SMALL).text);
		scenario_only(s, p->others_netns[m], p->allowed_ops);
	}
}

static void add_pods(struct scenario *s, struct plan *p)
{
	for (unsigned int i = 0; i < PODS * MODES; i++) {
		unsigned int how = i / MODES, m = i % MODES;

		if (!bench_wants(s->bench, pods[how].row))
			continue;
		p->pods[how][m] = scenario_holding(
			s, name("%s, %s", mode_words[m], pods[how].row).text,
			name("ours %s %d %s", mode_words[m], PORTS_SMALL, pods[how].how).text);
		scenario_only(s, p->pods[how][m], p->allowed_ops);
	}
}

/* ---- what is told -------------------------------------------------------------------------- */

static void put_allowed(const struct scenario *s, const struct plan *p)
{
	struct bench *b = s->bench;

	for (unsigned int kind = 0; kind < KINDS; kind++) {
		for (enum mode m = 0; m < MODES; m++) {
			unsigned int v = p->ours[m], op = p->allowed[kind];
			struct name n = name("%s %s", kinds[kind].name, mode_words[m]);

			bench_put(b, "allowed", "ns over empty", n.text,
				  scenario_over(s, v, p->empty, op, SCENARIO_BIND));
			bench_put(b, "allowed", "x empty", n.text,
				  scenario_times(s, v, p->empty, op, SCENARIO_BIND));
			bench_put(b, "allowed-none", "x none", n.text,
				  scenario_times(s, v, p->none, op, SCENARIO_BIND));
			bench_put(b, "allowed-none", "loop x none", n.text,
				  scenario_times(s, v, p->none, op, SCENARIO_USUAL));
			compare_note(s, "allowed", n.text, v, p->theirs[m], op, SCENARIO_BIND);
		}
		bench_note(b, "allowed-none", "none", kinds[kind].name,
			   scenario_value(s, p->none, p->allowed[kind], SCENARIO_BIND), "ns");
		bench_note(b, "allowed-none", "empty over none", kinds[kind].name,
			   scenario_over(s, p->empty, p->none, p->allowed[kind], SCENARIO_BIND),
			   "ns");
		bench_note(b, "allowed", "empty again over empty", kinds[kind].name,
			   scenario_over(s, p->again, p->empty, p->allowed[kind], SCENARIO_BIND),
			   "ns");
	}
}

static void put_others(const struct scenario *s, const struct plan *p)
{
	struct bench *b = s->bench;

	for (unsigned int kind = 0; kind < KINDS; kind++)
		for (enum mode m = 0; m < MODES; m++) {
			struct name n = name("%s %s", kinds[kind].name, mode_words[m]);

			if (p->port_0[kind]) {
				bench_put(b, "port-0", "ns over empty", n.text,
					  scenario_over(s, p->ours[m], p->empty, p->port_0[kind],
							SCENARIO_BIND));
				compare_note(s, "port-0", n.text, p->ours[m], p->theirs[m],
					     p->port_0[kind], SCENARIO_BIND);
			}
			if (p->others_netns[m])
				bench_put(b, "other-netns", "ns over empty", n.text,
					  scenario_over(s, p->others_netns[m], p->empty,
							p->allowed[kind], SCENARIO_BIND));
		}
}

static void put_pods(const struct scenario *s, const struct plan *p)
{
	for (unsigned int i = 0; i < PODS * MODES * KINDS; i++) {
		unsigned int how = i / KINDS / MODES, m = i / KINDS % MODES, kind = i % KINDS;

		if (p->pods[how][m])
			bench_put(s->bench, pods[how].row, "ns over no pods",
				  name("%s %s", kinds[kind].name, mode_words[m]).text,
				  scenario_over(s, p->pods[how][m], p->ours[m], p->allowed[kind],
						SCENARIO_BIND));
	}
}

static void put_violations(const struct scenario *s, const struct plan *p)
{
	struct bench *b = s->bench;

	for (unsigned int kind = 0; kind < KINDS; kind++) {
		unsigned int audit = p->ours[AUDIT], deny = p->ours[ENFORCE],
			     op = p->violation[kind];
		const char *n = kinds[kind].name;

		if (!op)
			return;
		bench_put(b, "fold-audit", "ns over empty", n,
			  scenario_over(s, audit, p->empty, op, SCENARIO_BIND));
		bench_put(b, "fold-audit", "CPU ns a loop over none", n,
			  scenario_over(s, audit, p->none, op, SCENARIO_CPU));
		/* stated for TCP: with UDP a program that only refuses is above the excellent */
		if (kinds[kind].udp)
			bench_note(b, "fold-deny", "UDP, x none", n,
				   scenario_times(s, deny, p->none, op, SCENARIO_BIND), "x");
		else
			bench_put(b, "fold-deny", "x none", n,
				  scenario_times(s, deny, p->none, op, SCENARIO_BIND));
		bench_note(b, "fold-deny", "silent deny, x none", n,
			   scenario_times(s, p->silent, p->none, op, SCENARIO_BIND), "x");
		bench_put(b, "p99", "x none", n,
			  scenario_times(s, audit, p->none, op, SCENARIO_P99));
		bench_note(b, "p99", "of none", n, scenario_value(s, p->none, op, SCENARIO_P99),
			   "ns");
		compare_note(s, "fold-audit", n, audit, p->theirs[AUDIT], op, SCENARIO_BIND);
		compare_note(s, "fold-audit", n, audit, p->theirs[AUDIT], op, SCENARIO_CPU);
		compare_note(s, "fold-deny", n, deny, p->theirs[ENFORCE], op, SCENARIO_BIND);
		compare_note(s, "p99", n, audit, p->theirs[AUDIT], op, SCENARIO_P99);
	}
}

/* What two programs that do nothing make of the same figures: nobody with two can do better. */
static void put_two_empty(const struct scenario *s, const struct plan *p)
{
	struct bench *b = s->bench;

	for (unsigned int kind = 0; kind < KINDS; kind++) {
		const char *n = kinds[kind].name;
		unsigned int op = p->allowed[kind], port_0 = p->port_0[kind];
		double ns = scenario_over(s, p->both, p->empty, op, SCENARIO_BIND);

		bench_least(b, "allowed", "ns over empty", n, ns);
		bench_least(b, "allowed", "x empty", n,
			    scenario_times(s, p->both, p->empty, op, SCENARIO_BIND));
		bench_least(b, "allowed-none", "x none", n,
			    scenario_times(s, p->both, p->none, op, SCENARIO_BIND));
		bench_least(b, "allowed-none", "loop x none", n,
			    scenario_times(s, p->both, p->none, op, SCENARIO_USUAL));
		bench_least(b, "other-netns", "ns over empty", n, ns);
		bench_least(b, "fold-audit", "ns over empty", n, ns);
		if (port_0)
			bench_least(b, "port-0", "ns over empty", n,
				    scenario_over(s, p->both, p->empty, port_0, SCENARIO_BIND));
	}
}

static const char *const rows[] = { "allowed",	    "allowed-none", "port-0",	 "other-netns",
				    "pods-outside", "pods-netns",   "pods-host", "fold-audit",
				    "fold-deny",    "p99" };

static bool wants_any(const struct bench *b)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (bench_wants(b, rows[i]))
			return true;
	return false;
}

static void measure(struct bench *b, const struct binder *binder)
{
	_cleanup_scenario_ struct scenario s;
	struct plan plan = { 0 };
	bool failed = false;

	scenario_init(&s, b, binder);
	add_ops(&s, &plan);
	add_variants(&s, &plan);
	add_pods(&s, &plan);
	scenario_run(&s);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		failed |= scenario_failed(&s, rows[i]);
	if (failed)
		return;
	machine_tell(&s, plan.none, plan.empty, plan.again, plan.allowed);
	put_allowed(&s, &plan);
	put_others(&s, &plan);
	put_pods(&s, &plan);
	put_violations(&s, &plan);
	put_two_empty(&s, &plan);
}

void bench_bind(struct bench *b)
{
	if (wants_any(b))
		scenario_with_binder(b, "allowed", measure);
}
