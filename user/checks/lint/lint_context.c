// SPDX-License-Identifier: MIT
#include "lint_context.h"

#include <errno.h>
#include <stdlib.h>

#include "../../../bpf/abi.h"
#include "../../registry/words.h"

static size_t count_rows(const struct registry *reg)
{
	size_t n = 0;

	for (size_t l = 0; l < reg->len; l++)
		n += layer_rows(&reg->layers[l]);
	return n;
}

static void sort_out(struct lint *lint, const struct reg_layer *layer)
{
	for (size_t i = 0; i < layer->len && layer->rows[i].kind <= REG_RETIRED; i++) {
		const struct lint_row at = { layer, &layer->rows[i] };

		if (at.row->dropped)
			continue;
		if (at.row->kind == REG_ENTRY)
			lint->entries[lint->entries_len++] = at;
		else
			lint->retired[lint->retired_len++] = at;
	}
}

int lint_open(struct lint *lint)
{
	size_t n = count_rows(lint->reg);

	lint->entries = calloc(n + 1, sizeof(*lint->entries));
	lint->retired = calloc(n + 1, sizeof(*lint->retired));
	if (!lint->entries || !lint->retired)
		return -ENOMEM;
	for (size_t l = 0; l < lint->reg->len; l++)
		sort_out(lint, &lint->reg->layers[l]);
	return accept_index_build(lint->reg, &lint->accepts);
}

void lint_close(struct lint *lint)
{
	free(lint->entries);
	free(lint->retired);
	accept_index_free(&lint->accepts);
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
		accept_index_find(&lint->accepts, rule, &self, other ? other : &none);
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
	const char *accepted = accept_index_find(&lint->accepts, rule, &whole, &none);
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

struct lint_ports lint_row_ports(const struct reg_row *row)
{
	struct lint_ports ports;

	if (row->first == row->last)
		(void)snprintf(ports.text, sizeof(ports.text), "%u", row->first);
	else
		(void)snprintf(ports.text, sizeof(ports.text), "%u-%u", row->first, row->last);
	return ports;
}

struct lint_name lint_row_name(const struct reg_row *row)
{
	struct lint_name name;

	(void)snprintf(name.text, sizeof(name.text), "%s %s%s%s%s", word_proto(row->proto),
		       lint_row_ports(row).text, row->process ? " (" : "",
		       row->process ? row->process : "", row->process ? ")" : "");
	return name;
}
