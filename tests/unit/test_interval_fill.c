// SPDX-License-Identifier: MIT
/* Each port is visited once, whatever the ranges are: beside a model that has a flag a port. */
#include "test.h"

#include <stdbool.h>
#include <stdlib.h>

#include "../../user/policy/interval_fill.h"

static struct interval_fill fill;
static bool filled[HP_PORTS];

static uint32_t next_of_model(uint32_t port)
{
	while (port < HP_PORTS && filled[port])
		port++;
	return port;
}

/* Fill a range: the ports that are visited are those that were not filled. */
static void fill_range(const char *name, uint32_t first, uint32_t last)
{
	uint32_t want = next_of_model(first), port;

	for (port = interval_fill_next(&fill, first); port <= last;
	     port = interval_fill_next(&fill, port)) {
		check_u64(name, port, want);
		interval_fill_take(&fill, port);
		filled[port] = true;
		want = next_of_model(port);
	}
	check_u64(name, port, want);
}

static void begin(void)
{
	interval_fill_reset(&fill);
	memset(filled, 0, sizeof(filled));
}

static void test_ranges(void **state)
{
	static const struct {
		const char *name;
		uint32_t first, last;
	} ranges[] = {
		{ "a port", 80, 80 },	     { "it again", 80, 80 },
		{ "one before it", 79, 79 }, { "around them", 70, 90 },
		{ "within it", 75, 85 },     { "over its end", 85, 100 },
		{ "the first port", 0, 0 },  { "the last port", 65535, 65535 },
		{ "all", 0, 65535 },	     { "all again", 0, 65535 },
	};

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		fill_range(ranges[i].name, ranges[i].first, ranges[i].last);
	check_u64("none is left", interval_fill_next(&fill, 0), HP_PORTS);
	begin();
	check_u64("all are left", interval_fill_next(&fill, 0), 0);
}

/* The same of ranges by chance, and of each port in between. */
static void test_model(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 20; round++) {
		begin();
		for (int i = 0; i < 40; i++) {
			uint32_t first = (uint32_t)rand() % 1000;

			fill_range("by chance", first, first + (uint32_t)rand() % 50);
		}
		for (uint32_t port = 0; port < 1100; port++)
			check_u64("next", interval_fill_next(&fill, port), next_of_model(port));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
