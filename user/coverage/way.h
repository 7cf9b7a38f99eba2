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
 * state is what a program could tell the difference by. `port` and what follows
 * is as the kernel tells it after the last step, also where that step failed:
 * a port that is not 0 is held.
 */
struct way_result {
	char step[24];	   /* the last step that was made, "bind" or "sendto" */
	int error;	   /* of that step: 0, or a positive errno */
	bool absent;	   /* this kernel lacks what the way needs; `step` and `error` say which */
	bool slow;	   /* a step took longer than WAY_SLOW_US */
	uint16_t port;	   /* of the socket, host byte order; 0: none */
	uint8_t family;	   /* of the address that it is bound to: 4 or 6; 0: none */
	uint8_t addr[16];  /* that address, network byte order */
	uint8_t tcp_state; /* TCP_LISTEN and so on; 0: no TCP socket */
};
#define WAY_SLOW_US 1000000

struct way;

/*
 * What a subject works with. It runs in a process of its own, which ends after
 * it; the processes that it starts are killed with that one, a moment later.
 *
 * Three things outlive both, so who runs a subject removes them: a cgroup made
 * below `cgroup`; a process of the subject's in `other_cgroup`, for that moment;
 * and a VXLAN device, which holds its port until its namespace is gone. So each
 * way is given a namespace, or at least a port, of its own.
 */
struct subject {
	const struct way *way; /* that is tried */
	uint16_t port;	       /* to take, host byte order, not a privileged one */
	int netns;	       /* of the namespace that is checked; the subject is in it */
	int other_netns;       /* of another one, that is not */
	const char *cgroup; /* its directory; the programs see its sockets, the subject is in it */
	const char *other_cgroup; /* directory of a cgroup that they are not attached to */
	struct way_result *result;
	int fd;	     /* of the socket that holds the port, kept open by the subject; -1: none yet */
	int data[4]; /* the way's own, from prepare() to take() */
};

/*
 * Both fill in the result and leave open what holds the port. Each ends within
 * seconds, and take() does nothing where prepare() has failed.
 */
typedef void (*way_fn)(struct subject *subject);

/* How a socket is made and bound. Zero: an option that is not set. */
struct way_socket {
	int domain, type, protocol; /* as socket() takes them */
	int level, option, value;   /* a socket option of type int; option 0: none */
	const char *device;	    /* SO_BINDTODEVICE; NULL: none */
	const char *addr;	    /* to bind() to; NULL: no bind() */
	bool any_port;		    /* bind() to port 0 */
	bool unspec;		    /* bind() with AF_UNSPEC in place of AF_INET */
	bool listen;
};

struct way {
	const char *name;  /* "tcp4", as --json has it; does not change */
	const char *title; /* one line, for people */
	enum way_kind kind;
	uint8_t proto; /* enum hp_proto: whose port is taken */
	bool outside;  /* the port is another namespace's: nothing may be seen of it */
	bool kernel;   /* counts as the kernel's own, on some at least: denied only if asked for */
	const char *note; /* NULL, or what a reader should know: why it is as it is */
	way_fn prepare;	  /* NULL, or what is done before the programs are attached */
	way_fn take;
	struct way_socket socket;
};

/* All of them, in the order in which they are shown. */
extern const struct way ways[];
extern const size_t ways_len;

/* The way of that name; NULL: there is none. */
const struct way *way_find(const char *name);

/*
 * Some ways need a process that exec() made, so the subject runs its own program
 * once more. main() gives over to subject_exec_main() and returns what it does
 * where argv[1] is this word, before it looks at anything else:
 *
 *   PROGRAM SUBJECT_EXEC_ARG ROLE WAY PORT
 *
 * Descriptor 3 is the socket, 4 a pipe for the struct way_result. It stays until
 * it is killed with the subject.
 */
#define SUBJECT_EXEC_ARG "--coverage-subject"
int subject_exec_main(int argc, char **argv);
