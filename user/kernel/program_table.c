// SPDX-License-Identifier: MIT
#include "program_table.h"

#include "pins.h"

#define MEMBER(name) offsetof(struct hostport_bpf, progs.name)

/* clang-format off */
const struct program_entry program_table[PROGRAMS] = {
	/* decide before the port is taken, and deny */
	[PROGRAM_BIND4] = {
		PROGRAMS_BIND, PROGRAM_AT_CGROUP, BPF_CGROUP_INET4_BIND,
		MEMBER(hp_bind4), "cgroup_inet4_bind", PINS_LINK "cgroup_inet4_bind",
	},
	[PROGRAM_BIND6] = {
		PROGRAMS_BIND, PROGRAM_AT_CGROUP, BPF_CGROUP_INET6_BIND,
		MEMBER(hp_bind6), "cgroup_inet6_bind", PINS_LINK "cgroup_inet6_bind",
	},
	/* confirm that it was taken, and decide on ports of the kernel's choice */
	[PROGRAM_POST_BIND4] = {
		PROGRAMS_BIND, PROGRAM_AT_CGROUP, BPF_CGROUP_INET4_POST_BIND,
		MEMBER(hp_post_bind4), "cgroup_inet4_post_bind", PINS_LINK "cgroup_inet4_post_bind",
	},
	[PROGRAM_POST_BIND6] = {
		PROGRAMS_BIND, PROGRAM_AT_CGROUP, BPF_CGROUP_INET6_POST_BIND,
		MEMBER(hp_post_bind6), "cgroup_inet6_post_bind", PINS_LINK "cgroup_inet6_post_bind",
	},
	/* report TCP sockets that listen without a bind() to their port */
	[PROGRAM_LISTEN_SOCKOPS] = {
		PROGRAMS_SOCKOPS, PROGRAM_AT_CGROUP, BPF_CGROUP_SOCK_OPS,
		MEMBER(hp_listen_sockops), "cgroup_sock_ops", PINS_LINK "cgroup_sock_ops",
	},
	[PROGRAM_LISTEN_FEXIT] = {
		PROGRAMS_FEXIT, PROGRAM_AT_FUNCTION, BPF_TRACE_FEXIT,
		MEMBER(hp_listen_fexit), "trace_fexit", PINS_LINK "trace_fexit",
	},
	/* SCTP: bind(), listen(), sctp_bindx() */
	[PROGRAM_SCTP_BIND] = {
		PROGRAMS_SCTP, PROGRAM_AT_LSM, BPF_LSM_MAC,
		MEMBER(hp_sctp_bind), "lsm_mac", PINS_LINK "lsm_mac_socket_bind",
	},
	[PROGRAM_SCTP_LISTEN] = {
		PROGRAMS_SCTP, PROGRAM_AT_LSM, BPF_LSM_MAC,
		MEMBER(hp_sctp_listen), "lsm_mac", PINS_LINK "lsm_mac_socket_listen",
	},
	[PROGRAM_SCTP_BINDX] = {
		PROGRAMS_SCTP, PROGRAM_AT_LSM, BPF_LSM_MAC,
		MEMBER(hp_sctp_bindx), "lsm_mac", PINS_LINK "lsm_mac_sctp_bind_connect",
	},
};
/* clang-format on */
