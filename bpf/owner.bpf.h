/* SPDX-License-Identifier: GPL-2.0-only */
/* What rows for their owners alone grant the task that asks, and what its pod declares. */
#pragma once

#include "sock.bpf.h"

/* What the owner grants of a set; 0: the set has no such owner. */
static __always_inline __u32 grants_of(const struct hp_owner_key *key)
{
	__u32 *grants = bpf_map_lookup_elem(&hp_owners, key);

	return grants ? *grants : 0;
}

/* Does it allow the bind, whatever else is granted? An external grant is for loopback, too. */
static __always_inline bool is_enough(__u32 grants)
{
	return grants & (HP_GRANTS_CLIENT | HP_GRANTS_EXTERNAL);
}

/* The task's own control group. */
static __always_inline struct cgroup_subsys_state *own_group(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct cgroup *cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp);

	return (void *)cgroup + bpf_core_field_offset(struct cgroup, self);
}

/* By the task's control groups, from its own upwards: a unit's processes may be in deeper ones. */
static __always_inline __u32 grants_of_cgroups(__u32 set)
{
	struct cgroup_subsys_state *state = own_group();
	struct hp_owner_key key = { .set = set };
	__u32 grants = 0;

	for (int level = 0; level < HP_OWNER_LEVELS; level++) {
		key.id = BPF_CORE_READ(state, cgroup, kn, id);
		grants |= grants_of(&key);
		state = BPF_CORE_READ(state, parent);
		if (!state || is_enough(grants))
			break;
	}
	return grants;
}

/* By the file that the task's program is. */
static __always_inline __u32 grants_of_file(__u32 set)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct hp_owner_key key = {
		.id = BPF_CORE_READ(file, f_inode, i_ino),
		.dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev),
		.set = set,
	};

	return key.dev ? grants_of(&key) : 0;
}

/* A function of its own, which the verifier looks at once. */
__noinline int hp_granted(__u32 set)
{
	__u32 grants = grants_of_cgroups(set);

	return is_enough(grants) ? grants : grants | grants_of_file(set);
}

/*
 * Of a task that is no owner: is it in a pod, and in a known one? Where v1 names workloads, a task
 * in cgroup2's root may be anybody's: then it counts as an owner.
 */
__noinline int hp_granted_to_unknown(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (hp_root_cgroup && BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id) == hp_root_cgroup)
		return HP_GRANTS_EXTERNAL | HP_GRANTS_LOCALHOST;
	return grants_of_cgroups(HP_SET_PODS);
}

/* Does the pod declare the port at the address, or at any? */
static __always_inline bool is_declared(struct hp_declared_key *key, __u8 scope,
					const __u32 addr[4])
{
	if (bpf_map_lookup_elem(&hp_declared, key))
		return true;
	hp_declare_at(key, scope, addr);
	return bpf_map_lookup_elem(&hp_declared, key) != 0;
}

/*
 * Is the task in a pod that does not declare a port, or in one that is not known? Then
 * HP_GRANTS_UNDECLARED, with what is known of the pod; else 0. The address is in two halves, as
 * hp_declare_at() has it; `what` is the port, the scope and the protocol, from the highest byte
 * down. Kernels before 5.12 give such a function numbers alone.
 */
__noinline int hp_undeclared(__u64 high, __u64 low, __u32 what)
{
	const __u32 addr[4] = { (__u32)high, high >> 32, (__u32)low, low >> 32 };
	struct hp_declared_key key = { .port = what >> 16, .proto = what & 0xff };
	struct cgroup_subsys_state *state = own_group();
	struct hp_owner_key owner = { .set = HP_SET_PODS };

	for (int level = 0; level < HP_OWNER_LEVELS && state; level++) {
		__u32 marks;

		owner.id = BPF_CORE_READ(state, cgroup, kn, id);
		marks = grants_of(&owner);
		if (marks & HP_GRANTS_ANY_PORT)
			return 0;
		if (marks & HP_GRANTS_DECLARED) {
			key.cgroup = owner.id;
			return is_declared(&key, what >> 8 & 0xff, addr) ?
				       0 :
				       HP_GRANTS_UNDECLARED | HP_GRANTS_POD | HP_GRANTS_KNOWN;
		}
		if (marks & HP_GRANTS_POD)
			return HP_GRANTS_UNDECLARED | HP_GRANTS_POD;
		state = BPF_CORE_READ(state, parent);
	}
	return 0;
}
