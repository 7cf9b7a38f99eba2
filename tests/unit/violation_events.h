/* SPDX-License-Identifier: MIT */
/* Events of violations, for the tests of the ledger and of its filters. */
#pragma once

#include "test.h"

#include "../../user/event/event.h"

/* Of unit web.service, tcp 8080, at a second, standing for `count`. The caller may change it. */
static inline void violation_event(struct event *e, time_t second, uint64_t count)
{
	*e = (struct event) {
		.time = { .tv_sec = second, .tv_nsec = 5 },
		.first = { .tv_sec = second - 1 },
		.count = count,
		.cls = HP_CLASS_UNREGISTERED,
		.verdict = HP_VERDICT_AUDITED,
		.proto = HP_PROTO_TCP,
		.how = HP_HOW_BIND,
		.family = 4,
		.port = 8080,
		.pid = 100 + (uint32_t)second,
		.uid = 7,
		.comm = "web",
		.cgroup = "/system.slice/web.service",
	};
	workload_parse("", e->cgroup, &e->workload);
}

static inline void move_to_cgroup(struct event *e, const char *cgroup)
{
	e->cgroup = cgroup;
	workload_parse("", e->cgroup, &e->workload);
}
