// SPDX-License-Identifier: MIT
#include "finding.h"

#include <stdlib.h>
#include <string.h>

const struct rule *rules_find(const struct rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->len; i++)
		if (strcmp(rules->items[i].id, id) == 0)
			return &rules->items[i];
	return NULL;
}

static struct finding *grow(struct findings *findings)
{
	size_t cap = findings->cap ? findings->cap * 2 : 64;
	struct finding *items;

	if (findings->len == FINDINGS_MAX) {
		findings->left_out++;
		return NULL;
	}
	if (findings->len == findings->cap) {
		items = reallocarray(findings->items, cap, sizeof(*items));
		if (!items) {
			findings->failed = true;
			return NULL;
		}
		findings->items = items;
		findings->cap = cap;
	}
	return &findings->items[findings->len];
}

struct finding *findings_vadd(struct findings *findings, const struct rule *rule, const char *file,
			      unsigned int line, unsigned int column, const char *fmt, va_list ap)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct finding *finding = grow(findings);

	if (!finding)
		return NULL;
	buf_vprintf(&message, fmt, ap);
	*finding = (struct finding) {
		.rule = rule,
		.line = line,
		.column = column,
		.order = findings->len,
		.file = strdup(file),
		.message = buf_take(&message),
	};
	if (!finding->file || !finding->message) {
		free(finding->file);
		free(finding->message);
		findings->failed = true;
		return NULL;
	}
	findings->len++;
	return finding;
}

struct finding *findings_add(struct findings *findings, const struct rule *rule, const char *file,
			     unsigned int line, unsigned int column, const char *fmt, ...)
{
	struct finding *finding;
	va_list ap;

	va_start(ap, fmt);
	finding = findings_vadd(findings, rule, file, line, column, fmt, ap);
	va_end(ap);
	return finding;
}

void finding_set_port(struct finding *finding, uint8_t proto, uint16_t port)
{
	if (!finding)
		return;
	finding->proto = proto;
	finding->port = port;
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = strdup(value);
}

void finding_set_path(struct finding *finding, const char *path)
{
	if (finding)
		set_text(&finding->path, path);
}

void finding_accept(struct finding *finding, const char *reason)
{
	if (finding)
		set_text(&finding->accepted, reason);
}

void finding_suggest(struct finding *finding, const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = { 0 };
	va_list ap;

	if (!finding)
		return;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	free(finding->suggestion);
	finding->suggestion = buf_take(&text);
}

size_t findings_count(const struct findings *findings, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->len; i++)
		n += !findings->items[i].accepted && findings->items[i].rule->severity == severity;
	return n;
}

size_t findings_accepted(const struct findings *findings)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->len; i++)
		n += findings->items[i].accepted != NULL;
	return n;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void findings_sort(struct findings *findings)
{
	if (findings->len)
		qsort(findings->items, findings->len, sizeof(*findings->items), compare);
}

static void finding_free(struct finding *finding)
{
	free(finding->file);
	free(finding->path);
	free(finding->message);
	free(finding->suggestion);
	free(finding->accepted);
}

void findings_remove_last(struct findings *findings)
{
	if (findings->len)
		finding_free(&findings->items[--findings->len]);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->len; i++)
		finding_free(&findings->items[i]);
	free(findings->items);
	*findings = (struct findings) { 0 };
}

static const char *const severity_words[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};
_Static_assert(ARRAY_LEN(severity_words) == SEVERITY_MAX, "a word for each severity");

const char *severity_word(enum severity severity)
{
	return severity < SEVERITY_MAX ? severity_words[severity] : "unknown";
}
