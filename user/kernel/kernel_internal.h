/* SPDX-License-Identifier: MIT */
/* The inside of struct kernel, for the files of this folder alone. */
#pragma once

#include <errno.h>

#include "btf/kernel_btf.h"
#include "kernel.h"
#include "libbpf.h"
#include "program_names.h"
#include "program_table.h"
#include "records.h"
#include "row_map.h"

#include "bpf/hostport.skel.h"

struct kernel {
	struct hostport_bpf *skel;
	unsigned int groups; /* of programs that are loaded: enum program_group */
	struct bpf_link *links[PROGRAMS];
	uint32_t added; /* links that an adopted instance did not have: 1 << enum program */

	struct pins *pins;	    /* borrowed; NULL: none */
	struct hp_info info;	    /* whose maps these are */
	bool adopted;		    /* the maps were there before: then what was in force, */
	uint32_t active_before;	    /* hp_active, */
	uint32_t generation_before; /* and its number */

	bool has_pods;			    /* see kernel_set_pods() */
	uint32_t generation;		    /* policies published so far */
	uint32_t len;			    /* rows of the last one */
	bool unread;			    /* no program reads the half that is not in use */
	int rows;			    /* the row map that was put in place last; -1: none */
	uint32_t spare_len;		    /* rows that go into it; 0: it is in use */
	struct row_map_first first_row_map; /* while the programs are loaded */

	int cpus;
	struct hp_counters *per_cpu; /* room for one reading */
	struct hp_told *told;	     /* mapped */
	struct records *records;
	kernel_event_fn on_event;
	void *on_event_data;

	struct program_names *names; /* NULL: not needed yet, or not to be had */
	bool names_tried;
};

/* The kernel's own ENOTSUPP, which it returns where there are no trampolines: it has no text. */
#define KERNEL_ENOTSUPP 524

/* The errno to tell of a failure: one that strerror() has a text for. Both are positive. */
static inline int kernel_errno_told(int error)
{
	return error == KERNEL_ENOTSUPP ? EOPNOTSUPP : error;
}

/*
 * adopt.c: find an instance of ours among the pins. Fills in kernel->info, and adopted
 * if there is one. Needs an opened object.
 */
int adopt_find(struct kernel *kernel, const struct kernel_settings *settings);

/* Let an opened object use the maps of the instance. 0, or a negative errno. */
int adopt_maps(const struct kernel *kernel, const struct hostport_bpf *skel);

/* The pin of a map. bpffs keeps names with dots for itself. */
struct adopt_pin {
	char text[64];
};
struct adopt_pin adopt_pin_of(const struct bpf_map *map);

/* Does a map's name, and pin, outlive its program? Constants belong to the program. */
bool adopt_is_kept(const struct bpf_map *map);

/* Does the error mean that ours does not exist, rather than that it can't be seen now? */
bool adopt_means_none(int r);

/* Pin the maps of a loaded object as a new instance. It is complete after adopt_complete(). */
int adopt_begin(struct kernel *kernel);
int adopt_complete(struct kernel *kernel);

/*
 * object.c: open the object, unless it is open. `btf` is what it is relocated by; where it
 * can't be had, libbpf reads the kernel's by itself. 0, or a negative errno.
 */
int object_open(struct kernel *kernel, struct kernel_btf *btf);

/* Load these groups of the opened object's programs. 0, or a negative errno. */
int object_load(struct kernel *kernel, const struct kernel_btf *btf, unsigned int groups);
void object_close(struct kernel *kernel);

/*
 * maps.c: set what programs are to know before they are loaded, and take over the maps
 * of the instance. 0, or a negative errno.
 */
int maps_prepare(struct kernel *kernel, const struct kernel_settings *settings, bool can_cast);

/* Make ready for use: maps that were there go on as they are, new ones begin from nothing. */
int maps_ready(struct kernel *kernel);
