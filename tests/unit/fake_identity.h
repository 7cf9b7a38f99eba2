/* SPDX-License-Identifier: MIT */
/* Who a record is about, as a test says it. In place of user/identity/identity.c. */
#pragma once

#include <stdlib.h>

#include "test.h"

#include "../../user/identity/identity.h"

static const char *fake_exe = "/usr/bin/db";
static const char *fake_cgroup = "/system.slice/db.service";

/* It is large. The caller frees it. */
static inline struct identity *fake_identity_new(void)
{
	struct identity *identity = calloc(1, sizeof(*identity));

	assert_non_null(identity);
	(void)strcpy(identity->node, "n1");
	return identity;
}

void identity_moment(struct identity *identity)
{
	identity->moment++;
}

/* The machine was started when the epoch began. */
struct timespec identity_time(const struct identity *identity, uint64_t boot_ns)
{
	(void)identity;
	return (struct timespec) {
		.tv_sec = (time_t)(boot_ns / 1000000000),
		.tv_nsec = (long)(boot_ns % 1000000000),
	};
}

const char *identity_workload(struct identity *identity, const struct hp_event *record,
			      struct workload *ret_workload)
{
	(void)identity;
	(void)record;
	workload_parse("", fake_cgroup, ret_workload);
	return fake_cgroup;
}

struct owner_of identity_owner(struct identity *identity, uint64_t cgroup_id, uint32_t pid)
{
	(void)identity;
	(void)cgroup_id;
	(void)pid;
	return (struct owner_of) { 0 };
}

static const struct pod *fake_pod; /* that every process is in; NULL: in none that is known */

const struct pod *identity_pod(struct identity *identity, uint64_t cgroup_id)
{
	(void)identity;
	(void)cgroup_id;
	return fake_pod;
}

const char *identity_exe(struct identity *identity, const struct hp_event *record)
{
	(void)identity;
	(void)record;
	return fake_exe;
}
