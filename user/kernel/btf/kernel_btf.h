/* SPDX-License-Identifier: MIT */
/* What the object has to know of the types of the kernel that runs, and no more. */
#pragma once

#include "kfunc_patch.h"
#include "../libbpf.h"

struct types {
	int fd;	       /* a file with a BTF for libbpf to relocate by; -1: none */
	char path[32]; /* its name, as long as it is open */
	struct cast_ids casts;
};
#define TYPES_NONE                                                                                 \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Begin with an empty file, whose name an object can be opened with. 0, or a negative errno. */
int types_open(struct types *types);

/*
 * Fill it with the types that an opened object names, out of the kernel's. 0, or a negative
 * errno: the kernel has no BTF, or one that is not understood, or memory ran out.
 */
int types_fill(struct types *types, const struct bpf_object *object);

/* Are there all that a cast takes? */
bool types_can_cast(const struct types *types);

/* Close the file; what is known of casts stays. */
void types_close(struct types *types);
