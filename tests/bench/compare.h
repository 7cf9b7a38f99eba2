/* SPDX-License-Identifier: MIT */
/* Another revision's programs (--other) beside ours, in the same scenario. */
#pragma once

#include "scenario.h"

/* Variants of ours have what `what` says; the same of the other revision. 0: it has none. */
unsigned int compare_variant(struct scenario *s, const char *name, const char *what);

/* Tell of both, and of what ours has over theirs in the same round. Nothing if theirs is 0. */
void compare_note(const struct scenario *s, const char *row, const char *instance,
		  unsigned int ours, unsigned int theirs, unsigned int op,
		  enum scenario_metric metric);
