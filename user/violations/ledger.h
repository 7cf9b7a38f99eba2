/* SPDX-License-Identifier: MIT */
/*
 * The violations that were reported since the agent's start: what took which
 * port, and how often. What enforcement would deny and what `learn` makes
 * rows of are filters of it. Pure.
 *
 * Violations of one protocol, port, workload and whatever else a verdict
 * depends on are one entry. If they are the same but for more than IMPACT_PORTS_MAX ports, and were
 * reported with the same class, they are one, too, which has the ports.
 *
 * There is room for LEDGER_MAX entries; one of many ports takes that of LEDGER_MANY. If it is full,
 * the workload that takes the most of it loses the entry that was reported longest ago. So no
 * workload can take more than an equal share from the others. What was lost is counted by class,
 * and by workload for the first LEDGER_LOSERS of them.
 *
 * A policy and a configuration decide each entry anew whenever it is asked for,
 * so that what a later registry allows drops out.
 */
#pragma once

#include "../policy/policy.h"
#include "impact.h"
#include "violated_ports.h"

#define LEDGER_MAX    4096
#define LEDGER_MANY   32 /* a set of ports takes 8 KiB */
#define LEDGER_LOSERS 16

struct ledger_entry {
	struct impact_row row; /* its class is the one that was reported first */
	struct hp_query query; /* what was asked for; many ports: with port 0 */
	bool enforceable;      /* enforcement is asked, or would be */
};

struct ledger;

int ledger_new(struct ledger **ret_ledger); /* 0, or -ENOMEM */
void ledger_free(struct ledger *ledger);
DEFINE_CLEANUP(struct ledger, ledger_free)

/* What an event does not say of its violations. */
enum ledger_flags {
	LEDGER_KERNEL_SOCKET = 1 << 0, /* a socket of the kernel */
	LEDGER_ENFORCEABLE = 1 << 1,   /* audited or denied, and the programs see such a bind() */
};

/*
 * Note violations that an event tells. Those that there is no memory for count as forgotten.
 * Returns the entry if it is time to tell of its many ports: when they have become many, and each
 * time when they have doubled since; else NULL.
 */
const struct ledger_entry *ledger_note(struct ledger *ledger, const struct event *event,
				       unsigned int flags);

/*
 * The entries: after `entry`, or from the start if NULL. The workload that was reported last comes
 * first, and of each the entry that was.
 */
const struct ledger_entry *ledger_next(const struct ledger *ledger,
				       const struct ledger_entry *entry);

/* How many ports were forgotten of a workload, or of all that have no number of their own. */
struct ledger_loss {
	char *workload; /* in words; NULL: all the others */
	uint64_t ports;
};

/* The losses, until one without a workload, which is the last. */
const struct ledger_loss *ledger_losses(const struct ledger *ledger);

/* What to look for in the ledger. */
struct ledger_filter {
	const struct policy *policy;
	struct workload_facts facts;
	struct hp_config config;
	uint32_t verdicts; /* that these make of it now: bits 1 << enum hp_verdict */
	uint32_t classes;  /* of what is forgotten, as it was reported: bits 1 << enum hp_class */
	bool enforceable;  /* nothing else */
};

/* Add what passes the filter to the impact. 0, or -ENOMEM: then some of it is missing. */
int ledger_select(const struct ledger *ledger, const struct ledger_filter *filter,
		  struct impact *impact);

/* The ports of all violations, also of those that are forgotten. */
const struct violated_ports *ledger_ports(const struct ledger *ledger);
