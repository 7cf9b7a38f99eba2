/* SPDX-License-Identifier: MIT */
/* Explanations of small registries, for the tests of each part. */
#pragma once

#include "registry_cases.h"

#include "../../user/policy/explain.h"

#define DENY_ALL 0xffU

struct why_case {
	const char *lists;
	struct hp_config config;
	struct node_facts facts;
	struct hp_query query;
	const char *address;
	uint8_t verdict;
	const char *why;
	const char *rows; /* what is said of each row, by line */
};

#define CONFIG(m, d)                                                                               \
	{                                                                                          \
		.mode = HP_MODE_##m, .denies = d                                                   \
	}
#define FACTS(r, p, major, minor)                                                                  \
	{                                                                                          \
		.role = REG_ROLE_##r, .platform = p, .cluster = { major, minor }, .today = {       \
			2027,                                                                      \
			3,                                                                         \
			31                                                                         \
		}                                                                                  \
	}
#define NODE FACTS(WORKER, "aws", 4, 18)
#define ASK(n, s)                                                                                  \
	{                                                                                          \
		.proto = HP_PROTO_TCP, .scope = HP_SCOPE_##s, .port = n                            \
	}
#define KERNEL(n)                                                                                  \
	{                                                                                          \
		.proto = HP_PROTO_TCP, .port = n, .kernel_socket = 1                               \
	}

#define ENTRY(keys) "entries: [{ports: 80-90, protocol: tcp, process: p" keys "}]\n"
#define RETIRED	    "retired: [{ports: 80, protocol: tcp, process: q, removed: '4.11'}]\n"
#define EXCEPTION(c, keys)                                                                         \
	"exceptions: [{ports: 80, protocol: tcp, class: " c ", reason: r" keys "}]\n"

static inline struct explanation *explanation_for(const struct registry *reg,
						  const struct policy *policy,
						  const struct why_case *c, struct owner_of who)
{
	const struct explain_input input = {
		.registry = reg,
		.policy = policy,
		.facts = &c->facts,
		.config = &c->config,
		.query = c->query,
		.address = c->address,
		.who = who,
	};
	struct explanation *e = NULL;

	assert_int_equal(explain(&input, &e), 0);
	return e;
}

static inline struct explanation *
explanation_of(const struct registry *reg, const struct policy *policy, const struct why_case *c)
{
	return explanation_for(reg, policy, c, (struct owner_of) { 0 });
}
