/* SPDX-License-Identifier: MIT */
/*
 * Rows for their owners alone, clients, and entries and exceptions with owners, resolved for one
 * node.
 * A set is neighbouring ports of a protocol that the same of these rows name. The kernel
 * is told which workload has what in which set. Pure.
 */
#pragma once

#include "../../bpf/verdict.h"
#include "../base/buf.h"
#include "../registry/registry.h"
#include "owner.h"

struct node_facts;

struct owned_row {
	const struct reg_row *row; /* of the registry, which must outlive this */
	uint32_t number;	   /* as registry_row() counts; HP_NO_ROW: exceptions */
	uint16_t grants;	   /* what it gives its owners: HP_GRANTS_*, or 1 << class */
};

struct owned_set {
	uint8_t proto;
	uint16_t first, last;
};

struct owned {
	struct owned_row *rows; /* that hold on this node, in the registry's order */
	size_t rows_len;
	struct owned_set *sets; /* sorted by protocol, then port */
	size_t sets_len;
	uint32_t from;	  /* the number of the first set in struct hp_row, from 1 */
	size_t unchecked; /* entries that hold for anybody: see resolve_is_unchecked() */
};

/* Resolve a registry. 0, or -ENOMEM with nothing to free. */
int owned_build(const struct registry *reg, const struct node_facts *facts, struct owned *ret);
void owned_done(struct owned *owned);

/* Give each port of a protocol the number of its set, and the class of ports without a row. */
void owned_fill(const struct owned *owned, uint8_t proto, struct hp_row rows[HP_PORTS]);

/*
 * What the rows grant a process (NULL: nothing is known of it) that asks for a port: clients and
 * exceptions if it is known to be an owner, entries unless it is known not to be one. ret_number
 * gets the number of the first client, or else of the first entry for the scope, that grants
 * something; HP_NO_ROW: none. The query's grants are not read.
 */
uint16_t owned_grants(const struct owned *owned, const struct hp_query *q,
		      const struct owner_of *who, uint32_t *ret_number);

/* What exceptions grant their owners on a port, whoever they are. */
uint16_t owned_exceptions(const struct owned *owned, uint8_t proto, uint16_t port);

/* What the rows grant a process in each set: grants[sets_len] is set. Is there anything? */
bool owned_grants_by_set(const struct owned *owned, const struct owner_of *who, uint16_t *grants);

/* Is it known of each entry whether the process is one of its owners? */
bool owned_knows(const struct owned *owned, const struct owner_of *who);
