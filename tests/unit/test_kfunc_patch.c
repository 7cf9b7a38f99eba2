// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/kernel/btf/kfunc_patch.h"

#define CALL (BPF_JMP | BPF_CALL)
#define MOVE (BPF_ALU64 | BPF_MOV | BPF_K)

static const struct kfunc_ids ids = { .call = 1000, .sock = 2000, .task = 3000, .inet = 4000 };

static void check_same(const struct bpf_insn *got, const struct bpf_insn *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_int("code", got[i].code, want[i].code);
		check_int("source", got[i].src_reg, want[i].src_reg);
		check_int("destination", got[i].dst_reg, want[i].dst_reg);
		check_int("offset", got[i].off, want[i].off);
		check_int("immediate", got[i].imm, want[i].imm);
	}
}

static void test_put(void **state)
{
	struct bpf_insn insns[] = {
		{ .code = MOVE, .dst_reg = 2, .imm = HP_CAST_SOCK },
		{ .code = CALL, .imm = HP_CAST_CALL },
		{ .code = CALL, .imm = BPF_FUNC_ktime_get_ns },
		{ .code = MOVE, .dst_reg = 2, .imm = HP_CAST_TASK },
		{ .code = CALL, .imm = HP_CAST_CALL },
		{ .code = MOVE, .dst_reg = 2, .imm = HP_CAST_INET },
		{ .code = CALL, .imm = HP_CAST_CALL },
	};
	const struct bpf_insn want[] = {
		{ .code = MOVE, .dst_reg = 2, .imm = 2000 },
		{ .code = CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = 1000 },
		{ .code = CALL, .imm = BPF_FUNC_ktime_get_ns },
		{ .code = MOVE, .dst_reg = 2, .imm = 3000 },
		{ .code = CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = 1000 },
		{ .code = MOVE, .dst_reg = 2, .imm = 4000 },
		{ .code = CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = 1000 },
	};

	assert_int_equal(kfunc_patch(insns, ARRAY_LEN(insns), &ids), 3);
	check_same(insns, want, ARRAY_LEN(insns));
	/* none is left */
	assert_int_equal(kfunc_patch(insns, ARRAY_LEN(insns), &ids), 0);
	check_same(insns, want, ARRAY_LEN(insns));
}

/* Numbers like ours in other instructions, and calls of other kinds. */
static void test_leave(void **state)
{
	struct bpf_insn insns[] = {
		{ .code = CALL, .imm = HP_CAST_CALL }, /* with no type before it */
		{ .code = MOVE, .dst_reg = 2, .imm = HP_CAST_SOCK },
		{ .code = MOVE, .dst_reg = 1, .imm = HP_CAST_CALL },
		{ .code = MOVE, .dst_reg = 2, .imm = HP_CAST_SOCK },
		{ .code = CALL, .src_reg = BPF_PSEUDO_CALL, .imm = HP_CAST_CALL },
	};
	struct bpf_insn want[ARRAY_LEN(insns)];

	memcpy(want, insns, sizeof(want));
	assert_int_equal(kfunc_patch(insns, ARRAY_LEN(insns), &ids), 0);
	assert_int_equal(kfunc_patch(insns, 0, &ids), 0);
	check_same(insns, want, ARRAY_LEN(insns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
