/* SPDX-License-Identifier: MIT */
/* Shorthand for the table in ways.c: the port that is taken, and the socket that takes it. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef IPPROTO_SMC
#define IPPROTO_SMC 256
#endif
#ifndef AF_SMC
#define AF_SMC 43
#endif
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define EXPLICIT(p)	.kind = WAY_EXPLICIT, .proto = HP_PROTO_##p
#define CHOSEN(p)	.kind = WAY_CHOSEN, .proto = HP_PROTO_##p
#define NO_ROW(p)	CHOSEN(p), .no_row = true
#define OWN_RANGE(p)	CHOSEN(p), .own_range = true
#define OWN_NO_ROW(p)	OWN_RANGE(p), .no_row = true
#define PORTLESS	.kind = WAY_PORTLESS, .proto = HP_PROTO_OTHER
#define SOCKET(f, t, p) .domain = AF_##f, .type = SOCK_##t, .protocol = p
#define TCP4		SOCKET(INET, STREAM, 0)
#define TCP6		SOCKET(INET6, STREAM, 0)
#define UDP4		SOCKET(INET, DGRAM, 0)
#define UDP6		SOCKET(INET6, DGRAM, 0)
#define OPTION(l, o, v) .level = l, .option = o, .value = v
#define V6ONLY(v)	OPTION(IPPROTO_IPV6, IPV6_V6ONLY, v)
#define REUSE(o)	OPTION(SOL_SOCKET, SO_REUSE##o, 1)
#define NO_PORT		OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
#define LISTEN(...)                                                                                \
	{                                                                                          \
		__VA_ARGS__, .listen = true                                                        \
	}
#define UNTRIED(n, t, why)                                                                         \
	{                                                                                          \
		.name = n, .title = t, .kind = WAY_UNTRIED, .proto = HP_PROTO_OTHER, .note = why   \
	}
