// SPDX-License-Identifier: MIT
#include "document.h"

#include <errno.h>
#include <string.h>

#include "../base/jsonw.h"
#include "../base/table.h"
#include "../registry/words.h"

static const char *kind_word(enum way_kind kind)
{
	static const char *const words[] = {
		[WAY_EXPLICIT] = "explicit",
		[WAY_CHOSEN] = "chosen",
		[WAY_PORTLESS] = "portless",
		[WAY_UNTRIED] = "untried",
	};

	return words[kind];
}

/* ---- the table of ways --------------------------------------------------------------- */

void document_list_json(struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_array(&w, "ways");
	for (size_t i = 0; i < ways_len; i++) {
		jsonw_object(&w, NULL);
		jsonw_string(&w, "way", ways[i].name);
		jsonw_string(&w, "title", ways[i].title);
		jsonw_string(&w, "kind", kind_word(ways[i].kind));
		jsonw_string(&w, "protocol", word_proto(ways[i].proto));
		jsonw_bool(&w, "outside", ways[i].outside);
		if (ways[i].note)
			jsonw_string(&w, "note", ways[i].note);
		else
			jsonw_null(&w, "note");
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
}

int document_list_text(FILE *out)
{
	static const struct table_column columns[] = {
		{ .name = "WAY" },
		{ .name = "PROTO", .drop = 2 },
		{ .name = "KIND", .drop = 1 },
		{ .name = "TITLE", .truncate = true },
	};
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < ways_len; i++) {
		const char *cells[] = { ways[i].name, word_proto(ways[i].proto),
					kind_word(ways[i].kind), ways[i].title };

		r = table_add(table, cells);
	}
	return r == 0 ? table_print(table, out) : r;
}

/* ---- results: JSON -------------------------------------------------------------------- */

static bool is_absent(const struct coverage_way *c)
{
	return c->judgement.answer == ANSWER_ABSENT;
}

static void put_text_or_null(struct jsonw *w, const char *key, const char *value)
{
	if (value && *value)
		jsonw_string(w, key, value);
	else
		jsonw_null(w, key);
}

static void put_way(struct jsonw *w, const struct coverage_way *c)
{
	const struct look *held = &c->looks[ROUND_HELD];
	const struct judgement *j = &c->judgement;

	jsonw_object(w, NULL);
	jsonw_string(w, "way", c->way->name);
	jsonw_string(w, "title", c->way->title);
	jsonw_string(w, "answer", answer_word(j->answer));
	put_text_or_null(w, "hook", j->hook);
	jsonw_string(w, "reason", j->reason);
	jsonw_string(w, "protocol", word_proto(c->way->proto));
	jsonw_bool(w, "explicit", c->way->kind == WAY_EXPLICIT);
	jsonw_bool(w, "outside", c->way->outside);
	jsonw_bool(w, "promised", j->promised);
	jsonw_bool(w, "bind", j->bind);
	jsonw_bool(w, "confirmed", j->confirmed);
	jsonw_string(w, "without", judge_error(&c->looks[ROUND_NONE]));
	jsonw_string(w, "audit", judge_error(&c->looks[ROUND_AUDIT]));
	jsonw_string(w, "enforce", judge_error(&c->looks[ROUND_ENFORCE]));
	put_text_or_null(w, "occupied", j->fails ? judge_error(held) : NULL);
	jsonw_bool(w, "harmless", j->harmless);
	jsonw_object(w, "events");
	jsonw_u64(w, "audit", c->looks[ROUND_AUDIT].events);
	jsonw_u64(w, "enforce", c->looks[ROUND_ENFORCE].events);
	jsonw_u64(w, "occupied", held->events);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void put_absent(struct jsonw *w, const struct coverage_way *c)
{
	jsonw_object(w, NULL);
	jsonw_string(w, "way", c->way->name);
	jsonw_string(w, "title", c->way->title);
	jsonw_string(w, "reason", c->judgement.reason);
	jsonw_object_end(w);
}

/* The findings are lines of one text. */
static void put_findings(struct jsonw *w, const struct buf *findings)
{
	_cleanup_buf_ struct buf copy = { 0 };
	char *save = NULL;

	jsonw_array(w, "findings");
	if (findings->len)
		buf_add(&copy, findings->data, findings->len);
	for (char *line = copy.data ? strtok_r(copy.data, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		jsonw_string(w, NULL, line);
	jsonw_array_end(w);
}

void document_json(const struct coverage *coverage, const char *kernel, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_string(&w, "kernel", kernel);
	jsonw_array(&w, "ways");
	for (size_t i = 0; i < coverage->len; i++)
		if (!is_absent(&coverage->ways[i]))
			put_way(&w, &coverage->ways[i]);
	jsonw_array_end(&w);
	jsonw_array(&w, "absent");
	for (size_t i = 0; i < coverage->len; i++)
		if (is_absent(&coverage->ways[i]))
			put_absent(&w, &coverage->ways[i]);
	jsonw_array_end(&w);
	put_findings(&w, &coverage->findings);
	jsonw_object_end(&w);
}

/* ---- results: text -------------------------------------------------------------------- */

static const struct table_column columns[] = {
	{ .name = "WAY" },
	{ .name = "ANSWER" },
	{ .name = "BIND", .drop = 2 },
	{ .name = "CONFIRMED", .drop = 3 },
	{ .name = "HOOK", .truncate = true, .drop = 1 },
	{ .name = "REASON", .truncate = true },
};

static int add_row(struct table *table, const struct coverage_way *c)
{
	const struct judgement *j = &c->judgement;
	const char *cells[] = {
		c->way->name,
		answer_word(j->answer),
		j->bind ? "yes" : "no",
		j->confirmed ? "yes" : "no",
		j->hook,
		j->reason,
	};

	_Static_assert(ARRAY_LEN(cells) == ARRAY_LEN(columns), "a cell for each column");
	return table_add(table, cells);
}

int document_text(const struct coverage *coverage, const char *kernel, FILE *out)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < coverage->len; i++)
		if (!is_absent(&coverage->ways[i]))
			r = add_row(table, &coverage->ways[i]);
	if (r == 0)
		r = table_print(table, out);
	for (size_t i = 0; r == 0 && i < coverage->len; i++)
		if (is_absent(&coverage->ways[i]))
			(void)fprintf(out, "not on Linux %s: %s: %s\n", kernel,
				      coverage->ways[i].way->name,
				      coverage->ways[i].judgement.reason);
	if (r == 0 && coverage->findings.len)
		(void)fprintf(out, "\nfindings:\n%s", coverage->findings.data);
	return r;
}
