/* SPDX-License-Identifier: MIT */
/*
 * The ways of taking a port, or of answering on one: one table, for `hostportctl coverage`,
 * the tests and the documentation. The table says how to try a way; what it does is measured.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"

enum way_kind {
	WAY_EXPLICIT, /* the subject names the port in a bind() */
	WAY_CHOSEN,   /* the kernel chooses, from a range that is narrowed to one port */
	WAY_PORTLESS, /* no port of a transport protocol is taken: raw and packet sockets */
	WAY_UNTRIED,  /* a port is answered on without a socket that has it: stated, not tried */
};

/*
 * The result of a subject, in memory that it shares with the process that started
 * it: all by which a program could see a difference. `port` and the fields after it
 * are as the kernel has them after the last step, even if that step failed: a port
 * that is not 0 is held.
 */
struct way_result {
	char step[24];	   /* the last step that was made, "bind" or "sendto" */
	int error;	   /* of that step: 0, or a positive errno */
	bool absent;	   /* this kernel lacks what the way needs; `step` and `error` say which */
	bool slow;	   /* a step took longer than WAY_SLOW_US */
	uint16_t port;	   /* of the socket, host byte order; 0: none */
	uint8_t family;	   /* of the address to which it is bound: 4 or 6; 0: none */
	uint8_t addr[16];  /* this address, network byte order */
	uint8_t tcp_state; /* TCP_LISTEN and so on; 0: no TCP socket */
};
#define WAY_SLOW_US 1000000

struct way;

/*
 * A subject takes a port in one way. It runs in a process of its own; the processes
 * that it starts are killed when that one ends, a moment later.
 *
 * Three things outlive the subject, and its starter removes them: a cgroup made
 * below `cgroup`; for a moment, a process in `other_cgroup`; and a VXLAN device,
 * which holds its port until its namespace is gone. So each way needs a namespace,
 * or at least a port, of its own.
 */
struct subject {
	const struct way *way;	  /* the way that is tried */
	uint16_t port;		  /* the port to take, host byte order, not privileged */
	int netns;		  /* the checked namespace; the subject is in it */
	int other_netns;	  /* one that is not checked */
	const char *cgroup;	  /* directory; the programs are attached, the subject is in it */
	const char *other_cgroup; /* directory of one without programs */
	struct way_result *result;
	int fd;	     /* the socket that holds the port, kept open; -1: none yet */
	int data[4]; /* for the way's own use */
};

/*
 * prepare() and take() fill in the result and keep the socket that holds the port
 * open. Each ends within seconds. take() does nothing if prepare() has failed.
 */
typedef void (*way_fn)(struct subject *subject);

/* How a socket is made and bound. A zero field is not used. */
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
	const char *name;  /* "tcp4", as in --json; never changes */
	const char *title; /* one line, for people */
	enum way_kind kind;
	uint8_t proto;	/* of the port: enum hp_proto */
	bool outside;	/* the port is another namespace's: no record may name it */
	bool no_row;	/* WAY_CHOSEN: no row names the port, where others have a retired one */
	bool own_range; /* the subject narrows the range of its socket, not of the namespace */
	bool kernel; /* some kernels take it for a kernel socket: denied only with --deny-kernel */
	const char *note; /* why the answer is what it is; NULL: the judgement gives the reason. A
			     way that is not tried has one */
	way_fn prepare;	  /* done before the programs are attached, or NULL */
	way_fn take;	  /* NULL: WAY_UNTRIED */
	struct way_socket socket;
};

/* Can a record or a socket of the port be the way's? */
static inline bool way_has_port(const struct way *way)
{
	return way->kind == WAY_EXPLICIT || way->kind == WAY_CHOSEN;
}

/* All ways, in the order in which they are shown. */
extern const struct way ways[];
extern const size_t ways_len;

/* The way of that name; NULL: there is none. */
const struct way *way_find(const char *name);

/*
 * Some ways need an exec(), so the subject runs its own program again. If argv[1]
 * is this word, main() does nothing but return subject_exec_main():
 *
 *   PROGRAM SUBJECT_EXEC_ARG ROLE WAY PORT
 *
 * Descriptor 3 is the socket, 4 a pipe for the struct way_result. The process stays
 * until it is killed with the subject.
 */
#define SUBJECT_EXEC_ARG "--coverage-subject"
int subject_exec_main(int argc, char **argv);
