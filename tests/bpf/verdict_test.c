// SPDX-License-Identifier: MIT
/*
 * The verdict table inside the kernel: the cases of tests/unit/verdict_cases.h,
 * each decided by a program under BPF_PROG_TEST_RUN.
 */
#include "../unit/test.h"

#include <errno.h>
#include <stdio.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../unit/verdict_cases.h"
#include "tests/bpf/verdict.skel.h"
#include "verdict_case.h"

static int setup(void **state)
{
	struct verdict_bpf *skel = verdict_bpf__open_and_load();

	if (!skel)
		fail_msg("loading the test program: %s", strerror(errno));
	*state = skel;
	return 0;
}

static int teardown(void **state)
{
	verdict_bpf__destroy(*state);
	return 0;
}

static struct hp_decision decide_in_kernel(struct verdict_bpf *skel, const struct verdict_case *c)
{
	struct verdict_io io = {
		.config = c->config,
		.row = c->row,
		.query = c->query,
		.has_row = c->has_row,
		.decision = { .row = 0xdeadbeef, .cls = 0xee, .verdict = 0xee },
	};
	int cases = bpf_map__fd(skel->maps.cases);
	char packet[64] = { 0 };
	uint32_t first = 0;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	assert_int_equal(bpf_map_update_elem(cases, &first, &io, BPF_ANY), 0);
	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.verdict), &opts), 0);
	assert_int_equal(opts.retval, 0);
	assert_int_equal(bpf_map_lookup_elem(cases, &first, &io), 0);
	return io.decision;
}

static void test_cases(void **state)
{
	for (size_t i = 0; i < VERDICT_CASES; i++) {
		const struct verdict_case *c = &verdict_cases[i];
		struct hp_decision d = decide_in_kernel(*state, c);

		check_int(c->name, d.verdict, c->want.verdict);
		check_int(c->name, d.cls, c->want.cls);
		check_int(c->name, d.row, c->want.row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests_name("verdict in the kernel", tests, setup, teardown);
}
