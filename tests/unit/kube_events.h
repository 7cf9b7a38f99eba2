/* SPDX-License-Identifier: MIT */
/* Violations for the tests of Kubernetes Events. */
#pragma once

#include "events.h"

#include "../../user/event/kube_event.h"

/* Of a pod whose names are known. */
static inline struct event of_pod(const char *name)
{
	struct event e = full();

	(void)strcpy(e.workload.namespace_, "ns");
	(void)strcpy(e.workload.pod, name);
	(void)strcpy(e.workload.container, "z");
	e.entry_layer = NULL;
	return e;
}

/* Of a unit of the node n1. */
static inline struct event of_unit(void)
{
	struct event e = full();

	e.workload = (struct workload) { .kind = WORKLOAD_UNIT };
	(void)strcpy(e.workload.unit, "web.service");
	e.cgroup = "/system.slice/web.service";
	return e;
}

static inline struct kube_event kube_of(const struct event *event)
{
	struct kube_event kube;

	assert_int_equal(kube_event_of(event, &kube), 0);
	return kube;
}
