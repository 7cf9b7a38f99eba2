/* SPDX-License-Identifier: MIT */
/*
 * The verdict as a table. The same cases are decided on the host
 * (test_verdict.c) and inside the kernel (tests/bpf), which must agree.
 */
#pragma once

#include "../../bpf/abi.h"
#include "../../bpf/verdict.h"

struct verdict_case {
	const char *name;
	struct hp_config config;
	__u8 has_row; /* 0: the policy says nothing of the port */
	struct hp_row row;
	struct hp_query query;
	struct hp_decision want;
};

#define VC_BIT(cls) (1U << HP_CLASS_##cls)
#define VC_NOTHING  0U
#define VC_DEFAULT  (VC_BIT(UNREGISTERED) | VC_BIT(RETIRED) | VC_BIT(INACTIVE) | VC_BIT(SCOPE))
#define VC_ALL	    (VC_DEFAULT | VC_BIT(OWNER) | VC_BIT(UNDECLARED) | VC_BIT(EPHEMERAL))

#define VC_CONFIG(m, d, kernel)                                                                    \
	.config = { .mode = HP_MODE_##m,                                                           \
		    .denies = (d),                                                                 \
		    .errno_code = 1,                                                               \
		    .deny_kernel = (kernel),                                                       \
		    .generation = 1 }
#define UNSET(d)	VC_CONFIG(UNSET, d, 0)
#define AUDIT(d)	VC_CONFIG(AUDIT, d, 0)
#define ENFORCE(d)	VC_CONFIG(ENFORCE, d, 0)
#define AUDIT_KERNEL(d) VC_CONFIG(AUDIT, d, 1)
#define KERNEL_TOO(d)	VC_CONFIG(ENFORCE, d, 1)
#define DENY_UNKNOWN(m, d)                                                                         \
	.config = { .mode = HP_MODE_##m,                                                           \
		    .denies = (d),                                                                 \
		    .errno_code = 1,                                                               \
		    .generation = 1,                                                               \
		    .deny_unknown = 1 }

#define DENY_ESSENTIAL(m)                                                                          \
	.config = { .mode = HP_MODE_##m,                                                           \
		    .denies = VC_ALL,                                                              \
		    .errno_code = 1,                                                               \
		    .generation = 1,                                                               \
		    .deny_essential = 1 }

/* Rows 7 (what decides external addresses) and 8 (what decides localhost). */
#define NO_ROW .has_row = 0
#define ROW(external, localhost, exceptions)                                                       \
	.has_row = 1, .row = { .row = { 7, 8 },                                                    \
			       .cls = { HP_CLASS_##external, HP_CLASS_##localhost },               \
			       .excepted = (exceptions) }
#define ESSENTIAL .has_row = 1, .row = { .row = { 7, 8 }, .essential = 1 }
#define ESSENTIAL_BUT(cls_, exceptions)                                                            \
	.has_row = 1, .row = { .row = { 7, 8 },                                                    \
			       .cls = { HP_CLASS_##cls_, HP_CLASS_##cls_ },                        \
			       .excepted = (exceptions),                                           \
			       .essential = 1 }
/* Only exceptions name the port. */
#define BARE(exceptions)                                                                           \
	.has_row = 1, .row = { .cls = { HP_CLASS_UNREGISTERED, HP_CLASS_UNREGISTERED },            \
			       .excepted = (exceptions) }

#define QUERY(p, s, n, kernel)                                                                     \
	.query = { .proto = HP_PROTO_##p,                                                          \
		   .scope = HP_SCOPE_##s,                                                          \
		   .port = (n),                                                                    \
		   .kernel_socket = (kernel) }
#define ASK(p, s, n)	QUERY(p, s, n, 0)
#define KERNEL(p, s, n) QUERY(p, s, n, 1)
/* The kernel has chosen the port. */
#define CHOSEN(p, s, n)                                                                            \
	.query = { .proto = HP_PROTO_##p, .scope = HP_SCOPE_##s, .port = (n), .chosen = 1 }

/* What rows for their owners alone grant whoever asks. */
#define GRANTED(p, s, n, g)                                                                        \
	.query = { .proto = HP_PROTO_##p, .scope = HP_SCOPE_##s, .port = (n), .grants = (g) }
#define GRANTED_CHOSEN(p, s, n, g)                                                                 \
	.query = { .proto = HP_PROTO_##p,                                                          \
		   .scope = HP_SCOPE_##s,                                                          \
		   .port = (n),                                                                    \
		   .chosen = 1,                                                                    \
		   .grants = (g) }

/* By a pod that does not declare the port, or is not known. */
#define UNDECLARED_BY(g) GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_UNDECLARED | (g))

#define WANT(n, c, v)	 .want = { .row = (n), .cls = HP_CLASS_##c, .verdict = HP_VERDICT_##v }

static const struct verdict_case verdict_cases[] = {
	/* Allowed, in every mode, whatever is denied. */
	{ "allowed, unset", UNSET(VC_ALL), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 80),
	  WANT(7, NONE, ALLOWED) },
	{ "allowed, audit", AUDIT(VC_DEFAULT), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 80),
	  WANT(7, NONE, ALLOWED) },
	{ "allowed, enforce", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 80),
	  WANT(7, NONE, ALLOWED) },
	{ "allowed on localhost", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), ASK(UDP, LOCALHOST, 80),
	  WANT(8, NONE, ALLOWED) },
	{ "allowed, kernel socket", KERNEL_TOO(VC_ALL), ROW(NONE, NONE, 0),
	  KERNEL(UDP, EXTERNAL, 4789), WANT(7, NONE, ALLOWED) },
	{ "allowed, exceptions say nothing more", ENFORCE(VC_ALL), ROW(NONE, NONE, VC_ALL),
	  ASK(TCP, EXTERNAL, 80), WANT(7, NONE, ALLOWED) },
	{ "allowed, first port", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 1),
	  WANT(7, NONE, ALLOWED) },
	{ "allowed, last port", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 65535),
	  WANT(7, NONE, ALLOWED) },

	/* Rows for their owners alone. */
	{ "a client's owner", ENFORCE(VC_ALL), BARE(0),
	  GRANTED(UDP, EXTERNAL, 80, HP_GRANTS_CLIENT), WANT(0, NONE, ALLOWED) },
	{ "a client's owner, chosen", ENFORCE(VC_ALL), BARE(0),
	  GRANTED_CHOSEN(UDP, EXTERNAL, 80, HP_GRANTS_CLIENT), WANT(0, NONE, ALLOWED) },
	{ "a client's owner, a retired row", ENFORCE(VC_ALL), ROW(RETIRED, RETIRED, 0),
	  GRANTED(TCP, EXTERNAL, 80, HP_GRANTS_CLIENT), WANT(7, NONE, ALLOWED) },
	{ "a client's owner, port 0", ENFORCE(VC_ALL), NO_ROW,
	  GRANTED(TCP, EXTERNAL, 0, HP_GRANTS_CLIENT), WANT(0, EPHEMERAL, DENIED) },
	{ "a client's stranger", ENFORCE(VC_DEFAULT), BARE(0), ASK(UDP, EXTERNAL, 80),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "a client's stranger, chosen", ENFORCE(VC_DEFAULT), BARE(0), CHOSEN(UDP, EXTERNAL, 80),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "an exception's owner", ENFORCE(VC_ALL), ROW(SCOPE, NONE, 0),
	  GRANTED(TCP, EXTERNAL, 80, VC_BIT(SCOPE)), WANT(7, SCOPE, EXCEPTED) },
	{ "an exception's owner, audit", AUDIT(VC_ALL), BARE(0),
	  GRANTED(TCP, EXTERNAL, 80, VC_BIT(UNREGISTERED)), WANT(0, UNREGISTERED, EXCEPTED) },
	{ "an exception's owner, another class", ENFORCE(VC_ALL), ROW(RETIRED, RETIRED, 0),
	  GRANTED(TCP, EXTERNAL, 80, VC_BIT(SCOPE)), WANT(7, RETIRED, DENIED) },

	/* A localhost row: two scopes, two decisions. */
	{ "localhost row, loopback, enforce", ENFORCE(VC_DEFAULT), ROW(SCOPE, NONE, 0),
	  ASK(TCP, LOCALHOST, 10248), WANT(8, NONE, ALLOWED) },
	{ "localhost row, external, enforce", ENFORCE(VC_DEFAULT), ROW(SCOPE, NONE, 0),
	  ASK(TCP, EXTERNAL, 10248), WANT(7, SCOPE, DENIED) },
	{ "localhost row, external, audit", AUDIT(VC_DEFAULT), ROW(SCOPE, NONE, 0),
	  ASK(TCP, EXTERNAL, 10248), WANT(7, SCOPE, AUDITED) },
	{ "localhost row, external, scope not denied", ENFORCE(VC_ALL & ~VC_BIT(SCOPE)),
	  ROW(SCOPE, NONE, 0), ASK(TCP, EXTERNAL, 10248), WANT(7, SCOPE, AUDITED) },
	{ "localhost row, external, excepted", ENFORCE(VC_DEFAULT), ROW(SCOPE, NONE, VC_BIT(SCOPE)),
	  ASK(TCP, EXTERNAL, 10248), WANT(7, SCOPE, EXCEPTED) },
	{ "localhost row, external, another class excepted", ENFORCE(VC_DEFAULT),
	  ROW(SCOPE, NONE, VC_BIT(UNREGISTERED)), ASK(TCP, EXTERNAL, 10248),
	  WANT(7, SCOPE, DENIED) },
	{ "localhost row, external, unset", UNSET(VC_ALL), ROW(SCOPE, NONE, 0),
	  ASK(TCP, EXTERNAL, 10248), WANT(7, SCOPE, ALLOWED) },
	{ "inactive outside, allowed on loopback", ENFORCE(VC_DEFAULT), ROW(INACTIVE, NONE, 0),
	  ASK(TCP, EXTERNAL, 10248), WANT(7, INACTIVE, DENIED) },

	/* Unregistered: the policy says nothing of the port. */
	{ "no row, unset", UNSET(VC_ALL), NO_ROW, ASK(TCP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, ALLOWED) },
	{ "no row, audit", AUDIT(VC_DEFAULT), NO_ROW, ASK(TCP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, enforce", ENFORCE(VC_DEFAULT), NO_ROW, ASK(TCP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, localhost", ENFORCE(VC_DEFAULT), NO_ROW, ASK(TCP, LOCALHOST, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, udp", ENFORCE(VC_DEFAULT), NO_ROW, ASK(UDP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, udplite", ENFORCE(VC_DEFAULT), NO_ROW, ASK(UDPLITE, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, sctp", ENFORCE(VC_DEFAULT), NO_ROW, ASK(SCTP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, dccp", ENFORCE(VC_DEFAULT), NO_ROW, ASK(DCCP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, enforce, other", ENFORCE(VC_DEFAULT), NO_ROW, ASK(OTHER, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "no row, nothing denied", ENFORCE(VC_NOTHING), NO_ROW, ASK(TCP, EXTERNAL, 8080),
	  WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, others denied", ENFORCE(VC_ALL & ~VC_BIT(UNREGISTERED)), NO_ROW,
	  ASK(TCP, EXTERNAL, 8080), WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, kernel socket, enforce", ENFORCE(VC_DEFAULT), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 8472), WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, kernel socket, deny-kernel", KERNEL_TOO(VC_DEFAULT), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 8472), WANT(0, UNREGISTERED, DENIED) },
	{ "no row, kernel socket, audit, deny-kernel", AUDIT_KERNEL(VC_DEFAULT), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 8472), WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, deny-kernel is not for processes alone", KERNEL_TOO(VC_DEFAULT), NO_ROW,
	  ASK(UDP, EXTERNAL, 8472), WANT(0, UNREGISTERED, DENIED) },
	{ "no row, kernel socket, deny-kernel, not denied", KERNEL_TOO(VC_NOTHING), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 8472), WANT(0, UNREGISTERED, AUDITED) },
	{ "no row, kernel socket, unset", UNSET(VC_ALL), NO_ROW, KERNEL(UDP, EXTERNAL, 8472),
	  WANT(0, UNREGISTERED, ALLOWED) },
	{ "only an exception, enforce", ENFORCE(VC_DEFAULT), BARE(VC_BIT(UNREGISTERED)),
	  ASK(TCP, EXTERNAL, 8080), WANT(0, UNREGISTERED, EXCEPTED) },
	{ "only an exception, localhost", ENFORCE(VC_DEFAULT), BARE(VC_BIT(UNREGISTERED)),
	  ASK(TCP, LOCALHOST, 8080), WANT(0, UNREGISTERED, EXCEPTED) },
	{ "only an exception, audit", AUDIT(VC_DEFAULT), BARE(VC_BIT(UNREGISTERED)),
	  ASK(TCP, EXTERNAL, 8080), WANT(0, UNREGISTERED, EXCEPTED) },
	{ "only an exception, kernel socket", KERNEL_TOO(VC_DEFAULT), BARE(VC_BIT(UNREGISTERED)),
	  KERNEL(UDP, EXTERNAL, 8080), WANT(0, UNREGISTERED, EXCEPTED) },
	{ "only an exception of another class", ENFORCE(VC_DEFAULT), BARE(VC_BIT(RETIRED)),
	  ASK(TCP, EXTERNAL, 8080), WANT(0, UNREGISTERED, DENIED) },
	{ "only an exception, unset", UNSET(VC_ALL), BARE(VC_BIT(UNREGISTERED)),
	  ASK(TCP, EXTERNAL, 8080), WANT(0, UNREGISTERED, ALLOWED) },

	/* Retired. */
	{ "retired, unset", UNSET(VC_ALL), ROW(RETIRED, RETIRED, 0), ASK(TCP, EXTERNAL, 3306),
	  WANT(7, RETIRED, ALLOWED) },
	{ "retired, audit", AUDIT(VC_DEFAULT), ROW(RETIRED, RETIRED, 0), ASK(TCP, EXTERNAL, 3306),
	  WANT(7, RETIRED, AUDITED) },
	{ "retired, enforce", ENFORCE(VC_DEFAULT), ROW(RETIRED, RETIRED, 0),
	  ASK(TCP, EXTERNAL, 3306), WANT(7, RETIRED, DENIED) },
	{ "retired, enforce, localhost", ENFORCE(VC_DEFAULT), ROW(RETIRED, RETIRED, 0),
	  ASK(TCP, LOCALHOST, 3306), WANT(8, RETIRED, DENIED) },
	{ "retired, not denied", ENFORCE(VC_ALL & ~VC_BIT(RETIRED)), ROW(RETIRED, RETIRED, 0),
	  ASK(TCP, EXTERNAL, 3306), WANT(7, RETIRED, AUDITED) },
	{ "retired, excepted", ENFORCE(VC_DEFAULT), ROW(RETIRED, RETIRED, VC_BIT(RETIRED)),
	  ASK(TCP, EXTERNAL, 3306), WANT(7, RETIRED, EXCEPTED) },
	{ "retired, unregistered excepted", ENFORCE(VC_DEFAULT),
	  ROW(RETIRED, RETIRED, VC_BIT(UNREGISTERED)), ASK(TCP, EXTERNAL, 3306),
	  WANT(7, RETIRED, DENIED) },
	{ "retired, kernel socket", ENFORCE(VC_DEFAULT), ROW(RETIRED, RETIRED, 0),
	  KERNEL(TCP, EXTERNAL, 3306), WANT(7, RETIRED, AUDITED) },

	/* Inactive. */
	{ "inactive, unset", UNSET(VC_ALL), ROW(INACTIVE, INACTIVE, 0), ASK(TCP, EXTERNAL, 2379),
	  WANT(7, INACTIVE, ALLOWED) },
	{ "inactive, audit", AUDIT(VC_DEFAULT), ROW(INACTIVE, INACTIVE, 0),
	  ASK(TCP, EXTERNAL, 2379), WANT(7, INACTIVE, AUDITED) },
	{ "inactive, enforce", ENFORCE(VC_DEFAULT), ROW(INACTIVE, INACTIVE, 0),
	  ASK(TCP, EXTERNAL, 2379), WANT(7, INACTIVE, DENIED) },
	{ "inactive, enforce, localhost", ENFORCE(VC_DEFAULT), ROW(INACTIVE, INACTIVE, 0),
	  ASK(TCP, LOCALHOST, 2379), WANT(8, INACTIVE, DENIED) },
	{ "inactive, not denied", ENFORCE(VC_ALL & ~VC_BIT(INACTIVE)), ROW(INACTIVE, INACTIVE, 0),
	  ASK(TCP, EXTERNAL, 2379), WANT(7, INACTIVE, AUDITED) },
	{ "inactive, excepted", ENFORCE(VC_DEFAULT), ROW(INACTIVE, INACTIVE, VC_BIT(INACTIVE)),
	  ASK(TCP, EXTERNAL, 2379), WANT(7, INACTIVE, EXCEPTED) },
	{ "inactive, kernel socket, deny-kernel", KERNEL_TOO(VC_DEFAULT),
	  ROW(INACTIVE, INACTIVE, 0), KERNEL(TCP, EXTERNAL, 2379), WANT(7, INACTIVE, DENIED) },

	/* Owner and undeclared: denied only where asked for. */
	{ "owner, audit", AUDIT(VC_ALL), ROW(OWNER, OWNER, 0), ASK(TCP, EXTERNAL, 9100),
	  WANT(7, OWNER, AUDITED) },
	{ "owner, enforce, defaults", ENFORCE(VC_DEFAULT), ROW(OWNER, OWNER, 0),
	  ASK(TCP, EXTERNAL, 9100), WANT(7, OWNER, AUDITED) },
	{ "owner, enforce, opted in", ENFORCE(VC_DEFAULT | VC_BIT(OWNER)), ROW(OWNER, OWNER, 0),
	  ASK(TCP, LOCALHOST, 9100), WANT(8, OWNER, DENIED) },
	{ "owner, the owner", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_EXTERNAL), WANT(7, NONE, ALLOWED) },
	{ "owner, the owner on loopback", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, LOCALHOST, 9100, HP_GRANTS_LOCALHOST), WANT(8, NONE, ALLOWED) },
	{ "owner, one of loopback only", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_LOCALHOST), WANT(7, OWNER, DENIED) },
	{ "owner, one of external addresses only", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, LOCALHOST, 9100, HP_GRANTS_EXTERNAL), WANT(8, OWNER, DENIED) },
	{ "owner, of a row that is retired", ENFORCE(VC_ALL), ROW(RETIRED, RETIRED, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_EXTERNAL), WANT(7, RETIRED, DENIED) },
	{ "owner, chosen", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0), CHOSEN(TCP, EXTERNAL, 9100),
	  WANT(7, OWNER, DENIED) },
	{ "owner, a kernel socket has none", KERNEL_TOO(VC_ALL), ROW(OWNER, OWNER, 0),
	  KERNEL(TCP, EXTERNAL, 9100), WANT(7, NONE, ALLOWED) },
	{ "owner, an unknown pod, audit", AUDIT(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD), WANT(7, OWNER, ALLOWED) },
	{ "owner, an unknown pod, enforce", ENFORCE(VC_ALL), ROW(OWNER, OWNER, VC_BIT(OWNER)),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD), WANT(7, OWNER, ALLOWED) },
	{ "owner, an unknown pod, to be denied", DENY_UNKNOWN(ENFORCE, VC_ALL),
	  ROW(OWNER, OWNER, 0), GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD),
	  WANT(7, OWNER, DENIED) },
	{ "owner, an unknown pod, to be denied, excepted", DENY_UNKNOWN(ENFORCE, VC_ALL),
	  ROW(OWNER, OWNER, VC_BIT(OWNER)), GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD),
	  WANT(7, OWNER, EXCEPTED) },
	{ "owner, an unknown pod, not denied", DENY_UNKNOWN(ENFORCE, VC_DEFAULT),
	  ROW(OWNER, OWNER, 0), GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD),
	  WANT(7, OWNER, ALLOWED) },
	{ "owner, an unknown pod, to be denied, audit", DENY_UNKNOWN(AUDIT, VC_ALL),
	  ROW(OWNER, OWNER, 0), GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD),
	  WANT(7, OWNER, ALLOWED) },
	{ "an unknown pod, another class", ENFORCE(VC_ALL), ROW(RETIRED, RETIRED, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD), WANT(7, RETIRED, DENIED) },
	{ "owner, a pod that is known", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  GRANTED(TCP, EXTERNAL, 9100, HP_GRANTS_POD | HP_GRANTS_KNOWN), WANT(7, OWNER, DENIED) },
	{ "owner, excepted", ENFORCE(VC_ALL), ROW(OWNER, OWNER, VC_BIT(OWNER)),
	  ASK(TCP, EXTERNAL, 9100), WANT(7, OWNER, EXCEPTED) },
	{ "undeclared, enforce, defaults", ENFORCE(VC_DEFAULT), ROW(UNDECLARED, UNDECLARED, 0),
	  ASK(TCP, EXTERNAL, 9100), WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, enforce, opted in", ENFORCE(VC_DEFAULT | VC_BIT(UNDECLARED)),
	  ROW(UNDECLARED, UNDECLARED, 0), ASK(TCP, EXTERNAL, 9100), WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, excepted", ENFORCE(VC_ALL), ROW(UNDECLARED, UNDECLARED, VC_BIT(UNDECLARED)),
	  ASK(TCP, LOCALHOST, 9100), WANT(8, UNDECLARED, EXCEPTED) },
	{ "undeclared, of a row for anybody", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), UNDECLARED_BY(0),
	  WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, of a row for anybody, defaults", ENFORCE(VC_DEFAULT), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(0), WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, of a row for anybody, audit", AUDIT(VC_ALL), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(0), WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, of a row for anybody, excepted", ENFORCE(VC_ALL),
	  ROW(NONE, NONE, VC_BIT(UNDECLARED)), UNDECLARED_BY(0), WANT(7, UNDECLARED, EXCEPTED) },
	{ "undeclared, excepted for the owner", ENFORCE(VC_ALL), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(VC_BIT(UNDECLARED)), WANT(7, UNDECLARED, EXCEPTED) },
	{ "undeclared, by the owner", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  UNDECLARED_BY(HP_GRANTS_EXTERNAL), WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, by one that is no owner", ENFORCE(VC_ALL), ROW(OWNER, OWNER, 0),
	  UNDECLARED_BY(0), WANT(7, OWNER, DENIED) },
	{ "undeclared, of a row that is retired", ENFORCE(VC_ALL), ROW(RETIRED, RETIRED, 0),
	  UNDECLARED_BY(0), WANT(7, RETIRED, DENIED) },
	{ "undeclared, no row", ENFORCE(VC_ALL), NO_ROW, UNDECLARED_BY(0),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "undeclared, a client's owner", ENFORCE(VC_ALL), BARE(0), UNDECLARED_BY(HP_GRANTS_CLIENT),
	  WANT(0, NONE, ALLOWED) },
	{ "undeclared, chosen", ENFORCE(VC_ALL), ROW(NONE, NONE, 0),
	  GRANTED_CHOSEN(TCP, EXTERNAL, 9100, HP_GRANTS_UNDECLARED), WANT(7, NONE, ALLOWED) },
	{ "undeclared, port 0", ENFORCE(VC_DEFAULT), NO_ROW,
	  GRANTED(TCP, EXTERNAL, 0, HP_GRANTS_UNDECLARED), WANT(0, EPHEMERAL, ALLOWED) },
	{ "undeclared, a kernel socket declares nothing", KERNEL_TOO(VC_ALL), ROW(NONE, NONE, 0),
	  .query = { .proto = HP_PROTO_TCP,
		     .scope = HP_SCOPE_EXTERNAL,
		     .port = 9100,
		     .kernel_socket = 1,
		     .grants = HP_GRANTS_UNDECLARED },
	  WANT(7, NONE, ALLOWED) },
	{ "undeclared, an unknown pod", ENFORCE(VC_ALL), ROW(NONE, NONE, VC_BIT(UNDECLARED)),
	  UNDECLARED_BY(HP_GRANTS_POD), WANT(7, UNDECLARED, ALLOWED) },
	{ "undeclared, an unknown pod, audit", DENY_UNKNOWN(AUDIT, VC_ALL), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(HP_GRANTS_POD), WANT(7, UNDECLARED, ALLOWED) },
	{ "undeclared, an unknown pod, to be denied", DENY_UNKNOWN(ENFORCE, VC_ALL),
	  ROW(NONE, NONE, 0), UNDECLARED_BY(HP_GRANTS_POD), WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, an unknown pod, only owner is denied",
	  DENY_UNKNOWN(ENFORCE, VC_DEFAULT | VC_BIT(OWNER)), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(HP_GRANTS_POD), WANT(7, UNDECLARED, ALLOWED) },
	{ "undeclared, a pod that is known", ENFORCE(VC_ALL), ROW(NONE, NONE, 0),
	  UNDECLARED_BY(HP_GRANTS_POD | HP_GRANTS_KNOWN), WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, essential", ENFORCE(VC_ALL), ESSENTIAL, UNDECLARED_BY(0),
	  WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, essential, audit", AUDIT(VC_ALL), ESSENTIAL, UNDECLARED_BY(0),
	  WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, essential, to be denied", DENY_ESSENTIAL(ENFORCE), ESSENTIAL,
	  UNDECLARED_BY(0), WANT(7, UNDECLARED, DENIED) },
	{ "undeclared, essential, to be denied, audit", DENY_ESSENTIAL(AUDIT), ESSENTIAL,
	  UNDECLARED_BY(0), WANT(7, UNDECLARED, AUDITED) },
	{ "undeclared, essential, excepted", ENFORCE(VC_ALL),
	  ESSENTIAL_BUT(NONE, VC_BIT(UNDECLARED)), UNDECLARED_BY(0),
	  WANT(7, UNDECLARED, EXCEPTED) },
	{ "undeclared, essential, declared", ENFORCE(VC_ALL), ESSENTIAL, ASK(TCP, EXTERNAL, 9100),
	  WANT(7, NONE, ALLOWED) },
	{ "undeclared, essential, by one that is no owner", ENFORCE(VC_ALL),
	  ESSENTIAL_BUT(OWNER, 0), UNDECLARED_BY(0), WANT(7, OWNER, DENIED) },

	/* Port 0: the row is not looked at, whatever it says. */
	/* Chosen by the kernel: what no row names is ephemeral, and a row holds as ever. */
	{ "chosen, no row, audit", AUDIT(VC_DEFAULT), NO_ROW, CHOSEN(TCP, EXTERNAL, 40000),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "chosen, no row, enforce", ENFORCE(VC_DEFAULT), NO_ROW, CHOSEN(UDP, EXTERNAL, 40000),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "asked for, no row, enforce", ENFORCE(VC_DEFAULT), NO_ROW, ASK(UDP, EXTERNAL, 40000),
	  WANT(0, UNREGISTERED, DENIED) },
	{ "chosen, no row, opted in", ENFORCE(VC_ALL), NO_ROW, CHOSEN(TCP, LOCALHOST, 40000),
	  WANT(0, EPHEMERAL, DENIED) },
	{ "chosen, allowed", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), CHOSEN(TCP, EXTERNAL, 40000),
	  WANT(7, NONE, ALLOWED) },
	{ "chosen, retired, audit", AUDIT(VC_DEFAULT), ROW(RETIRED, RETIRED, 0),
	  CHOSEN(TCP, EXTERNAL, 40000), WANT(7, RETIRED, AUDITED) },
	{ "chosen, retired, enforce", ENFORCE(VC_DEFAULT), ROW(RETIRED, RETIRED, 0),
	  CHOSEN(TCP, LOCALHOST, 40000), WANT(8, RETIRED, DENIED) },
	{ "chosen, localhost-only, external", ENFORCE(VC_DEFAULT), ROW(SCOPE, NONE, 0),
	  CHOSEN(UDP, EXTERNAL, 40000), WANT(7, SCOPE, DENIED) },
	{ "chosen, localhost-only, localhost", ENFORCE(VC_DEFAULT), ROW(SCOPE, NONE, 0),
	  CHOSEN(UDP, LOCALHOST, 40000), WANT(8, NONE, ALLOWED) },
	{ "chosen, only an exception names it", ENFORCE(VC_DEFAULT), BARE(VC_BIT(UNREGISTERED)),
	  CHOSEN(TCP, EXTERNAL, 40000), WANT(0, EPHEMERAL, ALLOWED) },
	{ "chosen, opted in, excepted", ENFORCE(VC_ALL), BARE(VC_BIT(EPHEMERAL)),
	  CHOSEN(TCP, EXTERNAL, 40000), WANT(0, EPHEMERAL, EXCEPTED) },
	{ "port 0, unset", UNSET(VC_ALL), NO_ROW, ASK(TCP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "port 0, audit", AUDIT(VC_DEFAULT), NO_ROW, ASK(TCP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "port 0, enforce, defaults", ENFORCE(VC_DEFAULT), NO_ROW, ASK(UDP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, ALLOWED) },
	{ "port 0, audit, opted in", AUDIT(VC_ALL), NO_ROW, ASK(TCP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, AUDITED) },
	{ "port 0, enforce, opted in", ENFORCE(VC_ALL), NO_ROW, ASK(TCP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, DENIED) },
	{ "port 0, enforce, opted in, localhost", ENFORCE(VC_ALL), NO_ROW, ASK(UDP, LOCALHOST, 0),
	  WANT(0, EPHEMERAL, DENIED) },
	{ "port 0, opted in, kernel socket", ENFORCE(VC_ALL), NO_ROW, KERNEL(UDP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, AUDITED) },
	{ "port 0, opted in, kernel socket, deny-kernel", KERNEL_TOO(VC_ALL), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 0), WANT(0, EPHEMERAL, DENIED) },
	{ "port 0, kernel socket, defaults", KERNEL_TOO(VC_DEFAULT), NO_ROW,
	  KERNEL(UDP, EXTERNAL, 0), WANT(0, EPHEMERAL, ALLOWED) },
	{ "port 0, a row that allows", ENFORCE(VC_ALL), ROW(NONE, NONE, 0), ASK(TCP, EXTERNAL, 0),
	  WANT(0, EPHEMERAL, DENIED) },
	{ "port 0, an exception is not for it", ENFORCE(VC_ALL), BARE(VC_BIT(EPHEMERAL)),
	  ASK(TCP, EXTERNAL, 0), WANT(0, EPHEMERAL, DENIED) },
};

#define VERDICT_CASES (sizeof(verdict_cases) / sizeof(verdict_cases[0]))
