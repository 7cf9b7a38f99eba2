// SPDX-License-Identifier: MIT
#include "lint_context.h"

#include <errno.h>
#include <stdlib.h>

#include "../../../bpf/abi.h"

static struct lint_rows *rows_of(struct lint *lint, enum reg_kind kind)
{
	struct lint_rows *const rows[] = {
		[REG_ENTRY] = &lint->entries,  [REG_RETIRED] = &lint->retired,
		[REG_CLIENT] = &lint->clients, [REG_RANGE] = &lint->ranges,
		[REG_DROP] = &lint->drops,     [REG_EXCEPTION] = &lint->exceptions,
		[REG_ACCEPT] = &lint->accepts,
	};

	_Static_assert(ARRAY_LEN(rows) == REG_KIND_MAX, "a list for each kind");
	return rows[kind];
}

static void sort_out(struct lint *lint, const struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len; i++) {
		const struct reg_row *row = &layer->rows[i];
		struct lint_rows *rows = rows_of(lint, row->kind);

		if (!row->dropped)
			rows->items[rows->len++] = (struct lint_row) { layer, row };
	}
}

int lint_open(struct lint *lint)
{
	const struct registry *reg = lint->reg;
	size_t n[REG_KIND_MAX] = { 0 };

	for (size_t l = 0; l < reg->len; l++)
		for (size_t i = 0; i < reg->layers[l].len; i++)
			n[reg->layers[l].rows[i].kind]++;
	for (int kind = 0; kind < REG_KIND_MAX; kind++) {
		struct lint_rows *rows = rows_of(lint, (enum reg_kind)kind);

		rows->items = calloc(n[kind] + 1, sizeof(*rows->items));
		if (!rows->items)
			return -ENOMEM;
	}
	for (size_t l = 0; l < reg->len; l++)
		sort_out(lint, &reg->layers[l]);
	return accept_index_build(reg, &lint->accepts, &lint->accept_index);
}

void lint_close(struct lint *lint)
{
	for (int kind = 0; kind < REG_KIND_MAX; kind++)
		free(rows_of(lint, (enum reg_kind)kind)->items);
	accept_index_free(&lint->accept_index);
}

__attribute__((format(printf, 5, 0))) static struct finding *
add(struct lint *lint, enum lint_rule id, const struct lint_row *at, const char *accepted,
    const char *fmt, va_list ap)
{
	const struct rule *rule = lint_rule(id);
	struct finding *finding;

	if (rule->severity < lint->facts->least)
		return NULL;
	finding = findings_vadd(lint->findings, rule, at->layer->path, at->row->line,
				at->row->column, fmt, ap);
	if (accepted)
		finding_accept(finding, accepted);
	return finding;
}

struct finding *lint_add_finding(struct lint *lint, enum lint_rule rule, const struct lint_row *at,
				 const struct lint_subject *other, const char *fmt, ...)
{
	const struct lint_subject self = lint_row_subject(at), none = { 0 };
	const char *accepted =
		accept_index_find(&lint->accept_index, rule, &self, other ? other : &none);
	struct finding *finding;
	va_list ap;

	va_start(ap, fmt);
	finding = add(lint, rule, at, accepted, fmt, ap);
	va_end(ap);
	finding_set_port(finding, at->row->proto, at->row->first);
	return finding;
}

struct finding *lint_add_layer_finding(struct lint *lint, enum lint_rule rule,
				       const struct lint_row *at, const char *fmt, ...)
{
	const struct lint_subject whole = { .layer = at->layer, .proto = HP_PROTO_MAX },
				  none = { 0 };
	const char *accepted = accept_index_find(&lint->accept_index, rule, &whole, &none);
	struct finding *finding;
	va_list ap;

	va_start(ap, fmt);
	finding = add(lint, rule, at, accepted, fmt, ap);
	va_end(ap);
	return finding;
}

struct finding *lint_add_accept_finding(struct lint *lint, enum lint_rule rule,
					const struct lint_row *at, const char *fmt, ...)
{
	struct finding *finding;
	va_list ap;

	va_start(ap, fmt);
	finding = add(lint, rule, at, NULL, fmt, ap);
	va_end(ap);
	if (at->row->first)
		finding_set_port(finding, at->row->proto, at->row->first);
	return finding;
}
