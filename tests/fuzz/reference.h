/* SPDX-License-Identifier: MIT */
/*
 * What a policy must say, found the slow way: every row is looked at for every
 * question, in the words of the registry's rules, without the product's tables.
 */
#pragma once

#include "fuzz.h"

#include "../../user/policy/policy.h"

struct reference {
	uint32_t row;
	uint8_t cls;
	uint16_t excepted;
	uint32_t client; /* the first one that the process owns */
	bool essential;	 /* an essential row that is for this node names the port */
	bool any;	 /* a row names the port, whatever it says */
};

static inline int reference_version(struct reg_version v)
{
	return v.major * 10000 + v.minor;
}

static inline long reference_day(struct reg_date d)
{
	return (d.year * 100L + d.month) * 100 + d.day;
}

/* How far the row gets down the list of rules; more is more permissive, 4: it allows. */
static inline int reference_rank(const struct reg_row *row, const struct node_facts *facts,
				 uint8_t scope)
{
	int cluster = reference_version(facts->cluster);
	bool named = row->platforms_len == 0 || !facts->platform;

	if (row->kind == REG_RETIRED && (!cluster || cluster >= reference_version(row->removed)))
		return 1;
	for (size_t i = 0; !named && i < row->platforms_len; i++)
		named = strcmp(row->platforms[i], facts->platform) == 0;
	if (!named || (cluster && cluster < reference_version(row->since)))
		return 2;
	if (row->role != REG_ROLE_ANY && facts->role != REG_ROLE_ANY && row->role != facts->role)
		return 2;
	return row->scope == HP_SCOPE_LOCALHOST && scope == HP_SCOPE_EXTERNAL ? 3 : 4;
}

/* Is the process the row's owner? Rows have one, a unit or a program. */
static inline bool reference_owns(const struct reg_row *row, const struct owner_of *who)
{
	const struct reg_owner *owner = row->owners;

	if (!who || !row->owners_len)
		return false;
	return owner->unit ? who->unit && strcmp(owner->unit, who->unit) == 0 :
			     owner->exe && who->exe && strcmp(owner->exe, who->exe) == 0;
}

static inline struct reference reference_find_for(const struct registry *reg,
						  const struct node_facts *facts, uint8_t proto,
						  uint16_t port, uint8_t scope,
						  const struct owner_of *who)
{
	static const uint8_t classes[] = {
		HP_CLASS_UNREGISTERED, HP_CLASS_RETIRED, HP_CLASS_INACTIVE,
		HP_CLASS_SCOPE,	       HP_CLASS_NONE,
	};
	struct reference found = { 0 };
	int best = 0, best_width = 0;
	uint32_t number = 0;

	for (size_t i = 0; i < reg->len; i++) {
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const struct reg_row *row = &reg->layers[i].rows[j];
			bool decides = row->kind == REG_ENTRY || row->kind == REG_RETIRED;
			int width = row->last - row->first, rank;

			number += decides || row->kind == REG_CLIENT;
			if (row->proto != proto || port < row->first || port > row->last)
				continue;
			if (row->kind == REG_EXCEPTION && row->cls != HP_CLASS_EPHEMERAL &&
			    reference_day(facts->today) <= reference_day(row->until)) {
				found.any = true;
				if (!row->owners_len || reference_owns(row, who))
					found.excepted |= (uint16_t)(1U << row->cls);
			}
			if (row->kind == REG_CLIENT && !row->dropped &&
			    reference_rank(row, facts, HP_SCOPE_LOCALHOST) == 4) {
				found.any = true;
				if (!found.client && reference_owns(row, who))
					found.client = number;
			}
			if (row->essential && reference_rank(row, facts, HP_SCOPE_LOCALHOST) == 4)
				found.essential = true;
			if (!decides || row->dropped)
				continue;
			rank = reference_rank(row, facts, scope);
			if (rank < best || (rank == best && width >= best_width))
				continue;
			best = rank;
			best_width = width;
			found.row = number;
		}
	}
	found.cls = classes[best];
	found.any |= found.row > 0;
	return found;
}

static inline struct reference reference_find(const struct registry *reg,
					      const struct node_facts *facts, uint8_t proto,
					      uint16_t port, uint8_t scope)
{
	return reference_find_for(reg, facts, proto, port, scope, NULL);
}

/* The verdict, as docs and README state it. */
static inline uint8_t reference_verdict(const struct hp_config *config,
					const struct reference *found, const struct hp_query *query,
					uint8_t cls)
{
	bool denies = config->denies >> cls & 1;

	if (cls == HP_CLASS_NONE || config->mode == HP_MODE_UNSET)
		return HP_VERDICT_ALLOWED;
	if (cls == HP_CLASS_EPHEMERAL && !denies)
		return HP_VERDICT_ALLOWED;
	if (found->excepted >> cls & 1)
		return HP_VERDICT_EXCEPTED;
	if (cls == HP_CLASS_UNDECLARED && found->essential && !config->deny_essential)
		return HP_VERDICT_AUDITED;
	if (config->mode == HP_MODE_ENFORCE && denies &&
	    (!query->kernel_socket || config->deny_kernel))
		return HP_VERDICT_DENIED;
	return HP_VERDICT_AUDITED;
}

static inline void reference_check_for(const struct registry *reg, const struct node_facts *facts,
				       const struct policy *policy, const struct hp_config *config,
				       const struct hp_query *query, const struct owner_of *who)
{
	struct hp_decision got = policy_decide_for(policy, config, query, who);
	struct reference want = { 0 };
	bool allows;

	if (query->port)
		want = reference_find_for(reg, facts, query->proto, query->port, query->scope, who);
	allows = query->port && want.cls == HP_CLASS_NONE;
	if (want.client && !allows) {
		want.cls = HP_CLASS_NONE;
		want.row = want.client;
	} else if (allows && query->grants && !query->kernel_socket && !query->chosen &&
		   !want.client) {
		want.cls = HP_CLASS_UNDECLARED;
	}
	if (!query->port || (want.cls == HP_CLASS_UNREGISTERED && query->chosen))
		want.cls = HP_CLASS_EPHEMERAL;
	CHECK(got.cls == want.cls);
	CHECK(got.row == want.row);
	CHECK(got.verdict == reference_verdict(config, &want, query, want.cls));
	CHECK((policy_find(policy, query->proto, query->port) != NULL) == want.any);
	CHECK(policy_bitmap_allows(&policy->bitmap, query) ==
	      (query->proto < HP_BITMAP_PROTOS && allows));
}

/* For nobody in particular, for the owners that rows may have, and for a stranger. */
static inline void reference_check(const struct registry *reg, const struct node_facts *facts,
				   const struct policy *policy, const struct hp_config *config,
				   const struct hp_query *query)
{
	static const struct owner_of processes[] = { { .unit = "a.service" },
						     { .exe = "/b" },
						     { .unit = "c.service", .exe = "/c" } };

	reference_check_for(reg, facts, policy, config, query, NULL);
	for (size_t i = 0; i < ARRAY_LEN(processes); i++)
		reference_check_for(reg, facts, policy, config, query, &processes[i]);
}

/* Ask of one port all that can be asked. */
static inline void reference_check_port(const struct registry *reg, const struct node_facts *facts,
					const struct policy *policy, const struct hp_config *config,
					uint8_t proto, uint16_t port)
{
	struct hp_query q = { .proto = proto, .port = port };

	for (q.scope = 0; q.scope < HP_SCOPE_MAX; q.scope++)
		for (q.kernel_socket = 0; q.kernel_socket < 2; q.kernel_socket++)
			for (q.chosen = 0; q.chosen < 2; q.chosen++) {
				q.grants = 0;
				reference_check(reg, facts, policy, config, &q);
				q.grants = HP_GRANTS_UNDECLARED;
				reference_check(reg, facts, policy, config, &q);
			}
}

/* The ends of every row and their neighbours, for the row's protocol and for another. */
static inline void reference_check_rows(const struct registry *reg, const struct node_facts *facts,
					const struct policy *policy, const struct hp_config *config,
					size_t most)
{
	for (size_t i = 0; i < reg->len; i++) {
		for (size_t j = 0; j < reg->layers[i].len && most; j++, most--) {
			const struct reg_row *row = &reg->layers[i].rows[j];
			const uint16_t ports[] = { (uint16_t)(row->first - 1), row->first,
						   row->last, (uint16_t)(row->last + 1) };

			for (size_t p = 0; p < ARRAY_LEN(ports); p++)
				reference_check_port(reg, facts, policy, config, row->proto,
						     ports[p]);
			reference_check_port(reg, facts, policy, config,
					     (uint8_t)(row->proto + 1) % HP_PROTO_MAX, row->first);
		}
	}
}
