// SPDX-License-Identifier: MIT
#include "side.h"

#include <stdarg.h>
#include <string.h>

#include "../../user/base/buf.h"
#include "../../user/base/log.h"
#include "name.h"

#define FIGURES_MAX 16 /* of a row */

struct side_figures {
	struct {
		struct name what, instance;
		double value;
	} list[FIGURES_MAX];
	size_t len;
};

void side_each(struct bench *b, const char *row, void (*measure)(const struct side *side))
{
	struct side_figures figures = { .len = 0 };
	struct side side = { .bench = b, .programs = bench_dir(b), .ours = &figures };

	if (!bench_wants(b, row))
		return;
	measure(&side);
	side.programs = bench_other(b);
	side.is_other = true;
	if (side.programs)
		measure(&side);
}

static void remember(struct side_figures *f, const char *what, const char *instance, double value)
{
	if (f->len == FIGURES_MAX)
		return;
	f->list[f->len].what = name("%s", what);
	f->list[f->len].instance = name("%s", instance);
	f->list[f->len++].value = value;
}

/* Beside what ours have made. */
static void compare(const struct side *side, const char *row, const char *what,
		    const char *instance, double theirs)
{
	const struct side_figures *f = side->ours;

	for (size_t i = 0; i < f->len; i++)
		if (strcmp(f->list[i].what.text, what) == 0 &&
		    strcmp(f->list[i].instance.text, instance) == 0)
			bench_compare(side->bench, row, what, instance, theirs, f->list[i].value,
				      f->list[i].value - theirs);
}

void side_put(const struct side *side, const char *row, const char *what, const char *instance,
	      double value)
{
	if (side->is_other) {
		compare(side, row, what, instance, value);
		return;
	}
	bench_put(side->bench, row, what, instance, value);
	remember(side->ours, what, instance, value);
}

void side_least(const struct side *side, const char *row, const char *what, const char *instance,
		double value)
{
	if (!side->is_other)
		bench_least(side->bench, row, what, instance, value);
}

void side_note(const struct side *side, const char *row, const char *what, const char *instance,
	       double value, const char *unit)
{
	if (!side->is_other)
		bench_note(side->bench, row, what, instance, value, unit);
}

void side_fail(const struct side *side, const char *row, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (side->is_other)
		log_warning("%s of the other revision: %s", row, text.data ? text.data : "");
	else
		bench_fail(side->bench, row, "%s", text.data ? text.data : "");
}
