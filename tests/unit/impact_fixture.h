/* SPDX-License-Identifier: MIT */
/* Rows of what would break, as the ledger makes them of events, and their JSON. */
#pragma once

#include "violation_events.h"

#include "../../user/violations/impact_json.h"

/* struct event is large */
static inline struct event *new_event(time_t second, uint64_t count)
{
	struct event *e = malloc(sizeof(*e));

	assert_non_null(e);
	violation_event(e, second, count);
	return e;
}

/* The violations of an event as the ledger has them, as they are classified now. */
static inline void add_violations(struct impact *impact, const struct event *event, uint8_t cls)
{
	_cleanup_impact_row_ struct impact_row row = { 0 };
	_cleanup_buf_ struct buf workload = { 0 };

	workload_key(&event->workload, event->cgroup, &workload);
	assert_int_equal(impact_row_new(event, workload.data, &row), 0);
	assert_int_equal(impact_add_violations(impact, &row, cls, NULL), 0);
}

static inline char *json_of(const struct impact *impact, size_t rows, size_t bytes)
{
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	impact_put(impact, &(struct workload_facts) { 0 }, "would_break", rows, bytes, &w);
	jsonw_object_end(&w);
	return buf_take(&out);
}
