/* SPDX-License-Identifier: MIT */
/*
 * The policy image: the registry resolved for one node, in the form in which
 * the kernel's maps hold it. Pure; the agent writes it to the maps, and the
 * offline verbs decide with it.
 */
#pragma once

#include "../../bpf/abi.h"
#include "../../bpf/verdict.h"
#include "../base/portset.h"
#include "../registry/registry.h"
#include "owned.h"

/* What this node is. */
struct node_facts {
	enum reg_role role;	    /* any: rows of every role hold */
	const char *platform;	    /* NULL: rows of every platform hold */
	struct reg_version cluster; /* 0.0: not known */
	struct reg_date today;	    /* exceptions end after their day */
	/* Can owners of this kind be told from others? Else entries with such hold for anybody. */
	bool knows_units, knows_pods;
};

struct policy_row {
	struct hp_row_key key;
	struct hp_row row;
};

struct policy {
	struct hp_bitmap bitmap;
	struct policy_row *rows; /* sorted by protocol, then port */
	size_t len;
	uint32_t *index;    /* [protocol][port]: 1 + position in rows, 0: none */
	struct owned owned; /* reads the registry, which must outlive the policy */
};

/*
 * Why a row does not hold on this node: HP_CLASS_NONE when it holds, else
 * HP_CLASS_RETIRED or HP_CLASS_INACTIVE. The address is not looked at.
 */
uint8_t policy_row_class(const struct reg_row *row, const struct node_facts *facts);

/* Is it an essential row, and for this node? */
bool policy_is_essential(const struct reg_row *row, const struct node_facts *facts);

/* Resolve a registry, which must outlive the policy. 0, or -ENOMEM. The policy is the caller's. */
int policy_build(const struct registry *reg, const struct node_facts *facts,
		 struct policy **ret_policy);

void policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy, policy_free)

/* What the policy says of a protocol and port, or NULL. */
const struct hp_row *policy_find(const struct policy *policy, uint8_t proto, uint16_t port);

/* Does the bitmap say "allowed, nothing else to look at"? */
bool policy_bitmap_allows(const struct hp_bitmap *bitmap, const struct hp_query *query);

/*
 * Decide as the kernel would with this policy and configuration, for whoever is granted
 * what the query says.
 */
struct hp_decision policy_decide(const struct policy *policy, const struct hp_config *config,
				 const struct hp_query *query);

/*
 * The same for a process (NULL: nothing is known of it): to the query's grants, those of the
 * rows are added that it is an owner of. Of an entry it is an owner unless it is known not to be
 * one: so nobody is accused for what is not known. Where a client, or an entry with owners,
 * decides, the decision's row is that one.
 */
struct hp_decision policy_decide_for(const struct policy *policy, const struct hp_config *config,
				     const struct hp_query *query, const struct owner_of *who);

/* Number the sets of a policy that is not published yet from `first` on: see struct hp_row. */
void policy_number_sets(struct policy *policy, uint32_t first);

/*
 * Add the ports from first to last that a row of any protocol names, whether it holds
 * on this node or not. An exception alone registers nothing.
 */
void policy_registered(const struct policy *policy, uint16_t first, uint16_t last,
		       struct portset *set);

/* The classes that enforce mode denies by default, as bits 1 << class. */
#define POLICY_DENIES_DEFAULT                                                                      \
	(1U << HP_CLASS_UNREGISTERED | 1U << HP_CLASS_RETIRED | 1U << HP_CLASS_INACTIVE |          \
	 1U << HP_CLASS_SCOPE)

/*
 * Read a list of classes, such as "default,ephemeral". 0, or -EINVAL with the word that
 * is no class in *ret_bad (a pointer into `list`) and its length in *ret_bad_len.
 */
int policy_denies_parse(const char *list, uint32_t *ret_denies, const char **ret_bad,
			size_t *ret_bad_len);
