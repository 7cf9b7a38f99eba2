/* SPDX-License-Identifier: MIT */
/* The part of the running kernel's BTF that our programs are relocated by. */
#pragma once

#include <stdbool.h>

#include "../libbpf.h"
#include "kfunc_patch.h"

struct kernel_btf {
	int fd;		     /* a file with a BTF for libbpf to relocate by; -1: none */
	char path[32];	     /* its name, as long as it is open */
	bool is_filled;	     /* it has its content */
	bool left_to_libbpf; /* it is not used: libbpf reads the kernel's BTF by itself */
	struct kfunc_ids casts;
};
#define KERNEL_BTF_NONE                                                                            \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Begin with an empty file, whose name an object can be opened with. 0, or a negative errno. */
int kernel_btf_open(struct kernel_btf *btf);

/*
 * Fill it with those of the kernel's types that an opened object names; once is enough. 0, or
 * a negative errno: the kernel has no BTF, or one that is not understood, or memory ran out.
 */
int kernel_btf_fill(struct kernel_btf *btf, const struct bpf_object *object);

/* Can bpf_rdonly_cast() be patched in? */
bool kernel_btf_can_cast(const struct kernel_btf *btf);

void kernel_btf_close(struct kernel_btf *btf);
