/* SPDX-License-Identifier: MIT */
/* What is remembered of the violations that were reported since the start. */
#pragma once

#include "denied_processes.h"
#include "ledger.h"
#include "sweep.h"
#include "team_counts.h"

struct violations {
	struct sweep *sweep; /* borrowed */
	struct ledger *ledger;
	struct denied_processes denied;
	struct team_counts teams;
	struct timespec since; /* UTC */
};

/* Before anything is reported. 0, or -ENOMEM. */
int violations_start(struct violations *violations);
void violations_stop(struct violations *violations);

/* As struct stream_observer has them. */
void violations_on_record(const struct violations *violations, const struct hp_event *record);
void violations_on_line(struct violations *violations, const struct hp_event *record,
			const struct event *event);
