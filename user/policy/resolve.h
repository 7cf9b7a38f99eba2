/* SPDX-License-Identifier: MIT */
/* Which row decides each port of one protocol. Pure. */
#pragma once

#include "policy.h"

/* Entries and retired rows that were not dropped, narrow ones first. */
struct resolve;

/* 0, or -ENOMEM. The registry must outlive what is returned. */
int resolve_new(const struct registry *reg, const struct node_facts *facts,
		struct resolve **ret_resolve);
void resolve_free(struct resolve *resolve);
DEFINE_CLEANUP(struct resolve, resolve_free)

/* Does any row name a port of the protocol? Else there is nothing to resolve. */
bool resolve_names(const struct resolve *resolve, uint8_t proto);

/*
 * Fill the rows of a protocol, by port; what the registry says nothing of stays
 * zero. Where several rows name a port, the most permissive one decides, then
 * the one of the narrower range, then the earlier one.
 */
void resolve_proto(struct resolve *resolve, uint8_t proto, struct hp_row rows[HP_PORTS]);

/* Is there anything to say of a port? */
static inline bool resolve_is_row(const struct hp_row *row)
{
	return row->row[HP_SCOPE_EXTERNAL] || row->row[HP_SCOPE_LOCALHOST] || row->excepted ||
	       row->owners;
}

/* The class of a row of this class (policy_row_class()) for an address's scope. */
uint8_t resolve_class(const struct reg_row *row, uint8_t cls, uint8_t scope);

/*
 * Is an entry, or a retired row that still holds, for its owners alone here? Only if it can be
 * told of each process whether it is one of them.
 */
bool resolve_is_owned(const struct reg_row *row, const struct node_facts *facts);

/* Does it name owners, and is for anybody only because they can't be told? */
bool resolve_is_unchecked(const struct reg_row *row, const struct node_facts *facts);

/* Does an exception hold today, for whomever it is? And does it for all processes? */
bool resolve_exception_holds(const struct reg_row *row, const struct node_facts *facts);
bool resolve_excepts(const struct reg_row *row, const struct node_facts *facts);
