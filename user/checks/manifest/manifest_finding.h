/* SPDX-License-Identifier: MIT */
/* Findings about manifests, and the annotations that accept them. Pure. */
#pragma once

#include "manifest_rules.h"
#include "model.h"

/*
 * Add a finding; port 0: it is about none. An annotation of one of the two lists
 * (NULL: an empty one) accepts it. As findings_add().
 */
struct finding *manifest_add_finding(struct findings *findings, enum manifest_rule rule,
				     const struct place *place, struct ignore *ignores,
				     struct ignore *more, uint8_t proto, uint16_t port,
				     const char *fmt, ...) __attribute__((format(printf, 8, 9)));
