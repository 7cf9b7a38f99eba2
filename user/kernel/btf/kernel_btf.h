/* SPDX-License-Identifier: MIT */
/* What the object has to know of the types of the kernel that runs, and no more. */
#pragma once

#include "kfunc_patch.h"
#include "../libbpf.h"

struct kernel_btf {
	int fd;	       /* a file with a BTF for libbpf to relocate by; -1: none */
	char path[32]; /* its name, as long as it is open */
	struct kfunc_ids casts;
};
#define KERNEL_BTF_NONE                                                                            \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Begin with an empty file, whose name an object can be opened with. 0, or a negative errno. */
int kernel_btf_open(struct kernel_btf *btf);

/*
 * Fill it with the types that an opened object names, out of the kernel's. 0, or a negative
 * errno: the kernel has no BTF, or one that is not understood, or memory ran out.
 */
int kernel_btf_fill(struct kernel_btf *btf, const struct bpf_object *object);

/* Are there all that a cast takes? */
bool kernel_btf_can_cast(const struct kernel_btf *btf);

/* Close the file; what is known of casts stays. */
void kernel_btf_close(struct kernel_btf *btf);
