// SPDX-License-Identifier: MIT
/* Control groups of units in a tree of directories: those that are there, and those that appear. */
#include "test.h"

#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../user/base/buf.h"
#include "../../user/identity/unit_groups.h"

static void make(const char *path)
{
	assert_int_equal(mkdirat(AT_FDCWD, path, 0755), 0);
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

/* Is a unit's control group known, by the number that it has? */
static bool knows(const struct unit_groups *groups, const char *path, const char *unit)
{
	const struct unit_group *list;
	struct stat st;
	size_t len;

	assert_int_equal(fstatat(AT_FDCWD, path, &st, 0), 0);
	list = unit_groups_list(groups, &len);
	for (size_t i = 0; i < len; i++)
		if (list[i].id == st.st_ino && strcmp(list[i].unit, unit) == 0)
			return unit_groups_has(groups, st.st_ino);
	return false;
}

static size_t count(const struct unit_groups *groups)
{
	size_t len;

	(void)unit_groups_list(groups, &len);
	return len;
}

static void test_scan(void **state)
{
	_cleanup_(unit_groups_freep) struct unit_groups *groups = NULL;

	(void)state;
	make("system.slice");
	make("system.slice/a.service");
	make("system.slice/a.service/b.service"); /* a unit's own: its name is its own, too */
	make("system.slice/deep.slice");
	make("system.slice/deep.slice/c.socket");
	make("init.scope");
	make("other");
	make("other/d.service"); /* in no slice */
	make("kubepods.slice");
	make("kubepods.slice/kubepods-pod12345678_1234_1234_1234_123456789abc.slice");
	assert_int_equal(unit_groups_new(".", "", &groups), 0);
	check_u64("before", count(groups), 0);
	assert_int_equal(unit_groups_scan(groups), 0);
	check_u64("units", count(groups), 3);
	assert_true(knows(groups, "system.slice/a.service", "a.service"));
	assert_true(knows(groups, "system.slice/deep.slice/c.socket", "c.socket"));
	assert_true(knows(groups, "init.scope", "init.scope"));
	assert_false(unit_groups_has(groups, 0));
	assert_int_equal(unlinkat(AT_FDCWD, "init.scope", AT_REMOVEDIR), 0);
	assert_int_equal(unit_groups_scan(groups), 0);
	check_u64("one is gone", count(groups), 2);
}

static void note(void *data, const struct unit_group *group)
{
	struct buf *out = data;

	buf_printf(out, "%s ", group->unit);
}

static void test_appear(void **state)
{
	_cleanup_(unit_groups_freep) struct unit_groups *groups = NULL;
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	make("system.slice");
	assert_int_equal(unit_groups_new(".", "", &groups), 0);
	assert_int_equal(unit_groups_scan(groups), 0);
	assert_false(unit_groups_take(groups, note, &out));
	check_text("nothing", out.data, NULL);
	make("system.slice/a.service");
	make("plain");
	make("system.slice/x.slice");
	make("system.slice/x.slice/b.service"); /* before its slice is watched */
	assert_false(unit_groups_take(groups, note, &out));
	check_text("units", out.data, "a.service b.service ");
	assert_true(knows(groups, "system.slice/x.slice/b.service", "b.service"));
	make("system.slice/x.slice/c.service");
	assert_false(unit_groups_take(groups, note, &out));
	check_text("in the slice that is new", out.data, "a.service b.service c.service ");
	check_u64("all", count(groups), 3);
}

/* A node in a container has its units below that; a stranger's container may have such names, too.
 */
static void test_node_root(void **state)
{
	_cleanup_(unit_groups_freep) struct unit_groups *groups = NULL;

	(void)state;
	make("system.slice");
	make("system.slice/a.service");
	make("node");
	make("node/system.slice");
	make("node/system.slice/b.service");
	make("other");
	make("other/system.slice");
	make("other/system.slice/c.service");
	assert_int_equal(unit_groups_new(".", "/node", &groups), 0);
	assert_int_equal(unit_groups_scan(groups), 0);
	check_u64("units", count(groups), 2);
	assert_true(knows(groups, "node/system.slice/b.service", "b.service"));
}

static void test_errors(void **state)
{
	struct unit_groups *groups = NULL;

	(void)state;
	assert_int_equal(unit_groups_new("/nowhere/at/all", "", &groups), -ENOENT);
	assert_null(groups);
	unit_groups_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_directory(test_scan),
		in_directory(test_appear),
		in_directory(test_node_root),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
