// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/kernel/sockets/reserve_note.h"
#include "directory.h"
#include "portsets.h"

#define BOOT	     "5a0e7f3c-1111-2222-3333-444455556666"
#define NOTE(fields) "{\"version\":1,\"boot\":\"" BOOT "\"," fields "}\n"
#define WHOLE	     NOTE("\"netns_cookie\":3,\"netns_inode\":4026531840,\"ports\":\"7,40000-40001\"")

static void test_parse(void **state)
{
	struct reserve_note note;

	(void)state;
	check_int("whole", reserve_note_parse(WHOLE, strlen(WHOLE), NULL, &note), 0);
	check_text("boot", note.boot, BOOT);
	check_u64("cookie", note.netns_cookie, 3);
	check_u64("inode", note.netns_inum, 4026531840);
	check_ports("ports", &note.ports, "7,40000-40001");
}

static void test_put(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct reserve_note note = {
		.boot = BOOT,
		.netns_cookie = 3,
		.netns_inum = 4026531840,
		.ports = ports("40000,7,40001"),
	};

	(void)state;
	reserve_note_put(&note, &out);
	check_text("as it is read", out.data, WHOLE);
}

struct fault_case {
	const char *text, *why;
};

static const struct fault_case faults[] = {
	{ "", "line 1, column 0: " },
	{ "40000-40001\n", "line 1, column " },
	{ "{\"version\":1,\"boot\":\"" BOOT, "line 1, column " },
	{ WHOLE "x", "line 2, column 1: " },
	{ "[]", "not version 1" },
	{ "{\"version\":2}", "not version 1" },
	{ "{\"version\":\"1\"}", "not version 1" },
	{ "{\"version\":1}", "boot is not an id" },
	{ "{\"version\":1,\"boot\":\"x\"}", "boot is not an id" },
	{ "{\"version\":1,\"boot\":\"" BOOT "7\"}", "boot is not an id" },
	{ NOTE("\"ports\":\"\""), "netns_inode is not an inode" },
	{ NOTE("\"netns_inode\":-1,\"ports\":\"\""), "netns_inode is not an inode" },
	{ NOTE("\"netns_inode\":4294967296,\"ports\":\"\""), "netns_inode is not an inode" },
	{ NOTE("\"netns_inode\":1"), "ports is not a list of ports" },
	{ NOTE("\"netns_inode\":1,\"ports\":[7]"), "ports is not a list of ports" },
	{ NOTE("\"netns_inode\":1,\"ports\":\"7-\""), "ports is not a list of ports" },
	{ NOTE("\"netns_inode\":1,\"ports\":\"65536\""), "ports is not a list of ports" },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct fault_case *c = &faults[i];
		_cleanup_buf_ struct buf err = { 0 };
		struct reserve_note note = { .netns_inum = 4711 };

		check_int(c->text, reserve_note_parse(c->text, strlen(c->text), &err, &note),
			  -EINVAL);
		check_u64(c->text, note.netns_inum, 4711);
		if (!err.data || strncmp(err.data, c->why, strlen(c->why)) != 0)
			fail_msg("%s: says: %s", c->text, err.data ? err.data : "nothing");
	}
}

static void test_file(void **state)
{
	struct reserve_note note = { .boot = BOOT, .netns_inum = 5, .ports = ports("1") }, back;
	_cleanup_buf_ struct buf err = { 0 };
	struct stat st;

	(void)state;
	check_int("none", reserve_note_read("note", &err, &back), -ENOENT);
	check_int("new", reserve_note_write("note", &note), 0);
	note.ports = ports("2-3");
	assert_int_equal(mknod("note.new", S_IFREG | 0444, 0),
			 0); /* one was killed while it wrote */
	check_int("replaced", reserve_note_write("note", &note), 0);
	check_int("read", reserve_note_read("note", &err, &back), 0);
	check_ports("ports", &back.ports, "2-3");
	check_int("stat", stat("note", &st), 0);
	check_int("only its owner's", st.st_mode, S_IFREG | 0600);
	check_int("no other file", access("note.new", F_OK), -1);
	check_int("its directory is gone", reserve_note_write("no/note", &note), -ENOENT);
	check_int("link", symlink("note", "link"), 0);
	check_int("a link is not followed", reserve_note_read("link", &err, &back), -ELOOP);
	check_int("nor is a directory read", reserve_note_read(".", &err, &back), -EINVAL);
}

static void test_about(void **state)
{
	const struct netns netns = { .cookie = 7, .inum = 5 };
	struct reserve_note note = { .netns_cookie = 7, .netns_inum = 5 };

	(void)state;
	assert_true(reserve_note_is_about(&note, &netns));
	note.netns_inum = 6;
	assert_false(reserve_note_is_about(&note, &netns));
	note.netns_inum = 5;
	note.netns_cookie = 8;
	assert_false(reserve_note_is_about(&note, &netns));
	reserve_note_boot(note.boot);
	check_u64("a boot's id", strlen(note.boot), RESERVE_BOOT_LEN);
	assert_true(reserve_note_is_current(&note));
	note.boot[0] = '?';
	assert_false(reserve_note_is_current(&note));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_faults),
		cmocka_unit_test_setup_teardown(test_file, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
