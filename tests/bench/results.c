// SPDX-License-Identifier: MIT
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void results_free(struct results *r)
{
	free(r->judged.list);
	free(r->notes.list);
	free(r->least.list);
	free(r->compared);
	free(r->failures);
	*r = (struct results) { 0 };
}

/* Room for one more element of `size` bytes. False: no memory. */
static bool grow(void **list, size_t len, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 64;
	void *p;

	if (len < *cap)
		return true;
	p = reallocarray(*list, more, size);
	if (!p)
		return false;
	*list = p;
	*cap = more;
	return true;
}

static struct figure *add(struct results *r, struct figures *f)
{
	if (!grow((void **)&f->list, f->len, &f->cap, sizeof(*f->list))) {
		r->no_memory = true;
		return NULL;
	}
	return &f->list[f->len++];
}

static void fill(struct figure *f, const char *row, const char *what, const char *instance,
		 double value, const char *unit)
{
	*f = (struct figure) { .value = value };
	(void)snprintf(f->row, sizeof(f->row), "%s", row);
	(void)snprintf(f->what, sizeof(f->what), "%s", what);
	(void)snprintf(f->instance, sizeof(f->instance), "%s", instance);
	(void)snprintf(f->unit, sizeof(f->unit), "%s", unit);
}

void results_put(struct results *r, const char *row, const char *what, const char *instance,
		 double value)
{
	const struct target_row *of = targets_row(row);
	const struct target *target = of ? targets_find(of, what) : NULL;
	struct figure *f;

	if (!target) {
		results_fail(r, row, "a figure that has no target was recorded");
		return;
	}
	f = add(r, &r->judged);
	if (f)
		fill(f, row, what, instance, value, target->unit);
}

void results_note(struct results *r, const char *row, const char *what, const char *instance,
		  double value, const char *unit)
{
	struct figure *f = add(r, &r->notes);

	if (f)
		fill(f, row, what, instance, value, unit);
}

void results_least(struct results *r, const char *row, const char *what, const char *instance,
		   double value)
{
	const struct target_row *of = targets_row(row);
	const struct target *target = of ? targets_find(of, what) : NULL;
	struct figure *f = target ? add(r, &r->least) : NULL;

	if (f)
		fill(f, row, what, instance, value, target->unit);
}

void results_compare(struct results *r, const char *row, const char *what, const char *instance,
		     double theirs, double ours, double over)
{
	struct comparison *c;

	if (!grow((void **)&r->compared, r->compared_len, &r->compared_cap, sizeof(*c))) {
		r->no_memory = true;
		return;
	}
	c = &r->compared[r->compared_len++];
	*c = (struct comparison) { .theirs = theirs, .ours = ours, .over = over };
	(void)snprintf(c->row, sizeof(c->row), "%s", row);
	(void)snprintf(c->what, sizeof(c->what), "%s", what);
	(void)snprintf(c->instance, sizeof(c->instance), "%s", instance);
}

void results_fail(struct results *r, const char *row, const char *reason)
{
	struct failure *f;

	if (!grow((void **)&r->failures, r->failures_len, &r->failures_cap, sizeof(*f))) {
		r->no_memory = true;
		return;
	}
	f = &r->failures[r->failures_len++];
	(void)snprintf(f->row, sizeof(f->row), "%s", row);
	(void)snprintf(f->reason, sizeof(f->reason), "%s", reason);
}

const struct figure *results_worst(const struct results *r, const struct target_row *row,
				   const struct target *target)
{
	const struct figure *worst = NULL;

	for (size_t i = 0; i < r->judged.len; i++) {
		const struct figure *f = &r->judged.list[i];

		if (strcmp(f->row, row->id) != 0 || strcmp(f->what, target->what) != 0)
			continue;
		if (!worst || targets_worse(target, f->value, worst->value))
			worst = f;
	}
	return worst;
}

const struct figure *results_least_of(const struct results *r, const struct figure *figure)
{
	for (size_t i = 0; i < r->least.len; i++) {
		const struct figure *f = &r->least.list[i];
		size_t len = strlen(f->instance);

		if (strcmp(f->row, figure->row) == 0 && strcmp(f->what, figure->what) == 0 &&
		    strncmp(f->instance, figure->instance, len) == 0 &&
		    (figure->instance[len] == '\0' || figure->instance[len] == ' '))
			return f;
	}
	return NULL;
}

const char *results_failure(const struct results *r, const char *row)
{
	for (size_t i = 0; i < r->failures_len; i++)
		if (strcmp(r->failures[i].row, row) == 0)
			return r->failures[i].reason;
	return NULL;
}

struct target results_target(const struct results *r, const struct target *target)
{
	return targets_here(target, r->scale > 0 ? r->scale : 1);
}
