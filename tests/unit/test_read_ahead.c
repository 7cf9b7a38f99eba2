// SPDX-License-Identifier: MIT
/* Files that a thread reads: whose result is taken, and whose is not. */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "directory.h"

#include "../../user/agent/read_ahead.h"

static const struct node_options node = { .registries = { "r.yaml" }, .registries_len = 1 };

static void write_layer(const char *name)
{
	FILE *f = fopen("r.yaml", "we");

	assert_non_null(f);
	(void)fprintf(f,
		      "version: 1\nname: %s\nentries: [{ports: 80, protocol: tcp, process: p}]\n",
		      name);
	assert_int_equal(fclose(f), 0);
}

/* However slow the machine is. */
static void wait_ready(struct read_ahead *ahead, uint64_t stamp)
{
	while (!read_ahead_is_ready(ahead, stamp))
		;
}

/* Take what was read for a stamp, and compare the layer's name; NULL: there is nothing. */
static void check_taken(const char *name, struct read_ahead *ahead, uint64_t stamp,
			const char *layer)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	check_int(name, read_ahead_take(ahead, stamp, &diags, &registry), layer ? 0 : -ENODATA);
	check_text(name, registry ? registry->layers[0].name : NULL, layer);
	check_u64(name, diags.total, 0);
}

static void test_taken(void **state)
{
	struct read_ahead ahead = { .node = &node };

	(void)state;
	write_layer("a");
	check_taken("nothing was read", &ahead, 1, NULL);
	wait_ready(&ahead, 1);
	assert_true(read_ahead_is_ready(&ahead, 1)); /* it is not read again */
	write_layer("b");
	assert_true(read_ahead_is_ready(&ahead, 1));
	check_taken("what was read", &ahead, 1, "a");
	check_taken("once", &ahead, 1, NULL);
	wait_ready(&ahead, 1);
	check_taken("anew", &ahead, 1, "b");
	read_ahead_stop(&ahead);
}

/* Files that have changed since are read again. */
static void test_other_stamp(void **state)
{
	struct read_ahead ahead = { .node = &node };

	(void)state;
	write_layer("a");
	wait_ready(&ahead, 1);
	check_taken("of another stamp", &ahead, 2, NULL);
	check_taken("it is forgotten", &ahead, 1, NULL);
	wait_ready(&ahead, 1);
	write_layer("b");
	wait_ready(&ahead, 2);
	check_taken("read again", &ahead, 2, "b");
	wait_ready(&ahead, 3);
	check_taken("asked for by somebody", &ahead, 0, NULL);
	read_ahead_stop(&ahead);
}

static void test_faults(void **state)
{
	struct read_ahead ahead = { .node = &node };
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	(void)remove("r.yaml");
	wait_ready(&ahead, 1);
	assert_int_equal(read_ahead_take(&ahead, 1, &diags, &registry), -EINVAL);
	assert_null(registry);
	check_u64("what is wrong", diags.total, 1);
	check_text("where", diags.items[0].file, "r.yaml");
	write_layer("a");
	wait_ready(&ahead, 2);
	check_taken("good again", &ahead, 2, "a");
	read_ahead_stop(&ahead);
}

/* What was read, and is being read, goes with it. */
static void test_stop(void **state)
{
	struct read_ahead done = { .node = &node }, reading = { .node = &node }, none = { 0 };

	(void)state;
	write_layer("a");
	wait_ready(&done, 1);
	read_ahead_stop(&done);
	check_taken("stopped", &done, 1, NULL);
	(void)read_ahead_is_ready(&reading, 1);
	read_ahead_stop(&reading);
	assert_true(read_ahead_is_ready(&none, 1));
	check_taken("without files", &none, 1, NULL);
	read_ahead_stop(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_other_stamp, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_faults, into_directory, out_of_directory),
		cmocka_unit_test_setup_teardown(test_stop, into_directory, out_of_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
