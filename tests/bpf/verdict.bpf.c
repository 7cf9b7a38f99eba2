// SPDX-License-Identifier: GPL-2.0-only
/* Runs hp_decide() as the verifier and the JIT make it, on cases from user space. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "verdict_case.h"

/* As in the real programs a row is what a look-up finds, or does not. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hp_row);
} rows SEC(".maps");

SEC("syscall")
int verdict(struct verdict_ctx *ctx)
{
	struct hp_config config = ctx->config;
	struct hp_query query = ctx->query;
	struct hp_row row = ctx->row;
	__u32 stored = 0, asked = ctx->has_row ? 0 : 1;

	if (bpf_map_update_elem(&rows, &stored, &row, BPF_ANY))
		return 1;
	/* keep the copies on the stack: the verifier allows no variable offset into the context */
	asm volatile("" ::"r"(&config), "r"(&query) : "memory");
	ctx->decision = hp_decide(&config, bpf_map_lookup_elem(&rows, &asked), &query);
	return 0;
}

char _license[] SEC("license") = "GPL";
