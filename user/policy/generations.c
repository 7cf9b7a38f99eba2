// SPDX-License-Identifier: MIT
#include "generations.h"

#include <string.h>

#include "receiver.h"

static size_t count_rows(const struct registry *registry)
{
	size_t rows = 0;

	for (size_t i = 0; i < registry->len; i++)
		rows += registry->layers[i].len;
	return rows;
}

static void forget_oldest(struct generations *g)
{
	registry_free(g->items[0].registry);
	g->len--;
	memmove(&g->items[0], &g->items[1], g->len * sizeof(g->items[0]));
}

/* Rows of those that are kept for their names only. */
static size_t old_rows(const struct generations *g)
{
	size_t rows = 0;

	for (size_t i = 0; i + 1 < g->len; i++)
		rows += count_rows(g->items[i].registry);
	return rows;
}

void generations_add(struct generations *g, struct registry *registry, const struct policy *policy)
{
	if (g->len == GENERATIONS_MAX)
		forget_oldest(g);
	g->items[g->len++] = (struct generation) { .registry = registry };
	g->policy = policy;
	while (g->len > 1 && old_rows(g) > REGISTRY_ROWS_MAX)
		forget_oldest(g);
}

void generations_published(struct generations *g, uint32_t generation)
{
	struct generation *newest = &g->items[g->len - 1];

	newest->last = generation;
	if (!newest->first)
		newest->first = generation;
}

/* A record that is not of these: the row that would decide it now, if the finding is the same. */
static uint32_t decide_again(const struct policy *policy, const struct hp_event *record)
{
	const struct hp_row *row = policy_find(policy, record->key.proto, record->key.port);
	struct receiver socket = { .family = record->family };
	bool localhost;

	if (!row)
		return HP_NO_ROW;
	memcpy(socket.addr, record->addr, sizeof(socket.addr));
	localhost = receiver_scope(&socket) == HP_SCOPE_LOCALHOST;
	return hp_by_scope(row->cls, localhost) == record->key.cls ?
		       hp_by_scope(row->row, localhost) :
		       HP_NO_ROW;
}

const struct reg_row *generations_row(const struct generations *g, const struct hp_event *record,
				      const struct reg_layer **ret_layer)
{
	uint32_t generation = record->policy_generation;

	if (record->row == HP_NO_ROW || !g->len)
		return NULL;
	for (size_t i = g->len; i-- > 0;)
		if (generation && generation >= g->items[i].first && generation <= g->items[i].last)
			return registry_row(g->items[i].registry, record->row, ret_layer);
	if (!g->policy)
		return NULL;
	return registry_row(g->items[g->len - 1].registry, decide_again(g->policy, record),
			    ret_layer);
}

void generations_free(struct generations *g)
{
	while (g->len)
		forget_oldest(g);
}
