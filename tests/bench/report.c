// SPDX-License-Identifier: MIT
#include "report.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "../../user/base/buf.h"
#include "../../user/base/cleanup.h"
#include "../../user/base/jsonw.h"
#include "../../user/base/table.h"
#include "machine_facts.h"
#include "matrix.h"
#include "number.h"

#define BUSY 0.1 /* the kernel works for us without our name on it, but not so much */

/* ---- for a person -------------------------------------------------------------------------- */

/* How many targets came out how. */
struct tally {
	size_t grades[TARGET_GRADES];
	size_t impossible;     /* missed ones that programs that do nothing miss, too */
	size_t with_excellent; /* of them all */
	size_t not_measured;
};

/* Would programs that do nothing miss the target, too? */
static bool is_impossible(const struct target *here, const struct figure *least)
{
	return least && targets_judge(here, least->value, 0) == TARGET_MISSED;
}

static int add_target(struct table *table, const struct results *r, const struct target_row *row,
		      const struct target *target, struct tally *tally)
{
	const struct figure *worst = results_worst(r, row, target),
			    *least = worst ? results_least_of(r, worst) : NULL;
	struct target here = results_target(r, target);
	struct number value = number(worst ? worst->value : 0), floor = number(here.floor),
		      excellent = number(here.excellent),
		      nothing = number(least ? least->value : 0);
	enum target_grade grade;
	const char *verdict = "not measured";
	bool is_one = here.flags & TARGET_ONE;

	if (worst) {
		grade = targets_judge(&here, worst->value, r->noise_ns);
		verdict = target_grade_word(grade);
		tally->grades[grade]++;
		if (grade == TARGET_MISSED && is_impossible(&here, least)) {
			verdict = "MISSED, also by doing nothing";
			tally->impossible++;
		}
	} else {
		tally->not_measured++;
	}
	tally->with_excellent += !is_one;
	return table_add(table,
			 (const char *[]) { row->id, row->title, target->what,
					    worst ? worst->instance : NULL,
					    worst ? value.text : NULL, least ? nothing.text : NULL,
					    floor.text, is_one ? NULL : excellent.text, verdict });
}

static int print_table(const struct bench *b, const struct results *r, FILE *out,
		       struct tally *tally)
{
	static const struct table_column columns[] = {
		{ .name = "ROW" },
		{ .name = "SCENARIO", .truncate = true },
		{ .name = "FIGURE" },
		{ .name = "WORST OF" },
		{ .name = "VALUE", .right = true },
		{ .name = "NOTHING", .right = true },
		{ .name = "FLOOR", .right = true },
		{ .name = "EXCELLENT", .right = true },
		{ .name = "IS" },
	};
	_cleanup_(table_freep) struct table *table = NULL;
	const struct target_row *rows;
	size_t len;
	int e = table_new(columns, ARRAY_LEN(columns), &table);

	rows = targets_rows(&len);
	for (size_t i = 0; i < len && e == 0; i++)
		for (const struct target *t = rows[i].targets; t->what && e == 0; t++)
			if (bench_wants(b, rows[i].id))
				e = add_target(table, r, &rows[i], t, tally);
	return e == 0 ? table_print(table, out) : e;
}

static bool same_line(const struct figure *a, const struct figure *b)
{
	return strcmp(a->row, b->row) == 0 && strcmp(a->what, b->what) == 0;
}

/* Has the row a table of its own? */
static bool is_side_by_side(const struct figure *f)
{
	const struct target_row *row = targets_row(f->row);

	return row && !row->targets[0].what;
}

/* All instances of a row's figure in one line, each figure once. */
static void print_details(const struct figures *f, FILE *out)
{
	for (size_t i = 0; i < f->len; i++) {
		const char *separator = "";
		bool told = is_side_by_side(&f->list[i]);

		for (size_t k = 0; k < i && !told; k++)
			told = same_line(&f->list[k], &f->list[i]);
		if (told)
			continue;
		(void)fprintf(out, "%s: %s:", f->list[i].row, f->list[i].what);
		for (size_t k = i; k < f->len; k++) {
			const struct figure *g = &f->list[k];
			struct number value = number(g->value);

			if (!same_line(g, &f->list[i]))
				continue;
			(void)fprintf(out, "%s%s%s %s %s", separator, g->instance[0] ? " " : "",
				      g->instance, value.text, g->unit);
			separator = ",";
		}
		(void)fputc('\n', out);
	}
}

static int print_compared(const struct results *r, FILE *out)
{
	static const struct table_column columns[] = {
		{ .name = "ROW" },
		{ .name = "FIGURE" },
		{ .name = "OF" },
		{ .name = "OTHER REVISION", .right = true },
		{ .name = "THIS", .right = true },
		{ .name = "THIS OVER THE OTHER", .right = true },
	};
	_cleanup_(table_freep) struct table *table = NULL;
	int e = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; i < r->compared_len && e == 0; i++) {
		const struct comparison *c = &r->compared[i];

		e = table_add(table, (const char *[]) {
					     c->row, c->what, c->instance, number(c->theirs).text,
					     number(c->ours).text, number(c->over).text });
	}
	if (e == 0 && r->compared_len)
		(void)fputc('\n', out);
	return e == 0 ? table_print(table, out) : e;
}

static int print_side_by_side(const struct bench *b, const struct results *r, FILE *out)
{
	const struct target_row *rows;
	size_t len;
	int e = 0;

	rows = targets_rows(&len);
	for (size_t i = 0; i < len && e == 0; i++)
		if (bench_wants(b, rows[i].id) && !rows[i].targets[0].what)
			e = matrix_print(r, &rows[i], out);
	return e;
}

static void print_summary(const struct results *r, const struct tally *tally, FILE *out)
{
	if (r->least.len)
		(void)fputs("NOTHING is what programs that do nothing make of the figure, at the "
			    "same hooks, or the machine without any: no better is possible here.\n",
			    out);
	if (r->scale > 0)
		(void)fprintf(out,
			      "bind() costs %.0f ns here without a program, %.0f ns with an empty "
			      "one: targets in ns are those of a machine where it costs %.0f ns "
			      "more, times %.2f.\n",
			      r->none_ns, r->empty_ns, TARGETS_EMPTY_NS, r->scale);
	if (r->scale > 0)
		(void)fputs(
			"ns of bind() are the mean of the middle half of a sample's calls, less "
			"what it costs to read the clock; what is said of two things is the "
			"median over the rounds of what they differ by in the same round.\n",
			out);
	if (r->noise_ns > 0)
		(void)fprintf(out,
			      "The same program measured twice in this run differs by up to %.1f "
			      "ns: an excellent of 0 ns is met within that.\n",
			      r->noise_ns);
	if (r->others > BUSY)
		(void)fprintf(out,
			      "The machine was busy: other processes took %.0f %% of its CPU time "
			      "meanwhile. Measure again.\n",
			      100 * r->others);
	for (size_t i = 0; i < r->failures_len; i++)
		(void)fprintf(out, "not measured: %s: %s\n", r->failures[i].row,
			      r->failures[i].reason);
	if (r->no_memory)
		(void)fputs("out of memory: figures are missing\n", out);
	if (tally->impossible)
		(void)fprintf(out, "Of those missed, %zu would be missed by doing nothing, too.\n",
			      tally->impossible);
	(void)fprintf(out,
		      "%zu missed, %zu met, %zu excellent (of %zu that have an excellent), "
		      "%zu not measured\n",
		      tally->grades[TARGET_MISSED], tally->grades[TARGET_MET],
		      tally->grades[TARGET_EXCELLENT], tally->with_excellent, tally->not_measured);
}

int report_print(const struct bench *b, const struct results *r, FILE *out)
{
	struct tally tally = { 0 };
	int e = print_table(b, r, out, &tally);

	if (e == 0)
		e = print_compared(r, out);
	if (e == 0)
		e = print_side_by_side(b, r, out);
	if (e < 0)
		return e;
	(void)fputc('\n', out);
	print_details(&r->judged, out);
	print_details(&r->notes, out);
	(void)fputc('\n', out);
	print_summary(r, &tally, out);
	return fflush(out) == 0 ? 0 : -errno;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* The writer knows no fractions. */
static void put_number(struct jsonw *w, const char *key, double value)
{
	if (!isfinite(value)) {
		jsonw_null(w, key);
		return;
	}
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
	buf_printf(w->out, "\"%s\":%.3f", key, value);
}

static void put_machine(const struct bench *b, const struct results *r, struct jsonw *w)
{
	struct machine_facts facts;

	machine_facts(&facts);
	jsonw_object(w, "machine");
	jsonw_string(w, "date", facts.date);
	jsonw_string(w, "kernel", facts.kernel);
	jsonw_string(w, "cpu", facts.cpu);
	jsonw_u64(w, "cpus", facts.cpus);
	jsonw_u64(w, "rounds", bench_rounds(b));
	put_number(w, "none_ns", r->none_ns);
	put_number(w, "empty_ns", r->empty_ns);
	put_number(w, "scale", r->scale);
	put_number(w, "noise_ns", r->noise_ns);
	put_number(w, "others_percent", 100 * r->others);
	jsonw_object_end(w);
}

static void put_target(const struct results *r, const struct target_row *row,
		       const struct target *target, struct jsonw *w)
{
	const struct figure *worst = results_worst(r, row, target), *least;
	struct target here = results_target(r, target);

	jsonw_object(w, NULL);
	jsonw_string(w, "what", target->what);
	jsonw_string(w, "unit", target->unit);
	put_number(w, "floor", here.floor);
	if (!(here.flags & TARGET_ONE))
		put_number(w, "excellent", here.excellent);
	if (worst) {
		least = results_least_of(r, worst);
		if (least)
			put_number(w, "nothing", least->value);
		put_number(w, "value", worst->value);
		jsonw_string(w, "worst", worst->instance);
		jsonw_string(w, "grade",
			     target_grade_word(targets_judge(&here, worst->value, r->noise_ns)));
	}
	jsonw_array(w, "instances");
	for (size_t i = 0; i < r->judged.len; i++) {
		const struct figure *f = &r->judged.list[i];

		if (strcmp(f->row, row->id) != 0 || strcmp(f->what, target->what) != 0)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "instance", f->instance);
		put_number(w, "value", f->value);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void put_compared(const struct results *r, const struct target_row *row, struct jsonw *w)
{
	jsonw_array(w, "compared");
	for (size_t i = 0; i < r->compared_len; i++) {
		const struct comparison *c = &r->compared[i];

		if (strcmp(c->row, row->id) != 0)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "what", c->what);
		jsonw_string(w, "instance", c->instance);
		put_number(w, "other", c->theirs);
		put_number(w, "this", c->ours);
		put_number(w, "over", c->over);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void put_row(const struct results *r, const struct target_row *row, struct jsonw *w)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "row", row->id);
	jsonw_string(w, "title", row->title);
	jsonw_string_opt(w, "failed", results_failure(r, row->id));
	jsonw_array(w, "targets");
	for (const struct target *t = row->targets; t->what; t++)
		put_target(r, row, t, w);
	jsonw_array_end(w);
	put_compared(r, row, w);
	jsonw_array(w, "notes");
	for (size_t i = 0; i < r->notes.len; i++) {
		const struct figure *f = &r->notes.list[i];

		if (strcmp(f->row, row->id) != 0)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "what", f->what);
		jsonw_string(w, "instance", f->instance);
		put_number(w, "value", f->value);
		jsonw_string(w, "unit", f->unit);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_object_end(w);
}

int report_write_json(const struct bench *b, const struct results *r, const char *path)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_fclose_ FILE *f = NULL;
	struct jsonw w = { .out = &text };
	const struct target_row *rows;
	size_t len;

	rows = targets_rows(&len);
	jsonw_object(&w, NULL);
	put_machine(b, r, &w);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < len; i++)
		if (bench_wants(b, rows[i].id))
			put_row(r, &rows[i], &w);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	buf_putc(&text, '\n');
	if (text.failed)
		return -ENOMEM;
	f = fopen(path, "we");
	if (!f || fwrite(text.data, 1, text.len, f) != text.len || fflush(f) != 0)
		return -errno;
	return 0;
}

/* ---- whole? -------------------------------------------------------------------------------- */

static bool has_note(const struct results *r, const char *row)
{
	for (size_t i = 0; i < r->notes.len; i++)
		if (strcmp(r->notes.list[i].row, row) == 0)
			return true;
	return false;
}

static bool row_is_whole(const struct results *r, const struct target_row *row)
{
	for (const struct target *t = row->targets; t->what; t++)
		if (!results_worst(r, row, t))
			return false;
	return row->targets[0].what || has_note(r, row->id);
}

bool report_is_whole(const struct bench *b, const struct results *r)
{
	const struct target_row *rows;
	size_t len;

	if (r->failures_len || r->no_memory)
		return false;
	rows = targets_rows(&len);
	for (size_t i = 0; i < len; i++)
		if (bench_wants(b, rows[i].id) && !row_is_whole(r, &rows[i]))
			return false;
	return true;
}
