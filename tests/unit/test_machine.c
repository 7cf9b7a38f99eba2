// SPDX-License-Identifier: MIT
/* What machines of a role get: what nft and sysctl get, and where there is nothing for them. */
#include "export_cases.h"

#include <errno.h>

#include "../../user/formats/machine.h"

static void test_pools(void **state)
{
	static const struct {
		enum reg_role role;
		const char *want;
	} cases[] = {
		{ REG_ROLE_CONTROL_PLANE, "master" },
		{ REG_ROLE_WORKER, "worker" },
		{ REG_ROLE_ANY, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf said = { 0 };

		check_text("pool", machine_pool(cases[i].role, &said), cases[i].want);
		check_text("said", said.data,
			   cases[i].want ? NULL :
					   "a MachineConfig is of one role: --role=control-plane "
					   "or --role=worker\n");
	}
}

/* The files are those of the formats; what one of them refuses is refused. */
static void test_files(void **state)
{
	static const struct {
		const char *name, *lists;
		int r;
		bool reserved;
	} cases[] = {
		{ "rules alone", "entries: [" SSH "]", 0, false },
		{ "both", "entries: [" SSH ", {ports: 60000, protocol: tcp, process: p}]", 0,
		  true },
		{ "no rules", "", -EINVAL, false },
		{ "no port would be left", "entries: [{ports: 1-65535, protocol: tcp, process: p}]",
		  -EINVAL, false },
	};
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *reg = registry_of_lists(cases[i].lists);
		_cleanup_(policy_freep) struct policy *policy = NULL;
		_cleanup_machine_ struct machine machine = { 0 };
		_cleanup_buf_ struct buf said = { 0 };
		struct export_job job = {
			.registry = reg, .facts = &worker, .first = 32768, .last = 60999
		};

		assert_int_equal(policy_build(reg, &worker, &policy), 0);
		job.policy = policy;
		check_int(cases[i].name, machine_build(&job, &machine, &said), cases[i].r);
		if (cases[i].r < 0)
			continue;
		_cleanup_exported_ struct exported nft = export_registry("nft", reg, &worker);
		_cleanup_exported_ struct exported ports =
			export_registry("reserved-ports", reg, &worker);

		check_text(cases[i].name, machine.rules.data, nft.out.data);
		check_text(cases[i].name, machine.reserved.data,
			   cases[i].reserved ? ports.out.data : NULL);
	}
}

/* The unit loads the file that is there. */
static void test_unit(void **state)
{
	(void)state;
	assert_non_null(strstr(machine_unit, "\nExecStart=/usr/sbin/nft -f " MACHINE_RULES "\n"));
	assert_non_null(strstr(machine_unit, "\nExecReload=/usr/sbin/nft -f " MACHINE_RULES "\n"));
	assert_non_null(strstr(machine_unit, "\nBefore=network-pre.target\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
