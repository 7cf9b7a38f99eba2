/* SPDX-License-Identifier: MIT */
/* The insides of struct kernel, for kernel.c, load.c, attach.c and foreign_programs.c. */
#pragma once

#include "kernel.h"
#include "libbpf.h"
#include "program_names.h"
#include "records.h"
#include "btf/kernel_btf.h"

#include "bpf/hostport.skel.h"

/* The programs; those without which nothing is effective come first. */
enum part {
	PART_BIND4 = KERNEL_BIND4,
	PART_BIND6 = KERNEL_BIND6,
	PART_POST_BIND4 = KERNEL_POST_BIND4,
	PART_POST_BIND6 = KERNEL_POST_BIND6,
	PART_LISTEN_SOCKOPS,
	PART_LISTEN_FEXIT,
	PART_SCTP_BIND,
	PART_SCTP_LISTEN,
	PART_SCTP_BINDX,
	PART_MAX,
};

/*
 * The programs are loaded as two objects, at once: to verify them is what a start takes most of
 * its time for, and the kernel does that on the CPU that asks.
 */
enum half {
	HALF_BIND, /* and what not every kernel takes */
	HALF_POST_BIND,
	HALVES,
};

struct kernel {
	struct hostport_bpf *skel; /* of the maps: without programs, later that of a half */
	struct hostport_bpf *programs[HALVES];
	struct bpf_link *links[PART_MAX];
	struct records *records;
	struct pins *pins;	     /* borrowed; NULL: none */
	struct kernel_btf btf;	     /* of this kernel, that the object names */
	bool plain;		     /* without them: libbpf is to find out by itself */
	bool adopted;		     /* the maps were there before */
	uint32_t active_before;	     /* of an adopted instance: hp_active, */
	uint32_t generation_before;  /* and its number */
	uint32_t added;		     /* links that it did not have: 1 << enum part */
	struct hp_info info;	     /* whose maps these are */
	struct hp_told *told;	     /* mapped */
	struct hp_counters *per_cpu; /* room for one reading */
	int cpus;
	uint32_t generation;
	uint32_t len;	    /* rows of the policy published last */
	bool unread;	    /* no program reads the half that is not in use */
	int rows;	    /* the row map that was put in place last; -1: none */
	uint32_t spare_len; /* rows that go into it; 0: it is in use */
	int row_maps;	    /* the map of row maps that was made ahead, borrowed; -1: none */
	uint32_t parts;	    /* of the programs beside the four: which are loaded, 1 << enum part */
	struct program_names *names; /* NULL: not needed yet, or not to be had */
	bool names_tried;
	kernel_event_fn on_event;
	void *on_event_data;
};

/* Programs that not every kernel takes, as bits 1 << enum part. */
#define PARTS_FEXIT   (1U << PART_LISTEN_FEXIT)
#define PARTS_SOCKOPS (1U << PART_LISTEN_SOCKOPS)
#define PARTS_SCTP    (1U << PART_SCTP_BIND | 1U << PART_SCTP_LISTEN | 1U << PART_SCTP_BINDX)

/* Those without which nothing is effective. */
#define PARTS_BIND	(1U << PART_BIND4 | 1U << PART_BIND6)
#define PARTS_POST_BIND (1U << PART_POST_BIND4 | 1U << PART_POST_BIND6)

/* adopt.c: find an instance of ours among the pins: fill kernel->info, and adopted if there is one.
 * The object stays open. */
int adopt_find(struct kernel *kernel, const struct kernel_settings *settings);

/* Let an opened object use the maps of the instance. 0, or a negative errno. */
int adopt_maps(const struct kernel *kernel, const struct hostport_bpf *skel);

/* Pin the maps of a loaded object as a new instance; it is complete after adopt_complete(). */
int adopt_begin(struct kernel *kernel);
int adopt_complete(struct kernel *kernel);

/*
 * object.c: open the object whose maps are used, unless it is open; and once more for programs,
 * the caller's to destroy. 0, or a negative errno.
 */
int object_open(struct kernel *kernel);
int object_open_again(const struct kernel *kernel, struct hostport_bpf **ret_skel);

/*
 * maps.c: make the maps, or take over those of the instance; 0, or a negative errno. Once the
 * programs are loaded, make ready for use: maps that were there go on as they are, what is new
 * begins from nothing.
 */
int maps_load(struct kernel *kernel, const struct kernel_settings *settings);
int maps_ready(struct kernel *kernel);

/*
 * halves.c: open the object once more and load the programs in `parts` (1 << enum part) of that
 * half onto the maps, which are there; what was loaded of it before goes. 0, or a negative errno.
 */
int half_load(struct kernel *kernel, enum half half, uint32_t parts);

/* load.c: give all objects back. */
void unload(struct kernel *kernel);

/* The program of a part. */
struct bpf_program *part_program(const struct kernel *kernel, enum part part);
