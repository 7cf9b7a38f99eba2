/* SPDX-License-Identifier: MIT */
/*
 * The state of the agent at one moment: what the status document, and whatever else shows the
 * agent's state, is written from. Pointers are the agent's, and valid until it goes on.
 */
#pragma once

#include "../stream/accounts.h"
#include "../violations/ledger.h"
#include "../violations/team_counts.h"
#include "health.h"
#include "losses.h"
#include "mode.h"
#include "privilege.h"
#include "reload.h"
#include "reserve.h"
#include "usage.h"

struct agent;
struct denied_processes;
struct kube_events;
struct pods;

struct snapshot_pins {
	bool open; /* neither this nor an error: none are wanted */
	const char *directory;
	uint64_t instance;
	const char *error; /* why nothing outlives the agent; NULL: it does */
	bool adopted;	   /* those of an agent before this one */
	bool stay;	   /* when this agent ends */
};

/* What this kernel lets the agent see and deny beside bind() by its name. */
struct snapshot_abilities {
	bool errno_code, guard, sctp;
	enum kernel_listen listen;
	int iterator; /* 1 or 0; negative: not needed yet */
};

struct snapshot {
	struct timespec taken, started; /* now, and when the agent began to count; UTC */
	struct usage usage;
	const char *node;
	struct workload_facts facts;
	uint64_t netns_cookie;
	uint32_t netns_inode;

	uint32_t mode, mode_option; /* enum hp_mode */
	struct mode_switch mode_switch;
	uint32_t denies; /* bits 1 << class */

	struct health health;
	uint64_t health_age_s;
	uint64_t canary_runs, canary_failures; /* see struct watch */
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	size_t attached_len;
	const char *cgroup;
	struct snapshot_pins pins;
	struct snapshot_abilities abilities;
	const struct privilege *privilege;

	struct node_facts node_facts; /* that the policy in force is for */
	bool role_auto;		      /* the API server says them */
	const char *role_error;	      /* why not, or not any more; NULL: nothing is wrong */

	uint32_t generation;
	const struct registry *registry;
	struct timespec loaded; /* UTC */
	struct reload_counts reloads;
	const struct diags *reload_errors;
	const char *files; /* see file_watch_word() */
	int files_error;   /* errno; 0: none */

	struct accounts accounts;
	struct losses losses;
	uint64_t fold_ns;
	uint32_t ring_bytes;
	unsigned int sweep_every_s;
	struct sweep_counts sweep;
	const struct ledger *ledger;
	const struct team_counts *teams;
	const struct denied_processes *without_port; /* NULL: it can't be told */
	const struct reserve *reserve;
	size_t owned_rows, unchecked_rows, owner_entries, owners_left_out;
	size_t declared_ports; /* of pods, that the programs know */

	const struct pods *pods;
	const struct kube_events *kube_events; /* NULL: there are to be none */

	unsigned int tails;
	uint64_t tail_lines_lost, log_lines_lost;
};

/* Look at everything that may have changed, and take what is on its way. */
void snapshot_take(struct agent *agent, struct snapshot *ret_snapshot);
void snapshot_free(struct snapshot *snapshot);
