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

/* The case at hand: a program type that takes it as its context is later than Linux 5.10. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct verdict_io);
} cases SEC(".maps");

SEC("tc")
int verdict(struct __sk_buff *skb __attribute__((unused)))
{
	__u32 first = 0, asked;
	struct verdict_io *io = bpf_map_lookup_elem(&cases, &first);

	if (!io || bpf_map_update_elem(&rows, &first, &io->row, BPF_ANY))
		return 1;
	asked = io->has_row ? 0 : 1;
	io->decision = hp_decide(&io->config, bpf_map_lookup_elem(&rows, &asked), &io->query);
	return 0;
}

char _license[] SEC("license") = "GPL";
