// SPDX-License-Identifier: MIT
#include "test.h"

#include <string.h>

#include "../../user/agent/target.h"

static const struct {
	const char *name, *cgroup;
	bool is_root; /* the mount shows the root of the hierarchy */
	const char *path;
	bool everything;
} cases[] = {
	{ "the root", "/sys/fs/cgroup", true, "", true },
	{ "the top of a part", "/sys/fs/cgroup", false, "", false },
	{ "a slice", "/sys/fs/cgroup/system.slice", true, "/system.slice", false },
	{ "below a slice", "/sys/fs/cgroup/a.slice/b", true, "/a.slice/b", false },
	{ "shorter than the mount point", "/x", true, "", false },
};

static void test_target_path(void **state)
{
	static struct target target;

	(void)state;
	(void)strcpy(target.mounts.v2, "/sys/fs/cgroup");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void)strcpy(target.cgroup, cases[i].cgroup);
		target.mounts.v2_is_root = cases[i].is_root;
		check_text(cases[i].name, target_path(&target), cases[i].path);
		check_int(cases[i].name, target_is_everything(&target), cases[i].everything);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_target_path) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
