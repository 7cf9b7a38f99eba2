// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "portsets.h"

struct list_case {
	const char *text, *list;
	size_t count;
};

static const struct list_case list_cases[] = {
	{ "", "", 0 },
	{ "\n", "", 0 },
	{ "0", "0", 1 },
	{ "5\n", "5", 1 },
	{ "1-3,5,40000-40010\n", "1-3,5,40000-40010", 15 },
	{ "65535", "65535", 1 },
	{ "0-65535", "0-65535", 65536 },
	{ "63,64", "63-64", 2 },
	{ "63,65", "63,65", 2 },
	{ "64-127,192", "64-127,192", 65 },
	/* Not as the kernel writes it, but clear. */
	{ "7,5", "5,7", 2 },
	{ "5,5", "5", 1 },
	{ "1-4,3-6", "1-6", 6 },
	{ "9-9", "9", 1 },
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list_cases); i++) {
		const struct list_case *c = &list_cases[i];
		struct portset set = ports(c->text);

		check_u64(c->text, portset_count(&set), c->count);
		check_ports(c->text, &set, c->list);
	}
}

static const char *const faults[] = {
	",",	 "1,",	 ",1",	  "1,,2",    "1-",    "-",    "-1",
	"1-2-3", "3-1",	 "65536", "1-65536", "70000", "1 ",   " 1",
	"1, 2",	 "1\t",	 "x",	  "1x",	     "0x10",  "01",   "1\n\n",
	"\n1",	 "1\n2", "1;2",	  "1.2",     "+1",    "1-+2", "99999999999999999999999",
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct portset set = { 0 };

		portset_add(&set, 4711);
		check_int(faults[i], portset_parse(faults[i], strlen(faults[i]), &set), -EINVAL);
		check_ports(faults[i], &set, "4711");
	}
}

/* The text ends where it is said to end, also without a zero byte there. */
static void test_length(void **state)
{
	static const char text[] = { '8', '0', ',', '8', '1', '2' };
	struct portset set;

	(void)state;
	check_int("whole", portset_parse(text, 6, &set), 0);
	check_ports("whole", &set, "80,812");
	check_int("cut", portset_parse(text, 4, &set), 0);
	check_ports("cut", &set, "8,80");
	check_int("cut after the comma", portset_parse(text, 3, &set), -EINVAL);
	check_int("zero byte", portset_parse("1\0", 2, &set), -EINVAL);
}

static void test_bound(void **state)
{
	struct portset set = ports("1-3,5,40000-40010");

	(void)state;
	check_ports_within("fits", &set, 17, "1-3,5,40000-40010");
	check_ports_within("one less", &set, 16, "1-3,5… and 11 more");
	check_ports_within("one item", &set, 4, "1-3… and 12 more");
	check_ports_within("none", &set, 2, "… and 15 more");
}

static void test_bound_of_what_is_added(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct portset set = ports("5,7");

	(void)state;
	buf_puts(&out, "ports ");
	portset_put(&set, 3, &out);
	check_text("after other text", out.data, "ports 5,7");
}

static void test_longest(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct portset set = { 0 }, back;

	(void)state;
	for (uint32_t port = 0; port < PORTSET_PORTS; port++)
		if (port % 3)
			portset_add(&set, (uint16_t)port);
	portset_put(&set, SIZE_MAX, &out);
	assert_false(out.failed);
	assert_true(out.len > 250000 && out.len <= PORTSET_TEXT_MAX);
	check_int("longest", portset_parse(out.data, out.len, &back), 0);
	assert_memory_equal(&set, &back, sizeof(set));
}

static void test_range(void **state)
{
	struct portset set = { 0 };

	(void)state;
	portset_add_range(&set, 65534, 65535);
	portset_add_range(&set, 0, 1);
	portset_add_range(&set, 10, 9);
	check_ports("both ends", &set, "0-1,65534-65535");
	assert_true(portset_has(&set, 0));
	assert_true(portset_has(&set, 65535));
	assert_false(portset_has(&set, 2));
	assert_false(portset_has(&set, 65533));
}

/* Ranges that start, end and lie at each place of the words that hold them. */
static void test_range_words(void **state)
{
	static const uint16_t edges[] = { 0,   1,   62,	   63,	  64,	 65,	127,
					  128, 129, 65471, 65472, 65473, 65534, 65535 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		for (size_t j = 0; j < ARRAY_LEN(edges); j++) {
			struct portset set = { 0 }, wanted = { 0 };

			for (uint32_t port = edges[i]; port <= edges[j]; port++)
				portset_add(&wanted, (uint16_t)port);
			portset_add_range(&set, edges[i], edges[j]);
			assert_memory_equal(&set, &wanted, sizeof(set));
		}
}

static void test_count_runs(void **state)
{
	static const struct {
		const char *list;
		size_t runs;
	} cases[] = {
		{ "", 0 },
		{ "0", 1 },
		{ "65535", 1 },
		{ "0-65535", 1 },
		{ "1-3,5,40000-40010", 3 },
		{ "63,64,66", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct portset set = { 0 };

		check_int(cases[i].list, portset_parse(cases[i].list, strlen(cases[i].list), &set),
			  0);
		check_u64(cases[i].list, portset_count_runs(&set), cases[i].runs);
	}
}

static void test_count_range(void **state)
{
	struct portset set = ports("0,5-70,128,65535");

	(void)state;
	for (uint32_t first = 0; first < 140; first++) {
		size_t want = 0;

		for (uint32_t last = first; last < 140; last++) {
			want += portset_has(&set, (uint16_t)last);
			check_u64("count",
				  portset_count_range(&set, (uint16_t)first, (uint16_t)last), want);
		}
	}
	check_u64("all", portset_count_range(&set, 0, 65535), portset_count(&set));
	check_u64("the last", portset_count_range(&set, 65535, 65535), 1);
	check_u64("none", portset_count_range(&set, 70, 5), 0);
}

static void test_operations(void **state)
{
	const struct portset a = ports("1-10,100"), b = ports("5-15,200");
	const struct portset part = ports("2,100"), none = { 0 };
	struct portset set = a;

	(void)state;
	portset_unite(&set, &b);
	check_ports("united", &set, "1-15,100,200");
	assert_true(portset_contains(&set, &a) && portset_contains(&set, &b));
	set = a;
	portset_subtract(&set, &b);
	check_ports("difference", &set, "1-4,100");
	set = a;
	portset_intersect(&set, &b);
	check_ports("common", &set, "5-10");
	assert_true(portset_contains(&a, &part));
	assert_false(portset_contains(&a, &b));
	assert_false(portset_contains(&part, &a));
	assert_true(portset_contains(&a, &none));
	assert_true(portset_contains(&none, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bound_of_what_is_added),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_range_words),
		cmocka_unit_test(test_count_range),
		cmocka_unit_test(test_count_runs),
		cmocka_unit_test(test_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
