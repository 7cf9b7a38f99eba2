/* SPDX-License-Identifier: MIT */
/* Sets of ports by their text, for tests. */
#pragma once

#include "test.h"

#include "../../user/base/portset.h"

/* The set's text, of at most max bytes, is this. */
static inline void check_ports_within(const char *name, const struct portset *set, size_t max,
				      const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };

	portset_put(set, max, &out);
	check_text(name, out.data ? out.data : "", want);
}

static inline void check_ports(const char *name, const struct portset *set, const char *want)
{
	check_ports_within(name, set, SIZE_MAX, want);
}

static inline struct portset ports(const char *text)
{
	struct portset set = { 0 };

	check_int(text, portset_parse(text, strlen(text), &set), 0);
	return set;
}
