// SPDX-License-Identifier: MIT
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../bench/plot.h"

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* All numbers that name a place are within the picture. */
static void check_within(const char *text)
{
	static const struct {
		const char *name;
		double max;
	} places[] = {
		{ " x=\"", 720 },  { " y=\"", 420 },  { " x1=\"", 720 }, { " x2=\"", 720 },
		{ " y1=\"", 420 }, { " y2=\"", 420 }, { " cx=\"", 720 }, { " cy=\"", 420 },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (const char *at = text; (at = strstr(at, places[i].name)); at++) {
			double v = strtod(at + strlen(places[i].name), NULL);

			if (!(v >= 0 && v <= places[i].max))
				fail_msg("%.40s", at);
		}
}

static void test_curves(void **state)
{
	static struct plot plot = {
		.title = "a < b & c", .subtitle = "", .x_label = "x", .y_label = "y", .log_x = true
	};
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	for (int i = 4; i <= 17; i++) {
		plot_add(&plot, "one", 1 << i, 100 + i);
		plot_add(&plot, "two", 1 << i, -3.5 * i);
	}
	plot_add(&plot, "one", 0, 1);
	plot_add(&plot, "one", 16, NAN);
	plot_svg(&plot, &out);
	assert_false(out.failed);
	check_within(out.data);
	check_int("points", (long long)count(out.data, "<circle"), 28);
	check_int("lines", (long long)count(out.data, "<polyline"), 2);
	assert_non_null(strstr(out.data, "a &lt; b &amp; c"));
	assert_non_null(strstr(out.data, ">131,072<"));
	assert_non_null(strstr(out.data, ">-50<"));
	check_int("elements end", (long long)count(out.data, "<text"),
		  (long long)count(out.data, "</text>"));
}

/* One point, one value, nothing: no division by zero. */
static void test_little(void **state)
{
	static struct plot plot = { .title = "", .subtitle = "", .x_label = "", .y_label = "" };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	plot_svg(&plot, &out);
	check_int("nothing", (long long)out.len, 0);
	plot_add(&plot, "one", 3, 0);
	plot_svg(&plot, &out);
	check_within(out.data);
	assert_null(strstr(out.data, "nan"));
	assert_null(strstr(out.data, "inf"));
}

static void test_too_many(void **state)
{
	static struct plot plot = { .title = "", .subtitle = "", .x_label = "", .y_label = "" };
	char name[16];

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		plot_add(&plot, name, i, i);
		plot_add(&plot, "0", i, i);
	}
	check_int("series", (long long)plot.len, PLOT_SERIES);
	check_int("points", (long long)plot.series[0].len, PLOT_POINTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_curves),
		cmocka_unit_test(test_little),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
