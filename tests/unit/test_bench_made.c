// SPDX-License-Identifier: MIT
/* What the bench makes up is as much as it says, and takes what it is for. */
#include "test.h"

#include <ftw.h>
#include <string.h>

#include "../bench/made.h"
#include "directory.h"

static struct reg_layer *parse(unsigned int rows, bool ranges)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = NULL;

	made_registry(rows, ranges, &text);
	assert_false(text.failed);
	assert_int_equal(layer_parse("made", text.data, text.len, &diags, &layer), 0);
	return layer;
}

static void test_registry(void **state)
{
	static const unsigned int sizes[] = { 16, 256, 4096 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		_cleanup_(layer_freep) struct reg_layer *plain = parse(sizes[i], false);
		_cleanup_(layer_freep) struct reg_layer *ranges = parse(sizes[i], true);

		assert_int_equal(plain->len, sizes[i]);
		assert_int_equal(ranges->len, sizes[i]);
	}
}

/* How often a text is in another one. Sanitizers read all of a text for each strstr(). */
static unsigned int count(const struct buf *text, const char *part)
{
	size_t len = strlen(part);
	unsigned int n = 0;

	for (size_t i = 0; i + len <= text->len; i++)
		n += text->data[i] == *part && memcmp(text->data + i, part, len) == 0;
	return n;
}

/* As many as there may be: rows of the same form as a few, so they are counted and not read. */
static void test_largest(void **state)
{
	_cleanup_buf_ struct buf plain = { 0 }, ranges = { 0 };

	(void)state;
	made_registry(REGISTRY_ROWS_MAX, false, &plain);
	check_u64("tcp", count(&plain, "protocol: tcp,"), 65535);
	check_u64("udp", count(&plain, "protocol: udp,"), 65535);
	check_u64("sctp", count(&plain, "protocol: sctp,"), REGISTRY_ROWS_MAX - 2 * 65535);
	check_u64("the last port", count(&plain, "ports: 65535,"), 2);
	check_u64("no port is larger", count(&plain, "ports: 65536,"), 0);
	made_registry(REGISTRY_ROWS_MAX, true, &ranges);
	check_u64("rows", count(&ranges, "  - {"), REGISTRY_ROWS_MAX);
	check_u64("no row of sctp is left", count(&ranges, "protocol: sctp,"), 0);
}

/* A port each: as many rows of the policy, and the first ones of TCP are allowed. */
static void test_policy(void **state)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const struct hp_query query = { .proto = HP_PROTO_TCP, .port = 128 };

	(void)state;
	assert_int_equal(made_policy(256, &policy), 0);
	assert_int_equal(policy->len, 256);
	assert_true(policy_bitmap_allows(&policy->bitmap, &query));
}

static void test_small_registry(void **state)
{
	_cleanup_buf_ struct buf text = { 0 };
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;

	(void)state;
	made_small_registry(&text);
	assert_int_equal(layer_parse("small", text.data, text.len, &diags, &layer), 0);
	assert_int_equal(layer->len, 2);
}

/* Documents of a file: each begins with a line of its own. */
static unsigned int count_documents(const char *path)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	unsigned int documents = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		documents += strcmp(line, "---\n") == 0;
	return documents;
}

static void test_manifests(void **state)
{
	(void)state;
	assert_int_equal(made_manifests(".", 252), 0);
	assert_int_equal(count_documents("0/0.yaml"), 5);
	assert_int_equal(count_documents("0/49.yaml"), 5);
	assert_int_equal(count_documents("1/50.yaml"), 2);
	assert_int_equal(access("1/51.yaml", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_small_registry),
		cmocka_unit_test_setup_teardown(test_manifests, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
