/* SPDX-License-Identifier: MIT */
/*
 * The ways of taking a port: one table, for `hostportctl coverage`, the tests
 * and the documentation. What each did is measured by trying it; the table
 * says only how to try.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"

enum way_kind {
	WAY_EXPLICIT, /* the subject names the port in a bind() */
	WAY_CHOSEN,   /* the kernel chooses; its choice is narrowed to one port from outside */
	WAY_PORTLESS, /* no port of a transport protocol is taken: raw and packet sockets */
};

/*
 * What came of it, in memory that the subject shares with who watches it. The
 * state is what a program could tell the difference by.
 */
struct way_result {
	char step[24];	   /* the last step that was made, "bind" or "sendto" */
	int error;	   /* of that step: 0, or a positive errno */
	bool absent;	   /* this kernel lacks what the way needs; `step` and `error` say which */
	bool slow;	   /* a step took longer than WAY_SLOW_MS */
	uint16_t port;	   /* of the socket, host byte order; 0: none */
	uint8_t family;	   /* of the address that it is bound to: 4 or 6; 0: none */
	uint8_t addr[16];  /* that address, network byte order */
	uint8_t tcp_state; /* TCP_LISTEN and so on; 0: no TCP socket */
};
#define WAY_SLOW_MS 1000

/* What a subject works with. It runs in a process of its own, which ends after it. */
struct subject {
	uint16_t port;		  /* to take, host byte order */
	int netns;		  /* of the namespace that is checked; the subject is in it */
	int other_netns;	  /* of another one, that is not */
	const char *cgroup;	  /* whose sockets the programs see; the subject is in it */
	const char *other_cgroup; /* a cgroup that they are not attached to */
	struct way_result *result;
	int fd;	     /* of the socket that holds the port, kept open by the subject; -1: none yet */
	int data[4]; /* the way's own, from prepare() to take() */
};

/* Both fill in the result and leave open what holds the port. */
typedef void (*way_fn)(struct subject *subject);

struct way {
	const char *name;  /* "tcp4", as --json has it; does not change */
	const char *title; /* one line, for people */
	enum way_kind kind;
	uint8_t proto;	  /* enum hp_proto: whose port is taken */
	const char *note; /* NULL, or what a reader should know: why it is as it is */
	way_fn prepare;	  /* NULL, or what is done before the programs are attached */
	way_fn take;
};

/* All of them, in the order in which they are shown. */
extern const struct way ways[];
extern const size_t ways_len;
