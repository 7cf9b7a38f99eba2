/* SPDX-License-Identifier: MIT */
/* One table of the BPF programs: what each is for, where it attaches and what it needs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "libbpf.h"

#include "bpf/hostport.skel.h"

enum program {
	PROGRAM_BIND4 = KERNEL_BIND4,
	PROGRAM_BIND6 = KERNEL_BIND6,
	PROGRAM_POST_BIND4 = KERNEL_POST_BIND4,
	PROGRAM_POST_BIND6 = KERNEL_POST_BIND6,
	PROGRAM_LISTEN_SOCKOPS,
	PROGRAM_LISTEN_FEXIT,
	PROGRAM_SCTP_BIND,
	PROGRAM_SCTP_LISTEN,
	PROGRAM_SCTP_BINDX,
	PROGRAMS,
};

/* What programs are for. Those of a group load together or not at all; bits of a set. */
enum program_group {
	PROGRAMS_BIND = 1,    /* check bind(): required, nothing is effective without them */
	PROGRAMS_SOCKOPS = 2, /* report listen() on a port of the kernel's choice; any kernel */
	PROGRAMS_FEXIT = 4,   /* the same; needs tracing programs */
	PROGRAMS_SCTP = 8,    /* check SCTP; needs LSM programs */
};
#define PROGRAMS_LISTEN (PROGRAMS_SOCKOPS | PROGRAMS_FEXIT)

/* Where a program attaches. */
enum program_place {
	PROGRAM_AT_CGROUP,
	PROGRAM_AT_FUNCTION, /* a kernel function that it traces */
	PROGRAM_AT_LSM,
};

struct program_entry {
	enum program_group group;
	enum program_place place;
	enum bpf_attach_type type;
	size_t member;	  /* of struct hostport_bpf: see program_of() */
	const char *hook; /* the attach type, as bpftool names it */
	const char *pin;  /* the name of its link's pin */
};

extern const struct program_entry program_table[PROGRAMS];

/* The program in an opened object. */
static inline struct bpf_program *program_of(const struct hostport_bpf *skel, enum program program)
{
	return *(struct bpf_program *const *)((const char *)skel + program_table[program].member);
}
