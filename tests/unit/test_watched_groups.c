// SPDX-License-Identifier: MIT
/* Control groups of units and pods in a tree of directories: those that are there, and those that
 * appear. */
#include "test.h"

#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../user/base/buf.h"
#include "../../user/identity/watched_groups.h"

static void make(const char *path)
{
	assert_int_equal(mkdirat(AT_FDCWD, path, 0755), 0);
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

static const char *text_of(const char *text)
{
	return text ? text : "-";
}

/* Is a control group known, by the number that it has, as "UNIT UID CONTAINER"? */
static bool knows(const struct watched_groups *groups, const char *path, const char *want)
{
	struct watched_group *const *list;
	struct stat st;
	size_t len;
	char got[512];

	assert_int_equal(fstatat(AT_FDCWD, path, &st, 0), 0);
	list = watched_groups_list(groups, &len);
	for (size_t i = 0; i < len; i++) {
		(void)snprintf(got, sizeof(got), "%s %s %s", text_of(list[i]->unit),
			       text_of(list[i]->uid), text_of(list[i]->container));
		if (list[i]->id == st.st_ino)
			return strcmp(got, want) == 0;
	}
	return false;
}

static size_t count(const struct watched_groups *groups)
{
	size_t len;

	(void)watched_groups_list(groups, &len);
	return len;
}

static void test_scan(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;

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
	assert_int_equal(watched_groups_new(".", "", false, &groups), 0);
	check_u64("before", count(groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_u64("units", count(groups), 3);
	assert_true(knows(groups, "system.slice/a.service", "a.service - -"));
	assert_true(knows(groups, "system.slice/deep.slice/c.socket", "c.socket - -"));
	assert_true(knows(groups, "init.scope", "init.scope - -"));
	assert_int_equal(unlinkat(AT_FDCWD, "init.scope", AT_REMOVEDIR), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_u64("one is gone", count(groups), 2);
}

static void note(void *data, const struct watched_group *group)
{
	struct buf *out = data;

	buf_printf(out, "%s ", group->unit ? group->unit : group->uid ? group->uid : "pods");
}

static void test_appear(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	make("system.slice");
	assert_int_equal(watched_groups_new(".", "", false, &groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	assert_false(watched_groups_take(groups, note, &out));
	check_text("nothing", out.data, NULL);
	make("system.slice/a.service");
	make("plain");
	make("system.slice/x.slice");
	make("system.slice/x.slice/b.service"); /* before its slice is watched */
	assert_false(watched_groups_take(groups, note, &out));
	check_text("units", out.data, "a.service b.service ");
	assert_true(knows(groups, "system.slice/x.slice/b.service", "b.service - -"));
	make("system.slice/x.slice/c.service");
	assert_false(watched_groups_take(groups, note, &out));
	check_text("in the slice that is new", out.data, "a.service b.service c.service ");
	check_u64("all", count(groups), 3);
}

/* A node in a container has its units below that; a stranger's container may have such names, too.
 */
static void test_node_root(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;

	(void)state;
	make("system.slice");
	make("system.slice/a.service");
	make("node");
	make("node/system.slice");
	make("node/system.slice/b.service");
	make("other");
	make("other/system.slice");
	make("other/system.slice/c.service");
	assert_int_equal(watched_groups_new(".", "/node", false, &groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_u64("units", count(groups), 2);
	assert_true(knows(groups, "node/system.slice/b.service", "b.service - -"));
}

#define UID_A "12345678-1234-1234-1234-123456789abc"
#define SLICE_A                                                                                    \
	"kubepods.slice/kubepods-burstable.slice/"                                                 \
	"kubepods-burstable-pod12345678_1234_1234_1234_123456789abc.slice"
#define POD_B "kubepods/besteffort/pod0123456789abcdef0123456789abcdef"
#define ID    "44b624bd"

/* Pods of both drivers, where they may be; each with its containers. */
static void test_pods(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	make("kubepods.slice");
	make("kubepods.slice/kubepods-burstable.slice");
	make(SLICE_A);
	make(SLICE_A "/cri-containerd-" ID ".scope");
	make(SLICE_A "/crio-conmon-" ID ".scope");
	make("system.slice");
	make("system.slice/kubepods.slice"); /* not where the kubelet has them */
	make("system.slice/kubepods.slice/kubepods-pod12345678_1234_1234_1234_123456789abc.slice");
	make("other");
	make("other/kubepods");
	make("other/kubepods/pod0123456789abcdef0123456789abcdef");
	assert_int_equal(watched_groups_new(".", "", true, &groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	assert_true(knows(groups, "kubepods.slice", "- - -"));
	assert_true(knows(groups, "kubepods.slice/kubepods-burstable.slice", "- - -"));
	assert_true(knows(groups, SLICE_A, "- " UID_A " -"));
	assert_true(knows(groups, SLICE_A "/cri-containerd-" ID ".scope", "- " UID_A " " ID));
	assert_true(knows(groups, SLICE_A "/crio-conmon-" ID ".scope", "- " UID_A " -"));
	check_u64("no others", count(groups), 5);
	make("kubepods");
	make("kubepods/besteffort");
	assert_false(watched_groups_take(groups, note, &out));
	make(POD_B);
	assert_false(watched_groups_take(groups, note, &out));
	make(POD_B "/" ID);
	make(POD_B "/" ID "/deeper");
	assert_false(watched_groups_take(groups, note, &out));
	check_text("in this order", out.data,
		   "pods pods 0123456789abcdef0123456789abcdef 0123456789abcdef0123456789abcdef ");
	assert_true(knows(groups, POD_B, "- 0123456789abcdef0123456789abcdef -"));
	assert_true(knows(groups, POD_B "/" ID, "- 0123456789abcdef0123456789abcdef " ID));
	check_u64("all", count(groups), 9);
	/* a UID that a manifest states */
	make("kubepods/podmy-own");
	assert_false(watched_groups_take(groups, note, &out));
	make("kubepods/podmy-own/" ID);
	assert_false(watched_groups_take(groups, note, &out));
	assert_true(knows(groups, "kubepods/podmy-own", "- my-own -"));
	assert_true(knows(groups, "kubepods/podmy-own/" ID, "- my-own " ID));
}

/* All pods are below PATH, which is so deep; NULL: below no one group. */
static void check_root(const struct watched_groups *groups, const char *path, uint32_t want)
{
	uint32_t level;
	uint64_t root;
	struct stat st;

	check_int(path ? path : "several", watched_groups_pods(groups, &level, &root), true);
	check_u64(path ? path : "several", level, want);
	if (path)
		assert_int_equal(fstatat(AT_FDCWD, path, &st, 0), 0);
	check_u64(path ? path : "several", root, path ? st.st_ino : 0);
}

static void test_pods_root(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;
	_cleanup_buf_ struct buf out = { 0 };
	uint32_t level = 7;
	uint64_t root = 7;

	(void)state;
	make("system.slice");
	make("system.slice/a.service");
	assert_int_equal(watched_groups_new(".", "", true, &groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_int("no pods", watched_groups_pods(groups, &level, &root), false);
	check_u64("no pods", level + root, 0);
	make("kubepods.slice");
	assert_false(watched_groups_take(groups, note, &out));
	check_root(groups, "kubepods.slice", 1);
	make("kubepods.slice/kubepods-burstable.slice");
	make(SLICE_A);
	assert_false(watched_groups_take(groups, note, &out));
	assert_false(watched_groups_take(groups, note, &out));
	check_root(groups, "kubepods.slice", 1);
	make("kubepods");
	assert_false(watched_groups_take(groups, note, &out));
	check_root(groups, NULL, 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_root(groups, NULL, 0);
	assert_int_equal(unlinkat(AT_FDCWD, "kubepods", AT_REMOVEDIR), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_root(groups, "kubepods.slice", 1);
}

/* A node in a container has them deeper. */
static void test_pods_root_below(void **state)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = NULL;

	(void)state;
	make("node");
	make("node/kubepods");
	assert_int_equal(watched_groups_new(".", "/node", true, &groups), 0);
	assert_int_equal(watched_groups_scan(groups), 0);
	check_root(groups, "node/kubepods", 2);
}

static void test_errors(void **state)
{
	struct watched_groups *groups = NULL;

	(void)state;
	assert_int_equal(watched_groups_new("/nowhere/at/all", "", false, &groups), -ENOENT);
	assert_null(groups);
	watched_groups_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_directory(test_scan),       in_directory(test_appear),
		in_directory(test_node_root),  in_directory(test_pods),
		in_directory(test_pods_root),  in_directory(test_pods_root_below),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
