// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/kernel/mountinfo.h"

#define V2(point) "31 23 0:26 / " point " rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

static const struct {
	const char *line;
	enum mountinfo_kind kind;
	const char *point; /* NULL: not such a line */
} cases[] = {
	{ V2("/sys/fs/cgroup"), MOUNTINFO_CGROUP2, "/sys/fs/cgroup" },
	{ "31 23 0:26 / /c rw - cgroup2 none rw", MOUNTINFO_CGROUP2, "/c" },
	{ "36 30 0:31 / /m rw - cgroup cgroup rw,memory\n", MOUNTINFO_MEMORY, "/m" },
	{ "36 30 0:31 / /m rw - cgroup cgroup rw,cpu,memory,x\n", MOUNTINFO_MEMORY, "/m" },
	{ "36 30 0:31 / /m rw - cgroup cgroup rw,memory2\n", 0, NULL },
	{ "36 30 0:31 / /m rw - cgroup memory rw,cpu\n", 0, NULL },
	{ "22 1 8:1 / / rw,relatime - ext4 /dev/root rw\n", 0, NULL },
	{ "22 1 8:1 / /a\\040-\\040cgroup2 rw - ext4 cgroup2 rw\n", 0, NULL },
	{ "31 23 0:26 / /c rw", 0, NULL },
	{ "- cgroup2 none rw", 0, NULL },
	{ "", 0, NULL },
	{ V2("/mnt/a\\040b\\011\\012\\134c"), MOUNTINFO_CGROUP2, "/mnt/a b\t\n\\c" },
	{ V2("/\\303\\251"), MOUNTINFO_CGROUP2, "/\303\251" },
	/* what the kernel does not write stays as it is */
	{ V2("/a\\04"), MOUNTINFO_CGROUP2, "/a\\04" },
	{ V2("/a\\400"), MOUNTINFO_CGROUP2, "/a\\400" },
	{ V2("/a\\08x"), MOUNTINFO_CGROUP2, "/a\\08x" },
	{ V2("/a\\0\252\\b"), MOUNTINFO_CGROUP2, "/a\\0\252\\b" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mountinfo mount;
		bool is = mountinfo_parse(cases[i].line, &mount);

		check_int(cases[i].line, is, cases[i].point != NULL);
		if (!is)
			continue;
		check_int(cases[i].line, mount.kind, cases[i].kind);
		check_text(cases[i].line, mount.point, cases[i].point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
