// SPDX-License-Identifier: MIT
#include "owned.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "resolve.h"

#define GRANTS_ENTRY (HP_GRANTS_EXTERNAL | HP_GRANTS_LOCALHOST)

/* What a row grants its owners on this node, today; 0: it does not hold. */
static uint16_t row_grants(const struct reg_row *row, const struct node_facts *facts)
{
	if (resolve_is_owned(row, facts))
		return row->scope == HP_SCOPE_LOCALHOST ? HP_GRANTS_LOCALHOST : GRANTS_ENTRY;
	if (!reg_row_owned(row) || row->dropped)
		return 0;
	if (row->kind == REG_CLIENT)
		return policy_row_class(row, facts) == HP_CLASS_NONE ? HP_GRANTS_CLIENT : 0;
	return resolve_exception_holds(row, facts) ? (uint16_t)(1U << row->cls) : 0;
}

static int collect_rows(const struct registry *reg, const struct node_facts *facts,
			struct owned *owned)
{
	uint32_t number = 0;
	size_t n = 0;

	for (size_t i = 0; i < reg->len; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++)
			n += reg->layers[i].rows[j].owners_len > 0;
	owned->rows = calloc(n + 1, sizeof(*owned->rows));
	if (!owned->rows)
		return -ENOMEM;
	for (size_t i = 0; i < reg->len; i++) {
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const struct reg_row *row = &reg->layers[i].rows[j];
			uint16_t grants = row_grants(row, facts);

			number += row->kind <= REG_CLIENT;
			owned->unchecked += resolve_is_unchecked(row, facts);
			if (grants)
				owned->rows[owned->rows_len++] = (struct owned_row) {
					.row = row,
					.number = row->kind <= REG_CLIENT ? number : HP_NO_ROW,
					.grants = grants,
				};
		}
	}
	return 0;
}

/* Where a row begins, or ends before. */
struct edge {
	uint8_t proto;
	uint32_t port;
	int step; /* 1, or -1 */
};

static int by_place(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->proto != y->proto)
		return x->proto - y->proto;
	return x->port < y->port ? -1 : x->port > y->port;
}

/* Between two edges of a protocol, the same rows name all ports. */
static int make_sets(struct owned *owned)
{
	size_t n = 2 * owned->rows_len;
	_cleanup_free_ struct edge *edges = calloc(n + 1, sizeof(*edges));
	int open = 0;

	owned->sets = calloc(n + 1, sizeof(*owned->sets));
	if (!edges || !owned->sets)
		return -ENOMEM;
	for (size_t i = 0; i < owned->rows_len; i++) {
		const struct reg_row *row = owned->rows[i].row;

		edges[2 * i] = (struct edge) { row->proto, row->first, 1 };
		edges[2 * i + 1] = (struct edge) { row->proto, row->last + 1U, -1 };
	}
	if (n)
		qsort(edges, n, sizeof(*edges), by_place);
	for (size_t i = 0; i + 1 < n; i++) {
		open += edges[i].step;
		if (open && edges[i].port < edges[i + 1].port)
			owned->sets[owned->sets_len++] = (struct owned_set) {
				.proto = edges[i].proto,
				.first = (uint16_t)edges[i].port,
				.last = (uint16_t)(edges[i + 1].port - 1),
			};
	}
	return 0;
}

int owned_build(const struct registry *reg, const struct node_facts *facts, struct owned *ret)
{
	_cleanup_(owned_done) struct owned owned = { .from = 1 };
	int r = collect_rows(reg, facts, &owned);

	if (r == 0)
		r = make_sets(&owned);
	if (r < 0)
		return r;
	*ret = owned;
	owned = (struct owned) { 0 };
	return 0;
}

void owned_done(struct owned *owned)
{
	free(owned->rows);
	free(owned->sets);
	*owned = (struct owned) { 0 };
}

void owned_fill(const struct owned *owned, uint8_t proto, struct hp_row rows[HP_PORTS])
{
	for (size_t i = 0; i < owned->sets_len; i++) {
		const struct owned_set *set = &owned->sets[i];

		for (uint32_t port = set->first; set->proto == proto && port <= set->last; port++) {
			rows[port].owners = owned->from + (uint32_t)i;
			for (int scope = 0; scope < HP_SCOPE_MAX; scope++)
				if (rows[port].row[scope] == HP_NO_ROW)
					rows[port].cls[scope] = HP_CLASS_UNREGISTERED;
		}
	}
}

/* Of what is not known of a process, entries assume the best. */
static bool is_granted(const struct owned_row *r, const struct owner_of *who)
{
	static const struct owner_of nobody = { 0 };
	enum owner_answer answer = owner_of_row(r->row, who ? who : &nobody);

	return answer == OWNER_YES || (r->grants & GRANTS_ENTRY && answer != OWNER_NO);
}

uint16_t owned_grants(const struct owned *owned, const struct hp_query *q,
		      const struct owner_of *who, uint32_t *ret_number)
{
	uint16_t entry = q->scope == HP_SCOPE_LOCALHOST ? HP_GRANTS_LOCALHOST : HP_GRANTS_EXTERNAL;
	uint32_t client_number = HP_NO_ROW, entry_number = HP_NO_ROW;
	uint16_t grants = 0;

	for (size_t i = 0; i < owned->rows_len; i++) {
		const struct owned_row *r = &owned->rows[i];

		if (r->row->proto != q->proto || q->port < r->row->first ||
		    q->port > r->row->last || !is_granted(r, who))
			continue;
		grants |= r->grants;
		if (client_number == HP_NO_ROW && r->grants == HP_GRANTS_CLIENT)
			client_number = r->number;
		if (entry_number == HP_NO_ROW && r->grants & entry)
			entry_number = r->number;
	}
	*ret_number = client_number != HP_NO_ROW ? client_number : entry_number;
	return grants;
}

bool owned_knows(const struct owned *owned, const struct owner_of *who)
{
	for (size_t i = 0; i < owned->rows_len; i++)
		if (owned->rows[i].grants & GRANTS_ENTRY &&
		    owner_of_row(owned->rows[i].row, who) == OWNER_UNKNOWN)
			return false;
	return true;
}

uint16_t owned_exceptions(const struct owned *owned, uint8_t proto, uint16_t port)
{
	uint16_t grants = 0;

	for (size_t i = 0; i < owned->rows_len; i++) {
		const struct reg_row *row = owned->rows[i].row;

		if (row->kind == REG_EXCEPTION && row->proto == proto && row->first <= port &&
		    port <= row->last)
			grants |= owned->rows[i].grants;
	}
	return grants;
}

/* The first set that ends at or after a port of a protocol. */
static size_t first_set(const struct owned *owned, uint8_t proto, uint16_t port)
{
	size_t low = 0, high = owned->sets_len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct owned_set *set = &owned->sets[middle];

		if (set->proto < proto || (set->proto == proto && set->last < port))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool owned_grants_by_set(const struct owned *owned, const struct owner_of *who, uint16_t *grants)
{
	bool any = false;

	memset(grants, 0, owned->sets_len * sizeof(*grants));
	for (size_t i = 0; i < owned->rows_len; i++) {
		const struct reg_row *row = owned->rows[i].row;

		if (owner_of_row(row, who) != OWNER_YES)
			continue;
		any = true;
		for (size_t s = first_set(owned, row->proto, row->first);
		     s < owned->sets_len && owned->sets[s].proto == row->proto &&
		     owned->sets[s].first <= row->last;
		     s++)
			grants[s] |= owned->rows[i].grants;
	}
	return any;
}
