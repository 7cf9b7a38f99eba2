// SPDX-License-Identifier: MIT
/*
 * What bind() costs with a small registry: of registered ports, of port 0, of one
 * that is not registered, and of another netns.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "groups.h"
#include "kinds.h"
#include "scenario.h"

enum mode { AUDIT, ENFORCE, MODES };

static const char *const mode_words[MODES] = { "audit", "enforce" };

/* Numbers of operations and variants. */
struct plan {
	unsigned int allowed[KINDS], port_0[KINDS], violation[KINDS];
	unsigned int none, empty, again;
	unsigned int ours[MODES], others_netns[MODES];
};

struct name {
	char text[64];
};

__attribute__((format(printf, 1, 2))) static struct name name(const char *fmt, ...)
{
	va_list ap;
	struct name n;

	va_start(ap, fmt);
	(void)vsnprintf(n.text, sizeof(n.text), fmt, ap);
	va_end(ap);
	return n;
}

/* ---- what is measured ---------------------------------------------------------------------- */

static uint32_t add_ops(struct scenario *s, struct plan *p)
{
	uint32_t allowed = 0;

	for (unsigned int kind = 0; kind < KINDS; kind++) {
		p->allowed[kind] =
			scenario_op(s, kinds[kind].name, kind_allowed(kind, PORTS_SMALL), false);
		allowed |= 1U << p->allowed[kind];
	}
	for (unsigned int kind = 0; kind < KINDS && bench_wants(s->bench, "port-0"); kind++)
		p->port_0[kind] = scenario_op(s, kinds[kind].name, kind_port(kind, 0), false);
	if (!bench_wants(s->bench, "fold-audit") && !bench_wants(s->bench, "fold-deny") &&
	    !bench_wants(s->bench, "p99"))
		return allowed;
	for (unsigned int kind = 0; kind < KINDS; kind++)
		p->violation[kind] =
			scenario_op(s, kinds[kind].name, kind_port(kind, PORTS_UNREGISTERED), true);
	return allowed;
}

static void add_variants(struct scenario *s, struct plan *p, uint32_t allowed)
{
	p->none = scenario_variant(s, "none");
	p->empty = scenario_holding(s, "empty", "peer empty");
	p->again = scenario_holding(s, "empty again", "peer empty");
	scenario_only(s, p->again, allowed);
	for (enum mode m = 0; m < MODES; m++) {
		p->ours[m] = scenario_holding(
			s, mode_words[m], name("ours %s %d own", mode_words[m], PORTS_SMALL).text);
		s->variants[p->ours[m]].refuses = m == ENFORCE;
	}
	for (enum mode m = 0; m < MODES && bench_wants(s->bench, "other-netns"); m++) {
		p->others_netns[m] =
			scenario_holding(s, name("%s, another netns", mode_words[m]).text,
					 name("ours %s %d other", mode_words[m], PORTS_SMALL).text);
		scenario_only(s, p->others_netns[m], allowed);
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
				  scenario_times(s, v, p->none, op, SCENARIO_CPU));
		}
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

			if (bench_wants(b, "port-0"))
				bench_put(b, "port-0", "ns over empty", n.text,
					  scenario_over(s, p->ours[m], p->empty, p->port_0[kind],
							SCENARIO_BIND));
			if (bench_wants(b, "other-netns"))
				bench_put(b, "other-netns", "ns over empty", n.text,
					  scenario_over(s, p->others_netns[m], p->empty,
							p->allowed[kind], SCENARIO_BIND));
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
		bench_put(b, "fold-deny", "x none", n,
			  scenario_times(s, deny, p->none, op, SCENARIO_BIND));
		bench_put(b, "p99", "x none", n,
			  scenario_times(s, audit, p->none, op, SCENARIO_P99));
		bench_note(b, "p99", "of none", n, scenario_value(s, p->none, op, SCENARIO_P99),
			   "ns");
	}
}

static void measure(struct bench *b, const struct binder *binder)
{
	static const char *const rows[] = { "allowed",	  "allowed-none", "port-0", "other-netns",
					    "fold-audit", "fold-deny",	  "p99" };
	_cleanup_scenario_ struct scenario s;
	struct plan plan = { 0 };
	bool failed = false;

	scenario_init(&s, b, binder);
	add_variants(&s, &plan, add_ops(&s, &plan));
	scenario_run(&s);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		failed |= scenario_failed(&s, rows[i]);
	if (failed)
		return;
	put_allowed(&s, &plan);
	put_others(&s, &plan);
	put_violations(&s, &plan);
}

void bench_bind(struct bench *b)
{
	_cleanup_(binder_freep) struct binder *binder = NULL;
	int r = binder_start(bench_cgroup(b), &binder);

	if (r < 0)
		bench_fail(b, "allowed", "the binder: %s", strerror(-r));
	else
		measure(b, binder);
}
