/* SPDX-License-Identifier: MIT */
/*
 * From a record of the kernel to the event of a line: times, names, paths, the workload and
 * the row. What can't be found out any more stays empty; the kernel's own data (pid, uid,
 * comm) is always there.
 */
#pragma once

#include "../event/event.h"
#include "../identity/identity.h"
#include "../policy/generations.h"

/*
 * Describe `count` violations of a record; the times are of CLOCK_BOOTTIME. The event's texts
 * are the identity's and the registry's: they are valid until the identity's next call.
 */
void describe_violation(struct identity *identity, const struct generations *generations,
			const struct hp_event *record, uint64_t count, uint64_t first_ns,
			uint64_t last_ns, struct event *ret_event);

/* After either: that it is no bind, but a port which a container of a pod declares. */
void describe_declared(const struct pod *pod, const char *container, struct event *event);

/* Describe a socket that is there now, as event_listener_json() needs it. */
void describe_listener(struct identity *identity, const struct generations *generations,
		       const struct hp_event *record, struct event *ret_event);
