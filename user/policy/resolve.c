// SPDX-License-Identifier: MIT
#include "resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "interval_fill.h"

struct candidate {
	const struct reg_row *row;
	uint32_t number; /* as registry_row() counts */
	uint8_t cls;	 /* policy_row_class() */
	bool owned;	 /* resolve_is_owned() */
};

struct resolve {
	struct interval_fill fill;
	const struct registry *reg;
	const struct node_facts *facts;
	size_t len;
	struct candidate items[];
};

/* The classes that a row can bring, the most permissive first. */
static const uint8_t ranks[] = {
	HP_CLASS_NONE, HP_CLASS_OWNER, HP_CLASS_SCOPE, HP_CLASS_INACTIVE, HP_CLASS_RETIRED,
};

static bool version_stated(struct reg_version v)
{
	return v.major || v.minor;
}

static bool on_platform(const struct reg_row *row, const char *platform)
{
	if (row->platforms_len == 0 || !platform)
		return true;
	for (size_t i = 0; i < row->platforms_len; i++)
		if (strcmp(row->platforms[i], platform) == 0)
			return true;
	return false;
}

uint8_t policy_row_class(const struct reg_row *row, const struct node_facts *facts)
{
	bool cluster = version_stated(facts->cluster);

	if (row->kind == REG_RETIRED &&
	    (!cluster || reg_version_compare(facts->cluster, row->removed) >= 0))
		return HP_CLASS_RETIRED;
	if (cluster && reg_version_compare(facts->cluster, row->since) < 0)
		return HP_CLASS_INACTIVE;
	if (row->role != REG_ROLE_ANY && facts->role != REG_ROLE_ANY && row->role != facts->role)
		return HP_CLASS_INACTIVE;
	if (!on_platform(row, facts->platform))
		return HP_CLASS_INACTIVE;
	return HP_CLASS_NONE;
}

bool policy_is_essential(const struct reg_row *row, const struct node_facts *facts)
{
	return row->essential && policy_row_class(row, facts) == HP_CLASS_NONE;
}

uint8_t resolve_class(const struct reg_row *row, uint8_t cls, uint8_t scope)
{
	if (cls == HP_CLASS_NONE && row->scope == HP_SCOPE_LOCALHOST && scope != HP_SCOPE_LOCALHOST)
		return HP_CLASS_SCOPE;
	return cls;
}

static bool decides(const struct reg_row *row)
{
	return row->kind == REG_ENTRY || row->kind == REG_RETIRED;
}

static bool has_owners(const struct reg_row *row, const struct node_facts *facts)
{
	return decides(row) && row->owners_len && !row->dropped &&
	       policy_row_class(row, facts) == HP_CLASS_NONE;
}

static bool owners_are_told(const struct reg_row *row, const struct node_facts *facts)
{
	for (size_t i = 0; i < row->owners_len; i++) {
		const struct reg_owner *owner = &row->owners[i];

		if (!owner->exe && !(owner->unit ? facts->knows_units : facts->knows_pods))
			return false;
	}
	return true;
}

bool resolve_is_owned(const struct reg_row *row, const struct node_facts *facts)
{
	return has_owners(row, facts) && owners_are_told(row, facts);
}

bool resolve_is_unchecked(const struct reg_row *row, const struct node_facts *facts)
{
	return has_owners(row, facts) && !owners_are_told(row, facts);
}

bool resolve_exception_holds(const struct reg_row *row, const struct node_facts *facts)
{
	/* A port that the kernel chooses has no number yet that a row could name. */
	if (row->kind != REG_EXCEPTION || row->cls == HP_CLASS_EPHEMERAL)
		return false;
	return reg_date_compare(facts->today, row->until) <= 0;
}

bool resolve_excepts(const struct reg_row *row, const struct node_facts *facts)
{
	return row->owners_len == 0 && resolve_exception_holds(row, facts);
}

static int narrow_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int wx = x->row->last - x->row->first, wy = y->row->last - y->row->first;

	if (wx != wy)
		return wx - wy;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void collect(struct resolve *resolve)
{
	uint32_t number = 0;

	for (size_t i = 0; i < resolve->reg->len; i++) {
		const struct reg_layer *layer = &resolve->reg->layers[i];

		for (size_t j = 0; j < layer->len && layer->rows[j].kind <= REG_CLIENT; j++) {
			number++;
			if (layer->rows[j].dropped || !decides(&layer->rows[j]))
				continue;
			resolve->items[resolve->len++] = (struct candidate) {
				.row = &layer->rows[j],
				.number = number,
				.cls = policy_row_class(&layer->rows[j], resolve->facts),
				.owned = resolve_is_owned(&layer->rows[j], resolve->facts),
			};
		}
	}
}

int resolve_new(const struct registry *reg, const struct node_facts *facts,
		struct resolve **ret_resolve)
{
	struct resolve *resolve;
	size_t n = 0;

	for (size_t i = 0; i < reg->len; i++)
		n += reg->layers[i].len;
	resolve = malloc(sizeof(*resolve) + n * sizeof(resolve->items[0]));
	if (!resolve)
		return -ENOMEM;
	resolve->reg = reg;
	resolve->facts = facts;
	resolve->len = 0;
	collect(resolve);
	qsort(resolve->items, resolve->len, sizeof(resolve->items[0]), narrow_first);
	*ret_resolve = resolve;
	return 0;
}

void resolve_free(struct resolve *resolve)
{
	free(resolve);
}

bool resolve_names(const struct resolve *resolve, uint8_t proto)
{
	for (size_t i = 0; i < resolve->reg->len; i++)
		for (size_t j = 0; j < resolve->reg->layers[i].len; j++)
			if (resolve->reg->layers[i].rows[j].proto == proto)
				return true;
	return false;
}

static uint8_t candidate_class(const struct candidate *c, uint8_t scope)
{
	uint8_t cls = resolve_class(c->row, c->cls, scope);

	return cls == HP_CLASS_NONE && c->owned ? HP_CLASS_OWNER : cls;
}

/* Let the rows of one class decide the ports that none decides yet. */
static void fill_rank(struct resolve *resolve, uint8_t proto, uint8_t scope, uint8_t cls,
		      struct hp_row *rows)
{
	for (size_t i = 0; i < resolve->len; i++) {
		const struct candidate *c = &resolve->items[i];

		if (c->row->proto != proto || candidate_class(c, scope) != cls)
			continue;
		for (uint32_t port = interval_fill_next(&resolve->fill, c->row->first);
		     port <= c->row->last; port = interval_fill_next(&resolve->fill, port)) {
			interval_fill_take(&resolve->fill, port);
			rows[port].row[scope] = c->number;
			rows[port].cls[scope] = cls;
		}
	}
}

static void fill_exceptions(struct resolve *resolve, uint8_t proto, uint8_t cls,
			    struct hp_row *rows)
{
	bool fresh = false;

	for (size_t i = 0; i < resolve->reg->len; i++) {
		const struct reg_layer *layer = &resolve->reg->layers[i];

		for (size_t j = 0; j < layer->len; j++) {
			const struct reg_row *row = &layer->rows[j];
			uint32_t port = row->first;

			if (row->proto != proto || row->cls != cls ||
			    !resolve_excepts(row, resolve->facts))
				continue;
			if (!fresh)
				interval_fill_reset(&resolve->fill);
			fresh = true;
			for (port = interval_fill_next(&resolve->fill, port); port <= row->last;
			     port = interval_fill_next(&resolve->fill, port)) {
				interval_fill_take(&resolve->fill, port);
				rows[port].excepted |= (uint8_t)(1U << cls);
			}
		}
	}
}

/* A port that only exceptions name. */
static void fill_unregistered(struct hp_row *rows)
{
	for (uint32_t port = 0; port < HP_PORTS; port++)
		for (int scope = 0; scope < HP_SCOPE_MAX; scope++)
			if (rows[port].excepted && rows[port].row[scope] == HP_NO_ROW)
				rows[port].cls[scope] = HP_CLASS_UNREGISTERED;
}

/* Also of a row that was dropped: the node needs the port, whichever row allows it now. */
static void fill_essential(const struct resolve *resolve, uint8_t proto, struct hp_row *rows)
{
	for (size_t i = 0; i < resolve->reg->len; i++) {
		const struct reg_layer *layer = &resolve->reg->layers[i];

		for (size_t j = 0; j < layer->len; j++) {
			const struct reg_row *row = &layer->rows[j];

			if (row->proto != proto || !policy_is_essential(row, resolve->facts))
				continue;
			for (uint32_t port = row->first; port <= row->last; port++)
				rows[port].essential = 1;
		}
	}
}

void resolve_proto(struct resolve *resolve, uint8_t proto, struct hp_row rows[HP_PORTS])
{
	memset(rows, 0, HP_PORTS * sizeof(*rows));
	for (uint8_t scope = 0; scope < HP_SCOPE_MAX; scope++) {
		interval_fill_reset(&resolve->fill);
		for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
			fill_rank(resolve, proto, scope, ranks[i], rows);
	}
	for (uint8_t cls = HP_CLASS_UNREGISTERED; cls < HP_CLASS_MAX; cls++)
		fill_exceptions(resolve, proto, cls, rows);
	fill_unregistered(rows);
	fill_essential(resolve, proto, rows);
}
