/* SPDX-License-Identifier: MIT */
/*
 * Annotations that accept findings: ignore.hostportd.io/RULE: "reason", or
 * ignore.hostportd.io/RULE.PORT for one port. Pure.
 */
#pragma once

#include "cursor.h"

/* Put those of an object's metadata, at the present path, before cursor->ignores. */
void ignore_read(struct cursor *cursor, const struct yaml_node *metadata);

/*
 * The first annotation of a list that accepts a finding, or NULL. All that do
 * are marked as used.
 */
const struct ignore *ignore_match(struct ignore *ignores, enum manifest_rule rule, uint16_t port);

/* Say which annotations of a check are wrong, or were used for nothing. */
void ignore_judge(struct check *check);
