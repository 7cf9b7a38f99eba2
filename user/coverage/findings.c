// SPDX-License-Identifier: MIT
#include "findings.h"

struct finding {
	const struct way *way;
	const struct look *looks;
	const struct judgement *judgement;
	struct buf *out;
};

__attribute__((format(printf, 2, 3))) static void add_finding(const struct finding *f,
							      const char *fmt, ...)
{
	va_list ap;

	buf_printf(f->out, "%s: ", f->way->name);
	va_start(ap, fmt);
	buf_vprintf(f->out, fmt, ap);
	va_end(ap);
	buf_putc(f->out, '\n');
}

static const char *held_word(const struct look *look)
{
	return look->after == HELD_YES ? "held" : look->after == HELD_NO ? "free" : "not known";
}

static void check_baseline(const struct finding *f)
{
	const struct look *none = &f->looks[ROUND_NONE];

	if (none->state == TRIAL_DIED || none->state == TRIAL_HUNG)
		add_finding(f, "without the programs: its process %s", judge_error(none));
	if (judge_works(none) && f->way->kind != WAY_PORTLESS && !f->way->outside &&
	    none->after == HELD_NO)
		add_finding(f, "without the programs: it succeeds, but its port is free");
}

static void check_enforce(const struct finding *f)
{
	const struct look *e = &f->looks[ROUND_ENFORCE], *none = &f->looks[ROUND_NONE];
	bool denied = f->judgement->answer == ANSWER_DENIED;

	if (f->judgement->promised && !denied)
		add_finding(f, "enforce: an explicit bind is not denied: %s, port %s, %llu denied",
			    judge_error(e), held_word(e), (unsigned long long)e->denied);
	if (!denied && judge_says_denied(e))
		add_finding(f, "enforce: an event says denied: %s, port %s, %llu denied",
			    judge_error(e), held_word(e), (unsigned long long)e->denied);
	if (!denied && !judge_says_denied(e) && !judge_same(e, none))
		add_finding(
			f,
			"enforce: not denied, but the programs make a difference: %s: %s instead of"
			" %s: %s",
			e->result.step, judge_error(e), none->result.step, judge_error(none));
	if (!e->seen_len && f->looks[ROUND_AUDIT].seen_len)
		add_finding(f, "enforce: no record; in audit mode there was one");
}

static void check_audit(const struct finding *f)
{
	const struct look *a = &f->looks[ROUND_AUDIT], *none = &f->looks[ROUND_NONE];
	const struct look *held = &f->looks[ROUND_HELD], *alone = &f->looks[ROUND_HELD_NONE];

	if (!judge_same(a, none))
		add_finding(f, "audit: the programs make a difference: %s: %s%s instead of %s: %s",
			    a->result.step, judge_error(a), a->result.slow ? ", slow" : "",
			    none->result.step, judge_error(none));
	if (a->seen_len && a->after == HELD_NO && none->after == HELD_YES)
		add_finding(f, "audit: a record reports it, but its port is free");
	if (!f->judgement->fails)
		return;
	if (!judge_same(held, alone))
		add_finding(
			f,
			"audit, port in use: the programs make a difference: %s: %s%s instead of"
			" %s: %s",
			held->result.step, judge_error(held), held->result.slow ? ", slow" : "",
			alone->result.step, judge_error(alone));
	if (held->result.error && (held->events || held->seen_len))
		add_finding(f, "audit, port in use: it failed with %s, but made %llu events",
			    judge_error(held), (unsigned long long)held->events);
}

static void check_unwanted(const struct finding *f)
{
	static const enum round rounds[] = { ROUND_AUDIT, ROUND_ENFORCE };
	static const char *const names[] = { "audit", "enforce" };

	for (size_t i = 0; i < ARRAY_LEN(rounds); i++) {
		const struct look *l = &f->looks[rounds[i]];

		if (f->way->outside && (l->seen_len || l->events))
			add_finding(f, "%s: a record names a port of another namespace", names[i]);
		if (l->astray)
			add_finding(f, "%s: it made an event of port %u, which it does not take",
				    names[i], l->astray);
	}
}

void findings_of_way(const struct way *way, const struct look looks[ROUND_MAX],
		     const struct judgement *judgement, struct buf *out)
{
	struct finding f = { way, looks, judgement, out };

	check_baseline(&f);
	if (judgement->answer == ANSWER_ABSENT)
		return;
	check_audit(&f);
	check_enforce(&f);
	check_unwanted(&f);
}

void findings_of_control(const struct look looks[ROUND_MAX], struct buf *out)
{
	static const enum round rounds[] = { ROUND_NONE, ROUND_AUDIT, ROUND_ENFORCE };

	for (size_t i = 0; i < ARRAY_LEN(rounds); i++) {
		const struct look *l = &looks[rounds[i]];

		if (!judge_works(l))
			buf_printf(out, "control: a registered port: %s: %s\n", l->result.step,
				   judge_error(l));
		if (l->seen_len || l->events)
			buf_puts(out, "control: a registered port made an event\n");
	}
}
