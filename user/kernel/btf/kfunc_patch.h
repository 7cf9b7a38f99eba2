/* SPDX-License-Identifier: MIT */
/*
 * Patches calls of the kernel's bpf_rdonly_cast() into the places that the programs keep for them
 * (HP_CAST_CALL in bpf/abi.h). libbpf does it for a __ksym, but reads all of the kernel's BTF to
 * find the number.
 */
#pragma once

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers in the kernel's BTF. A kernel that lacks one of them can't cast. */
struct kfunc_ids {
	uint32_t call; /* of the function */
	uint32_t sock; /* of struct sock */
	uint32_t task; /* of struct task_struct */
	uint32_t inet; /* of struct inet_sock */
};

/* Patch a program of n instructions. How many calls were patched; none is left then. */
size_t kfunc_patch(struct bpf_insn *insns, size_t n, const struct kfunc_ids *ids);
