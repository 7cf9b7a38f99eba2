// SPDX-License-Identifier: MIT
#include "kfunc_patch.h"

#include <stdbool.h>

#include "../../../bpf/abi.h"

static bool is_place(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == 0 &&
	       insn->imm == HP_CAST_CALL;
}

/* Of the structure that an object is cast to. */
static uint32_t type_id(const struct kfunc_ids *ids, int32_t number)
{
	switch (number) {
	case HP_CAST_TASK:
		return ids->task;
	case HP_CAST_INET:
		return ids->inet;
	}
	return ids->sock;
}

/* The second argument is always set by the instruction before: see cast() in bpf/sock.bpf.h. */
size_t kfunc_patch(struct bpf_insn *insns, size_t n, const struct kfunc_ids *ids)
{
	size_t put = 0;

	for (size_t i = 1; i < n; i++) {
		struct bpf_insn *call = &insns[i], *type = &insns[i - 1];

		if (!is_place(call))
			continue;
		type->imm = (int32_t)type_id(ids, type->imm);
		call->src_reg = BPF_PSEUDO_KFUNC_CALL;
		call->imm = (int32_t)ids->call;
		put++;
	}
	return put;
}
