/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel fields that our BPF programs read, and no others: each struct is
 * a fragment whose members CO-RE finds in the running kernel's BTF by name.
 * See README.md.
 */
#pragma once

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	unsigned long long id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

enum cgroup_subsys_id {
	memory_cgrp_id = 4, /* relocated to the running kernel's number */
};

struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	unsigned int flags;
	int tgid;
	struct task_struct *group_leader;
	unsigned long long start_boottime;
	struct css_set *cgroups;
	char comm[16];
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
	unsigned char sk_kern_sock : 1;
};

#pragma clang attribute pop
