// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the programs of others are called. To be told of a program by its id takes
 * CAP_SYS_ADMIN; an iterator over all of them does not.
 */
#include "../vmlinux/vmlinux.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"

SEC("iter/bpf_prog")
int hp_programs(struct bpf_iter__bpf_prog *ctx)
{
	struct bpf_prog *prog = ctx->prog;
	struct hp_program program = {};

	if (!prog)
		return 0;
	program.id = BPF_CORE_READ(prog, aux, id);
	BPF_CORE_READ_STR_INTO(&program.name, prog, aux, name);
	bpf_seq_write(ctx->meta->seq, &program, sizeof(program));
	return 0;
}

char _license[] SEC("license") = "GPL";
