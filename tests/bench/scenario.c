// SPDX-License-Identifier: MIT
#include "scenario.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/log.h"
#include "stats.h"

#define MOST  0.9 /* of the rounds: the rest is what the machine did */
#define TRIES 3	  /* of a sample that somebody else has spoiled */

void scenario_init(struct scenario *s, struct bench *b, const struct binder *binder)
{
	*s = (struct scenario) { .bench = b, .binder = binder, .rounds = bench_rounds(b) };
}

void scenario_free(struct scenario *s)
{
	for (size_t i = 0; i < s->holders_len; i++)
		holder_free(s->holders[i].holder);
	free(s->samples);
	buf_free(&s->error);
}

void scenario_with_binder(struct bench *b, const char *row,
			  void (*fn)(struct bench *b, const struct binder *binder))
{
	_cleanup_(binder_freep) struct binder *binder = NULL;
	int r = binder_start(bench_cgroup(b), &binder);

	log_info("%s: %u rounds", row, bench_rounds(b));
	if (r < 0)
		bench_fail(b, row, "the binder: %s", strerror(-r));
	else
		fn(b, binder);
}

static bool is_well(const struct scenario *s)
{
	return s->error.len == 0 && !s->error.failed;
}

static void fail(struct scenario *s, const char *where, const char *why)
{
	if (is_well(s))
		buf_printf(&s->error, "%s: %s", where, why);
}

/* ---- what there is ------------------------------------------------------------------------- */

unsigned int scenario_op(struct scenario *s, const char *name, struct sample_order order,
			 bool violation)
{
	struct scenario_op *op = &s->ops[s->ops_len];

	if (s->ops_len == SCENARIO_OPS) {
		fail(s, name, "too many operations");
		return 0;
	}
	(void)snprintf(op->name, sizeof(op->name), "%s", name);
	op->order = order;
	op->violation = violation;
	return (unsigned int)s->ops_len++;
}

unsigned int scenario_variant(struct scenario *s, const char *name)
{
	struct scenario_variant *v = &s->variants[s->variants_len];

	if (s->variants_len == SCENARIO_VARIANTS) {
		fail(s, name, "too many variants");
		return 0;
	}
	(void)snprintf(v->name, sizeof(v->name), "%s", name);
	v->ops = UINT32_MAX;
	return (unsigned int)s->variants_len++;
}

/* The holder of these words, a new one unless there is one. NULL: it failed. */
static struct holder *holder_of(struct scenario *s, const char *dir, const char *what)
{
	_cleanup_buf_ struct buf err = { 0 };
	char words[sizeof(s->holders[0].words)];
	int r;

	(void)snprintf(words, sizeof(words), "%s%s", dir ? "other: " : "", what);
	for (size_t i = 0; i < s->holders_len; i++)
		if (strcmp(s->holders[i].words, words) == 0)
			return s->holders[i].holder;
	if (s->holders_len == SCENARIO_HOLDERS) {
		fail(s, what, "too many holders");
		return NULL;
	}
	r = holder_start(dir ? dir : bench_dir(s->bench), bench_cgroup(s->bench), s->binder, what,
			 &s->holders[s->holders_len].holder, &err);
	if (r < 0) {
		fail(s, words, err.len ? err.data : strerror(-r));
		return NULL;
	}
	memcpy(s->holders[s->holders_len].words, words, sizeof(words));
	return s->holders[s->holders_len++].holder;
}

void scenario_hold(struct scenario *s, unsigned int variant, const char *dir, const char *what,
		   unsigned int n)
{
	struct scenario_variant *v = &s->variants[variant];
	struct holder *holder = is_well(s) ? holder_of(s, dir, what) : NULL;

	if (!holder)
		return;
	if (v->held == VARIANT_HOLDERS) {
		fail(s, v->name, "too many holders");
		return;
	}
	v->holders[v->held].holder = holder;
	v->holders[v->held++].n = n;
}

unsigned int scenario_holding(struct scenario *s, const char *name, const char *what)
{
	unsigned int variant = scenario_variant(s, name);

	scenario_hold(s, variant, NULL, what, 1);
	return variant;
}

void scenario_only(struct scenario *s, unsigned int variant, uint32_t ops)
{
	s->variants[variant].ops = ops;
}

/* ---- the rounds ---------------------------------------------------------------------------- */

static struct sample *sample_of(const struct scenario *s, unsigned int round, unsigned int variant,
				unsigned int op)
{
	return &s->samples[((size_t)round * s->variants_len + variant) * s->ops_len + op];
}

/* Did the binds end as they are to? A bench of something else would be worth nothing. */
static void check(struct scenario *s, const struct scenario_variant *v,
		  const struct scenario_op *op, const struct sample *sample)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint32_t refused = v->refuses && op->violation ? sample->calls : 0;

	if (sample->calls && !sample->failed && sample->refused == refused)
		return;
	buf_printf(&text, "%s of %u binds were refused, %u failed (%s)", op->name, sample->calls,
		   sample->failed, sample->failed ? strerror(sample->error) : "-");
	if (sample->refused != refused)
		buf_printf(&text, "; %u refused instead of %u", sample->refused, refused);
	fail(s, v->name, text.data);
}

/*
 * A process that walks over the descriptors of this machine meanwhile (/proc/PID/fd, an iterator)
 * keeps a socket open a moment longer than we do: such a sample is taken again.
 */
static int take(struct scenario *s, const struct sample_order *order, struct sample *sample)
{
	int r = binder_measure(s->binder, order, sample);

	for (int i = 1; i < TRIES && r == 0 && sample->failed && sample->error == EADDRINUSE; i++)
		r = binder_measure(s->binder, order, sample);
	return r;
}

static void measure(struct scenario *s, unsigned int round, unsigned int variant, unsigned int op)
{
	const struct scenario_variant *v = &s->variants[variant];
	struct sample_order order = s->ops[op].order;
	struct sample *sample = sample_of(s, round, variant, op);

	/* all of a round bind the same ports */
	order.skip = round * (2 * order.calls + 1);
	if (take(s, &order, sample) < 0)
		fail(s, v->name, "the binder has ended");
	else
		check(s, v, &s->ops[op], sample);
}

/*
 * The first of repeats makes a record, once a second, which wakes its reader: it
 * is not a folded one. When the holder answers, it has read the record.
 */
static void make_record(struct scenario *s, unsigned int variant, unsigned int op, struct buf *err)
{
	const struct scenario_variant *v = &s->variants[variant];
	struct sample_order order = s->ops[op].order;
	struct holder_stats unused;
	struct sample sample;

	order.calls = SAMPLE_CALLS_MIN;
	if (binder_measure(s->binder, &order, &sample) < 0)
		fail(s, v->name, "the binder has ended");
	for (size_t i = 0; i < v->held; i++)
		(void)holder_stats(v->holders[i].holder, &unused, err);
}

static void take_turn(struct scenario *s, unsigned int round, unsigned int variant, unsigned int op)
{
	const struct scenario_variant *v = &s->variants[variant];
	_cleanup_buf_ struct buf err = { 0 };
	size_t on = 0;

	while (on < v->held && holder_on(v->holders[on].holder, v->holders[on].n, &err) == 0)
		on++;
	if (on == v->held && s->ops[op].violation)
		make_record(s, variant, op, &err);
	if (on == v->held)
		measure(s, round, variant, op);
	while (on > 0)
		(void)holder_off(v->holders[--on].holder, &err);
	if (err.len)
		fail(s, v->name, err.data);
}

static void shuffle(unsigned int *list, size_t len)
{
	for (size_t i = len; i > 1; i--) {
		size_t k = (size_t)random() % i;
		unsigned int kept = list[i - 1];

		list[i - 1] = list[k];
		list[k] = kept;
	}
}

/* One after the other, so that what is compared is measured within some tenths of a second. */
static void take_turns(struct scenario *s, unsigned int round, unsigned int op)
{
	unsigned int turns[SCENARIO_VARIANTS];
	size_t len = 0;

	for (unsigned int i = 0; i < s->variants_len; i++)
		if (s->variants[i].ops & 1U << op)
			turns[len++] = i;
	shuffle(turns, len);
	for (size_t i = 0; i < len && is_well(s); i++)
		take_turn(s, round, turns[i], op);
}

bool scenario_run(struct scenario *s)
{
	s->samples = calloc((size_t)s->rounds * s->variants_len * s->ops_len, sizeof(*s->samples));
	if (!s->samples)
		fail(s, "samples", strerror(ENOMEM));
	for (unsigned int round = 0; round < s->rounds; round++)
		for (unsigned int op = 0; op < s->ops_len && is_well(s); op++)
			take_turns(s, round, op);
	return is_well(s);
}

bool scenario_failed(const struct scenario *s, const char *row)
{
	if (is_well(s))
		return false;
	if (bench_wants(s->bench, row))
		bench_fail(s->bench, row, "%s", s->error.data ? s->error.data : strerror(ENOMEM));
	return true;
}

/* ---- what came out ------------------------------------------------------------------------- */

static double metric_of(const struct sample *sample, enum scenario_metric metric)
{
	const double values[SCENARIO_METRICS] = {
		[SCENARIO_BIND] = sample->bind_ns, [SCENARIO_P99] = sample->p99_ns,
		[SCENARIO_CPU] = sample->cpu_ns,   [SCENARIO_USUAL] = sample->usual_ns,
		[SCENARIO_PER_S] = sample->per_s,
	};

	return values[metric];
}

enum pairing { ALONE, OVER, TIMES };

/* A list of what each round says; the caller frees it. NULL: no memory. */
static double *list_of(const struct scenario *s, unsigned int variant, unsigned int base,
		       unsigned int op, enum scenario_metric metric, enum pairing pairing)
{
	double *list = calloc(s->rounds, sizeof(*list));

	for (unsigned int i = 0; list && i < s->rounds; i++) {
		double mine = metric_of(sample_of(s, i, variant, op), metric),
		       its = metric_of(sample_of(s, i, base, op), metric);

		list[i] = pairing == ALONE ? mine : pairing == OVER ? mine - its : mine / its;
	}
	return list;
}

/* What wakes another process is rare, and would not be in the median. */
static double middle_of(double *owned, size_t len, enum scenario_metric metric)
{
	_cleanup_free_ double *list = owned;

	if (!list)
		return NAN;
	return metric == SCENARIO_CPU ? stats_middle_mean(list, len, MOST) :
					stats_median(list, len);
}

double scenario_value(const struct scenario *s, unsigned int variant, unsigned int op,
		      enum scenario_metric metric)
{
	return middle_of(list_of(s, variant, variant, op, metric, ALONE), s->rounds, metric);
}

double scenario_over(const struct scenario *s, unsigned int variant, unsigned int base,
		     unsigned int op, enum scenario_metric metric)
{
	return middle_of(list_of(s, variant, base, op, metric, OVER), s->rounds, metric);
}

double scenario_times(const struct scenario *s, unsigned int variant, unsigned int base,
		      unsigned int op, enum scenario_metric metric)
{
	return middle_of(list_of(s, variant, base, op, metric, TIMES), s->rounds, metric);
}

double scenario_reach(const struct scenario *s, unsigned int variant, unsigned int base,
		      unsigned int op)
{
	_cleanup_free_ double *list = list_of(s, variant, base, op, SCENARIO_BIND, OVER);

	return list ? stats_median_reach(list, s->rounds) : NAN;
}
