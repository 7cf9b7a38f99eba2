/* SPDX-License-Identifier: MIT */
/* What would break in enforce mode, as a table for people. */
#pragma once

#include "../base/json.h"
#include "../base/table.h"

/* Make it of the list `would_break` of the agent's answer. 0, or -ENOMEM. */
int break_table(const struct json *would_break, struct table **ret_table);
