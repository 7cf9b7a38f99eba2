// SPDX-License-Identifier: MIT
#include "essential.h"

#include <errno.h>

#include "../base/portset.h"
#include "explain.h"
#include "explain_why.h"

/* The ports of essential rows that are for this node, by protocol and scope. */
struct essential_ports {
	struct portset of[HP_PROTO_MAX][HP_SCOPE_MAX];
};

static void collect(const struct registry *reg, const struct node_facts *facts,
		    struct essential_ports *ports)
{
	for (size_t l = 0; l < reg->len; l++) {
		for (size_t i = 0; i < reg->layers[l].len; i++) {
			const struct reg_row *row = &reg->layers[l].rows[i];
			struct portset *of = ports->of[row->proto];

			if (!policy_is_essential(row, facts))
				continue;
			portset_add_range(&of[HP_SCOPE_LOCALHOST], row->first, row->last);
			if (row->scope == HP_SCOPE_EXTERNAL)
				portset_add_range(&of[HP_SCOPE_EXTERNAL], row->first, row->last);
		}
	}
}

/* The first row that has the port. */
static struct essential_row find_row(const struct registry *reg, const struct node_facts *facts,
				     const struct hp_query *query)
{
	struct essential_row found = { .query = *query };

	for (size_t l = 0; l < reg->len && !found.row; l++) {
		for (size_t i = 0; i < reg->layers[l].len && !found.row; i++) {
			const struct reg_row *row = &reg->layers[l].rows[i];

			if (row->proto != query->proto || query->port < row->first ||
			    query->port > row->last || !policy_is_essential(row, facts) ||
			    (query->scope == HP_SCOPE_EXTERNAL && row->scope == HP_SCOPE_LOCALHOST))
				continue;
			found.layer = &reg->layers[l];
			found.row = row;
		}
	}
	return found;
}

static struct hp_config enforcing(const struct hp_config *config)
{
	struct hp_config enforcing = *config;

	enforcing.mode = HP_MODE_ENFORCE;
	return enforcing;
}

int essential_denied(const struct registry *reg, const struct policy *policy,
		     const struct node_facts *facts, const struct hp_config *config,
		     struct essential_row *ret_row)
{
	_cleanup_free_ struct essential_ports *ports = calloc(1, sizeof(*ports));
	const struct hp_config enforced = enforcing(config);

	if (!ports)
		return -ENOMEM;
	collect(reg, facts, ports);
	for (uint32_t i = 0; i < HP_PROTO_MAX * HP_SCOPE_MAX * HP_PORTS; i++) {
		const struct hp_query query = {
			.proto = (uint8_t)(i / HP_PORTS / HP_SCOPE_MAX),
			.scope = (uint8_t)(i / HP_PORTS % HP_SCOPE_MAX),
			.port = (uint16_t)(i % HP_PORTS),
			/* it is for its owners that the row is essential */
			.grants = HP_GRANTS_EXTERNAL | HP_GRANTS_LOCALHOST,
		};

		if (!portset_has(&ports->of[query.proto][query.scope], query.port) ||
		    policy_decide(policy, &enforced, &query).verdict != HP_VERDICT_DENIED)
			continue;
		*ret_row = find_row(reg, facts, &query);
		return 1;
	}
	return 0;
}

void essential_put(const struct registry *reg, const struct policy *policy,
		   const struct node_facts *facts, const struct hp_config *config,
		   const struct essential_row *row, struct buf *out)
{
	_cleanup_(explanation_freep) struct explanation *e = NULL;
	const struct hp_config enforced = enforcing(config);
	const struct explain_input input = {
		.registry = reg,
		.policy = policy,
		.facts = facts,
		.config = &enforced,
		.query = row->query,
	};

	buf_puts(out, "essential row ");
	explain_why_name(row->layer, row->row, out);
	if (explain(&input, &e) == 0)
		buf_printf(out, ": %s", e->why);
	else
		out->failed = true;
}
