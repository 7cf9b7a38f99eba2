/* SPDX-License-Identifier: MIT */
/* Why the answers of several ways are what they are: texts of the table in ways.c. */
#pragma once

#define NOTE_SUBFLOW "the hooks see the TCP socket inside it"
#define NOTE_POST_BIND                                                                             \
	"the port is known only after it is taken: it can be denied if the kernel then gives it "  \
	"back; net.ipv4.ip_local_reserved_ports prevents it"
#define NOTE_NO_BIND                                                                               \
	"no bind() names a port, so no hook can deny it; "                                         \
	"net.ipv4.ip_local_reserved_ports prevents it"
#define NOTE_RANGE                                                                                 \
	"any process can narrow the kernel's choice to one port this way; "                        \
	"net.ipv4.ip_local_reserved_ports prevents it"
#define NOTE_ASKED                                                                                 \
	"a socket that narrows the kernel's choice has asked for its port: it is denied once the " \
	"port is known, if the kernel then gives it back"
#define NOTE_ASKED_UNBOUND                                                                         \
	"a socket that narrows the kernel's choice has asked for its port, but no bind() names "   \
	"it, so no hook can deny it"
#define NOTE_UNNAMED                                                                               \
	"no violation (ephemeral): the kernel chooses, and no row names the port; a process that " \
	"tries until it gets a certain port looks the same"
#define NOTE_SCTP "SCTP's own bind() runs no cgroup program: only an LSM program sees it"
#define NOTE_BEFORE                                                                                \
	"the port was taken before the programs were attached: the sweep finds it, "               \
	"--existing=close closes it"
#define NOTE_URING "needs Linux 6.11"
#define NOTE_ROOT                                                                                  \
	"the cgroup in which a socket was made decides which programs run: attached at the root, " \
	"they see all sockets"
#define NOTE_STEERED "no socket has the port, so nothing is bound; it takes CAP_NET_ADMIN"
