// SPDX-License-Identifier: MIT
#include "accept_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../bpf/abi.h"

#define ANY_PROTO HP_PROTO_MAX
#define NO_LAYER  REGISTRY_LAYERS_MAX

/* Accepts that can match a finding, with their layer and what they name. */
struct query {
	uint8_t by; /* layers, by their place */
	uint8_t of; /* NO_LAYER: they name none, and mean their own */
	uint8_t rule;
	uint8_t proto;
};

static uint64_t group_of(struct query q)
{
	return (uint64_t)q.by << 24 | (uint64_t)q.of << 16 | (uint64_t)q.rule << 8 | q.proto;
}

static uint8_t place_of(const struct registry *reg, const struct reg_layer *layer)
{
	return (uint8_t)(layer - reg->layers);
}

static int rule_of(const char *id)
{
	const struct rule *rule = rules_find(lint_rules(), id);

	return rule ? (int)(rule - lint_rules()->items) : -1;
}

/* The layer that an accept names: its own or one below; NO_LAYER: there is none. */
static uint8_t named_layer(const struct registry *reg, uint8_t by, const char *name)
{
	for (uint8_t i = 0; i <= by; i++)
		if (strcmp(reg->layers[i].name, name) == 0)
			return i;
	return NO_LAYER;
}

/* An accept that can meet nothing is not in the index: it stays unused. */
static void add_range(struct accept_index *accepts, size_t i)
{
	const struct lint_row *at = &accepts->items[i].at;
	int rule = rule_of(at->row->rule);
	struct query q = {
		.by = place_of(accepts->reg, at->layer),
		.of = NO_LAYER,
		.rule = (uint8_t)rule,
		.proto = at->row->any_proto ? ANY_PROTO : at->row->proto,
	};

	if (at->row->layer)
		q.of = named_layer(accepts->reg, q.by, at->row->layer);
	if (rule < 0 || (at->row->layer && q.of == NO_LAYER))
		return;
	accepts->in_layer[q.by] = true;
	accepts->ranges.items[accepts->ranges.len++] = (struct indexed_range) {
		.group = group_of(q),
		.first = at->row->first,
		.last = at->row->first ? at->row->last : UINT16_MAX,
		.item = (uint32_t)i,
	};
}

int accept_index_build(const struct registry *reg, const struct lint_rows *accepts,
		       struct accept_index *ret)
{
	*ret = (struct accept_index) { .reg = reg };
	ret->items = calloc(accepts->len + 1, sizeof(*ret->items));
	ret->ranges.items = calloc(accepts->len + 1, sizeof(*ret->ranges.items));
	if (!ret->items || !ret->ranges.items) {
		accept_index_free(ret);
		return -ENOMEM;
	}
	for (; ret->len < accepts->len; ret->len++) {
		ret->items[ret->len].at = accepts->items[ret->len];
		add_range(ret, ret->len);
	}
	range_index_sort(&ret->ranges);
	return 0;
}

void accept_index_free(struct accept_index *accepts)
{
	free(accepts->items);
	free(accepts->ranges.items);
	*accepts = (struct accept_index) { 0 };
}

static const char *look(struct accept_index *accepts, struct query q,
			const struct lint_subject *subject)
{
	const uint8_t protos[] = { subject->proto, ANY_PROTO };

	for (size_t i = 0; i < ARRAY_LEN(protos); i++) {
		const struct indexed_range *range;

		q.proto = protos[i];
		range = range_index_around(&accepts->ranges, group_of(q), subject->first,
					   subject->first ? subject->last : UINT16_MAX);
		if (!range)
			continue;
		accepts->items[range->item].used = true;
		return accepts->items[range->item].at.row->reason;
	}
	return NULL;
}

const char *accept_index_find(struct accept_index *accepts, enum lint_rule rule,
			      const struct lint_subject *at, const struct lint_subject *other)
{
	uint8_t layer = place_of(accepts->reg, at->layer);
	struct query q = { .by = layer, .of = NO_LAYER, .rule = (uint8_t)rule };
	const char *reason = look(accepts, q, at);

	for (q.by = layer; !reason && q.by < accepts->reg->len; q.by++) {
		if (!accepts->in_layer[q.by])
			continue;
		q.of = layer;
		reason = look(accepts, q, at);
		if (reason || !other->layer)
			continue;
		q.of = place_of(accepts->reg, other->layer);
		reason = look(accepts, q, other);
	}
	return reason;
}
