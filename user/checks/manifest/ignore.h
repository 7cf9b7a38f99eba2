/* SPDX-License-Identifier: MIT */
/*
 * Annotations that accept findings: ignore.hostportd.io/RULE: "reason", or
 * ignore.hostportd.io/RULE.PORT for one port. Pure.
 */
#pragma once

#include "cursor.h"

/* Put those of an object's metadata, at the present path, before cursor->ignores. */
void ignore_read(struct cursor *cursor, const struct yaml_node *metadata);

/* Add a finding for each annotation that is wrong, or that accepted nothing. */
void ignore_judge(const struct model *model, struct findings *findings);
