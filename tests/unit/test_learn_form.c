// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/violations/learn_form.h"

static const struct {
	const char *name;
	struct learn_ports ports;
	enum learn_form form;
	uint16_t first, last;
} form_cases[] = {
	/* whoever's they are */
	{ "neighbours", { 80, 1000, 1079, 80, true, false, 0, 0 }, LEARN_RANGE, 1000, 1079 },
	{ "a scan", { 1000, 25672, 26671, 0, true, true, 0, 0 }, LEARN_RANGE, 25672, 26671 },
	/* with an owner */
	{ "a resolver", { 1500, 1026, 65500, 2, false, true, 0, 0 }, LEARN_CLIENT, 1024, 65535 },
	{ "a few of all", { 17, 3000, 62000, 0, true, true, 0, 0 }, LEARN_CLIENT, 1024, 65535 },
	{ "bindresvport", { 30, 601, 1022, 0, true, true, 0, 0 }, LEARN_CLIENT, 512, 1023 },
	{ "dynamic", { 40, 49200, 65000, 0, true, true, 0, 0 }, LEARN_CLIENT, 49152, 65535 },
	{ "ephemeral", { 40, 33000, 60900, 0, true, true, 0, 0 }, LEARN_CLIENT, 32768, 60999 },
	{ "ephemeral here",
	  { 40, 20100, 29900, 0, true, true, 20000, 30000 },
	  LEARN_CLIENT,
	  20000,
	  30000 },
	{ "of a range of its own",
	  { 100, 20005, 20904, 0, false, true, 0, 0 },
	  LEARN_CLIENT,
	  19996,
	  20913 },
	{ "at an end", { 20, 1030, 2029, 0, true, true, 0, 0 }, LEARN_CLIENT, 1024, 2079 },
	{ "at the other", { 20, 64500, 65499, 0, true, true, 0, 0 }, LEARN_CLIENT, 64450, 65535 },
	{ "below 1024", { 20, 5, 404, 0, true, true, 0, 0 }, LEARN_CLIENT, 1, 424 },
	{ "most of a range",
	  { 800, 20000, 21000, 0, false, true, 0, 0 },
	  LEARN_CLIENT,
	  20000,
	  21000 },
	{ "a server of most of a range",
	  { 90, 9000, 9100, 90, true, true, 0, 0 },
	  LEARN_RANGE,
	  9000,
	  9100 },
	{ "a server of ports here and there",
	  { 20, 3000, 50000, 19, true, true, 0, 0 },
	  LEARN_EACH_RUN,
	  3000,
	  50000 },
	{ "half of them open",
	  { 40, 3000, 50000, 20, true, true, 0, 0 },
	  LEARN_EACH_RUN,
	  3000,
	  50000 },
	{ "fewer open", { 40, 1030, 65000, 19, true, true, 0, 0 }, LEARN_CLIENT, 1024, 65535 },
	{ "open, and too many runs",
	  { 900, 3000, 50000, 900, false, true, 0, 0 },
	  LEARN_NOTHING,
	  3000,
	  50000 },
	/* without an owner, a row is for everybody: it has what was seen and no more */
	{ "nobody's, listed",
	  { 20, 3000, 50000, 0, true, false, 0, 0 },
	  LEARN_EACH_RUN,
	  3000,
	  50000 },
	{ "nobody's, dense", { 90, 9000, 9100, 0, true, false, 0, 0 }, LEARN_EACH_RUN, 9000, 9100 },
	{ "nobody's", { 1500, 1026, 65500, 2, false, false, 0, 0 }, LEARN_NOTHING, 1026, 65500 },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(form_cases); i++) {
		uint16_t first = 0, last = 0;

		check_int(form_cases[i].name, learn_form_of(&form_cases[i].ports, &first, &last),
			  form_cases[i].form);
		check_u64(form_cases[i].name, first, form_cases[i].first);
		check_u64(form_cases[i].name, last, form_cases[i].last);
	}
}

/* Whatever was seen, the row of it has it all. */
static void test_covers(void **state)
{
	(void)state;
	for (uint32_t first = 1; first < 65536; first += 311)
		for (uint32_t last = first + 1; last < 65536; last += 737)
			for (size_t ports = 2; ports <= last - first + 1; ports *= 3) {
				const struct learn_ports seen = {
					.ports = ports,
					.first = (uint16_t)first,
					.last = (uint16_t)last,
					.owned = true,
				};
				uint16_t from = 0, to = 0;

				(void)learn_form_of(&seen, &from, &to);
				assert_true(from >= 1 && from <= first && to >= last);
				assert_true(first < 1024 || from >= 1024);
			}
}

static void test_ranges(void **state)
{
	static const struct {
		uint16_t seen_first, seen_last, eph_first, eph_last;
		uint16_t first, last; /* first 0: of no range */
	} cases[] = {
		{ 511, 511, 0, 0, 0, 0 },
		{ 511, 512, 0, 0, 0, 0 },
		{ 512, 512, 0, 0, 512, 1023 },
		{ 1023, 1023, 0, 0, 512, 1023 },
		{ 1023, 1024, 0, 0, 0, 0 },
		{ 1024, 1024, 0, 0, 0, 0 },
		{ 32767, 32767, 0, 0, 0, 0 },
		{ 32768, 32768, 0, 0, 32768, 60999 },
		{ 49151, 49151, 0, 0, 32768, 60999 },
		{ 32768, 60999, 0, 0, 32768, 60999 },
		{ 20000, 20000, 20000, 30000, 20000, 30000 },
		{ 40000, 40000, 20000, 30000, 0, 0 },
		{ 40000, 40000, 30000, 20000, 32768, 60999 },
		/* dynamic ports, and what both ranges have */
		{ 61000, 61000, 0, 0, 49152, 65535 },
		{ 49152, 61000, 0, 0, 49152, 65535 },
		{ 49151, 61000, 0, 0, 0, 0 },
		{ 49152, 60999, 0, 0, 32768, 65535 },
		{ 50000, 50000, 20000, 30000, 49152, 65535 },
		{ 65535, 65535, 1024, 65535, 1024, 65535 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint16_t first = 0, last = 0;

		assert_int_equal(learn_form_range_of(cases[i].seen_first, cases[i].seen_last,
						     cases[i].eph_first, cases[i].eph_last, &first,
						     &last),
				 cases[i].first != 0);
		assert_int_equal(first, cases[i].first);
		assert_int_equal(last, cases[i].last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
