// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/tar.h"

#define BLOCK 512

static struct buf content_of(size_t len)
{
	struct buf content = { 0 };

	for (size_t i = 0; i < len; i++)
		buf_putc(&content, (char)('a' + i % 26));
	return content;
}

/* The fields of a header, as tar(5) has them. */
static void test_header(void **state)
{
	_cleanup_buf_ struct buf tar = { 0 }, content = content_of(10);
	unsigned int sum = 0;

	(void)state;
	assert_int_equal(tar_add(&tar, "dir/a.json", 0123, &content), 0);
	assert_int_equal(tar.len, 2 * BLOCK);
	check_text("name", tar.data, "dir/a.json");
	check_text("mode", tar.data + 100, "0000644");
	check_text("uid", tar.data + 108, "0000000");
	check_text("gid", tar.data + 116, "0000000");
	check_text("size", tar.data + 124, "00000000012");
	check_text("mtime", tar.data + 136, "00000000123");
	assert_int_equal(tar.data[156], '0');
	check_text("magic", tar.data + 257, "ustar");
	assert_memory_equal(tar.data + 263, "00", 2);
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)tar.data[i];
	assert_int_equal(strtoul(tar.data + 148, NULL, 8), sum);
	assert_int_equal(tar.data[154], 0);
	assert_int_equal(tar.data[155], ' ');
	assert_memory_equal(tar.data + BLOCK, "abcdefghij", 11); /* and zeros to the block's end */
	assert_int_equal(tar.data[2 * BLOCK - 1], 0);
}

/* Files are in whole blocks, and the end is two more. */
static void test_sizes(void **state)
{
	static const struct {
		size_t content, blocks;
	} cases[] = {
		{ 0, 1 }, { 1, 2 }, { BLOCK - 1, 2 }, { BLOCK, 2 }, { BLOCK + 1, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf tar = { 0 }, content = content_of(cases[i].content);

		assert_int_equal(tar_add(&tar, "a", 0, &content), 0);
		check_u64("a file", tar.len, cases[i].blocks * BLOCK);
		assert_int_equal(tar_add(&tar, "b", 0, &content), 0);
		check_text("the next", tar.data + cases[i].blocks * BLOCK, "b");
		tar_end(&tar);
		check_u64("all", tar.len, (2 * cases[i].blocks + 2) * BLOCK);
		for (size_t at = tar.len - 2 * (size_t)BLOCK; at < tar.len; at++)
			assert_int_equal(tar.data[at], 0);
	}
}

static void test_names(void **state)
{
	_cleanup_buf_ struct buf tar = { 0 }, content = content_of(1);
	char name[TAR_NAME_MAX + 2] = { 0 };

	(void)state;
	memset(name, 'x', TAR_NAME_MAX + 1);
	assert_int_equal(tar_add(&tar, name, 0, &content), -ENAMETOOLONG);
	assert_int_equal(tar.len, 0);
	name[TAR_NAME_MAX] = '\0';
	assert_int_equal(tar_add(&tar, name, -1, &content), 0);
	assert_memory_equal(tar.data, name, TAR_NAME_MAX);
	check_text("the mode follows at once", tar.data + TAR_NAME_MAX, "0000644");
	check_text("no time before 1970", tar.data + 136, "00000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
