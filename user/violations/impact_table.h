/* SPDX-License-Identifier: MIT */
/* What enforcement would deny, as a table for people: of rows, or of an agent's answer. Pure. */
#pragma once

#include "../base/json.h"
#include "../base/table.h"

struct impact;
struct workload_facts;

/* Make a table of at most `max` rows. 0, or -ENOMEM. The table is the caller's. */
int impact_table(const struct impact *impact, const struct workload_facts *facts, size_t max,
		 struct table **ret_table);

/* As impact_table(), of the list `would_break` of the agent's answer. */
int impact_table_of_json(const struct json *would_break, struct table **ret_table);
