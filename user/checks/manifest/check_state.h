/* SPDX-License-Identifier: MIT */
/* What the parts of a check share. Pure. */
#pragma once

#include "../../policy/receiver.h"
#include "arena.h"
#include "check.h"
#include "model.h"

/* Policies by the role that is taken for all nodes. */
enum {
	POLICY_ANY,
	POLICY_CONTROL_PLANE,
	POLICY_WORKER,
	POLICY_MAX,
};

struct check {
	struct manifest_options options;
	struct policy *policies[POLICY_MAX];
	struct documented documented;
	struct findings findings;
	struct arena arena;
	struct pod *pods, **pods_end; /* that take ports of nodes */
	struct service *services, **services_end;
	struct ignore_list {
		struct ignore_list *next;
		struct ignore *ignore;
	} * ignores;
	void *dedup; /* findings of replicas, a tree: see dedup.h */
	struct manifest_counts counts;
};

/*
 * Add a finding; port 0: it is about none. One of the annotations, each list of
 * which may be NULL, may accept it. As findings_add().
 */
struct finding *check_add_finding(struct check *check, enum manifest_rule rule,
				  const struct place *place, struct ignore *ignores,
				  struct ignore *more, uint8_t proto, uint16_t port,
				  const char *fmt, ...) __attribute__((format(printf, 8, 9)));

/* Say that something was not looked at, for it would take too long: of all files, at the first. */
void check_add_spent(struct check *check, const char *what);

/* "DaemonSet ns/name". */
const char *check_who(struct arena *arena, const char *kind, const char *namespace_,
		      const char *name);

/* Look at a pod that was read: its ports and the registry, what it must declare. */
void check_pod(struct check *check, struct pod *pod);
