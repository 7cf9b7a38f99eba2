/* SPDX-License-Identifier: MIT */
/*
 * Calls of the kernel's bpf_rdonly_cast(), put in the places that the programs keep for them
 * (HP_CAST_CALL in bpf/abi.h). libbpf would do it for a __ksym, but reads all of the kernel's
 * BTF to find its number.
 */
#pragma once

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers in the kernel's BTF; a kernel that lacks one of them can't cast. */
struct kfunc_ids {
	uint32_t call; /* of the function */
	uint32_t sock; /* of struct sock */
	uint32_t task; /* of struct task_struct */
	uint32_t run;  /* of struct bpf_cg_run_ctx */
};

/* Put the calls into a program of n instructions. How many: none is left. */
size_t kfunc_patch(struct bpf_insn *insns, size_t n, const struct kfunc_ids *ids);
