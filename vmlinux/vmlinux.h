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

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

enum cgroup_subsys_id {
	memory_cgrp_id = 4, /* relocated to the running kernel's number */
};

struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup *dfl_cgrp;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct super_block {
	unsigned int s_dev; /* the kernel's own numbering: 12 bits major, 20 bits minor */
};

struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct file {
	struct inode *f_inode;
};

struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	unsigned int flags;
	unsigned long long self_exec_id;
	struct mm_struct *mm;
	int tgid;
	struct task_struct *group_leader;
	unsigned long long start_boottime;
	const struct cred *cred;
	struct css_set *cgroups;
	char comm[16];
};

struct ns_common {
	unsigned int inum;
};

struct local_ports {
	unsigned int range; /* the first in its lower half, the last in the upper one */
};

struct netns_ipv4 {
	struct local_ports ip_local_ports;
};

struct net {
	unsigned long long net_cookie;
	struct ns_common ns;
	struct netns_ipv4 ipv4;
};

struct net___before_6_8 {
	struct {
		struct {
			int range[2];
		} ip_local_ports;
	} ipv4;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	unsigned int words[4]; /* of the program's own: read as a whole, by its address */
};

struct sock_common {
	unsigned int skc_rcv_saddr; /* network byte order */
	unsigned short skc_num;	    /* host byte order */
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_net_refcnt : 1;
	possible_net_t skc_net;
	struct in6_addr skc_v6_rcv_saddr;
	struct {
		long long counter;
	} skc_cookie; /* 0: nobody has asked for it yet */
};

struct sock {
	struct sock_common __sk_common;
	unsigned char sk_kern_sock : 1;
	unsigned char sk_userlocks : 4;
	unsigned short sk_type;
	unsigned short sk_protocol;
};

struct tcp_sock {
	_Bool is_mptcp;
};

struct udp_sock;

struct inet_sock {
	unsigned int local_port_range; /* as the namespace's; 0 in a half: that end is not set */
};

struct inet_sock___before_6_8 {
	struct {
		unsigned short lo, hi;
	} local_port_range;
};

struct socket {
	struct sock *sk;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct file *file;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};

struct bpf_iter__udp {
	struct bpf_iter_meta *meta;
	struct udp_sock *udp_sk;
};

struct bpf_prog_aux {
	unsigned int id;
	char name[16];
};

struct bpf_prog {
	struct bpf_prog_aux *aux;
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

#pragma clang attribute pop
