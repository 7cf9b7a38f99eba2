// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "../../user/registry/registry.h"

struct version_case {
	const char *text;
	int r;
	int major, minor;
};

static const struct version_case version_cases[] = {
	{ "4.10", 0, 4, 10 },
	{ "0.1", 0, 0, 1 },
	{ "9999.9999", 0, 9999, 9999 },
	{ "4.0", 0, 4, 0 },
	{ "0.0", -EINVAL, 0, 0 },
	{ "4", -EINVAL, 0, 0 },
	{ "4.", -EINVAL, 0, 0 },
	{ ".4", -EINVAL, 0, 0 },
	{ "4.1.2", -EINVAL, 0, 0 },
	{ "4.01", -EINVAL, 0, 0 },
	{ "04.1", -EINVAL, 0, 0 },
	{ "+4.1", -EINVAL, 0, 0 },
	{ "4.-1", -EINVAL, 0, 0 },
	{ "4.1 ", -EINVAL, 0, 0 },
	{ " 4.1", -EINVAL, 0, 0 },
	{ "10000.1", -EINVAL, 0, 0 },
	{ "4.10000", -EINVAL, 0, 0 },
	{ "", -EINVAL, 0, 0 },
	{ "v4.1", -EINVAL, 0, 0 },
	{ "4.1x", -EINVAL, 0, 0 },
	{ "4.00000000000000000000001", -EINVAL, 0, 0 },
	{ "1234567.1", -EINVAL, 0, 0 },
	{ "12345678.1", -EINVAL, 0, 0 },
	{ "1.1234567", -EINVAL, 0, 0 },
	{ "1.12345678", -EINVAL, 0, 0 },
	{ "1.0", 0, 1, 0 },
	{ "0.9999", 0, 0, 9999 },
	{ "9999.0", 0, 9999, 0 },
};

static void test_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(version_cases); i++) {
		const struct version_case *c = &version_cases[i];
		struct reg_version v = { 0 };

		check_int(c->text, reg_version_parse(c->text, &v), c->r);
		check_int(c->text, v.major, c->major);
		check_int(c->text, v.minor, c->minor);
	}
}

struct date_case {
	const char *text;
	int r;
};

static const struct date_case date_cases[] = {
	{ "2027-03-31", 0 },	    { "2024-02-29", 0 },
	{ "2000-02-29", 0 },	    { "0001-01-01", 0 },
	{ "9999-12-31", 0 },	    { "2027-02-29", -EINVAL },
	{ "1900-02-29", -EINVAL },  { "2027-04-31", -EINVAL },
	{ "2027-00-10", -EINVAL },  { "2027-13-10", -EINVAL },
	{ "2027-01-00", -EINVAL },  { "2027-01-32", -EINVAL },
	{ "0000-01-01", -EINVAL },  { "2027-1-01", -EINVAL },
	{ "2027-01-1", -EINVAL },   { "27-01-01", -EINVAL },
	{ "2027/01/01", -EINVAL },  { "2027-01-01 ", -EINVAL },
	{ "2027-01-01T", -EINVAL }, { "+027-01-01", -EINVAL },
	{ "2027--1-01", -EINVAL },  { "", -EINVAL },
	{ "2027-01-0x", -EINVAL },  { "2027-01-1/", -EINVAL },
	{ "2027-01-0:", -EINVAL },  { "2027/01-01", -EINVAL },
	{ "2027-01/01", -EINVAL },  { "20x7-01-01", -EINVAL },
	{ "2027-x1-01", -EINVAL },
};

static void test_date(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(date_cases); i++) {
		struct reg_date d = { 0 };

		check_int(date_cases[i].text, reg_date_parse(date_cases[i].text, &d),
			  date_cases[i].r);
		check_int(date_cases[i].text, d.year != 0, date_cases[i].r == 0);
	}
}

/* Each day of a few years, and those before and after each month: as the C library has them. */
static void test_calendar(void **state)
{
	static const int years[] = { 1, 4, 100, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999 };
	char text[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(years); i++)
		for (int month = 0; month <= 13; month++)
			for (int day = 0; day <= 32; day++) {
				struct tm tm = { .tm_year = years[i] - 1900,
						 .tm_mon = month - 1,
						 .tm_mday = day };
				struct reg_date d = { 0 };
				bool real;

				(void)timegm(&tm);
				real = tm.tm_mon == month - 1 && tm.tm_mday == day;
				(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", years[i],
					       month, day);
				check_int(text, reg_date_parse(text, &d), real ? 0 : -EINVAL);
				check_int(text, d.year, real ? years[i] : 0);
				check_int(text, d.month, real ? month : 0);
				check_int(text, d.day, real ? day : 0);
			}
}

struct ports_case {
	const char *text;
	int r;
	int first, last;
};

static const struct ports_case ports_cases[] = {
	{ "1", 0, 1, 1 },
	{ "65535", 0, 65535, 65535 },
	{ "80-80", 0, 80, 80 },
	{ "1-65535", 0, 1, 65535 },
	{ "0", -EINVAL, 0, 0 },
	{ "65536", -EINVAL, 0, 0 },
	{ "0-1", -EINVAL, 0, 0 },
	{ "1-65536", -EINVAL, 0, 0 },
	{ "2-1", -EINVAL, 0, 0 },
	{ "1-", -EINVAL, 0, 0 },
	{ "-1", -EINVAL, 0, 0 },
	{ "1-2-3", -EINVAL, 0, 0 },
	{ "1 - 2", -EINVAL, 0, 0 },
	{ "01", -EINVAL, 0, 0 },
	{ "1-02", -EINVAL, 0, 0 },
	{ "", -EINVAL, 0, 0 },
	{ "http", -EINVAL, 0, 0 },
	{ "+1", -EINVAL, 0, 0 },
	{ "1,2", -EINVAL, 0, 0 },
	{ "1..2", -EINVAL, 0, 0 },
	{ "99999999999999999999", -EINVAL, 0, 0 },
	{ "1234567-1", -EINVAL, 0, 0 },
	{ "12345678-1", -EINVAL, 0, 0 },
	{ "1-1234567", -EINVAL, 0, 0 },
	{ "1-12345678", -EINVAL, 0, 0 },
	{ "65534-65535", 0, 65534, 65535 },
	{ "65535-65534", -EINVAL, 0, 0 },
};

static void test_ports(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ports_cases); i++) {
		const struct ports_case *c = &ports_cases[i];
		uint16_t first = 0, last = 0;

		check_int(c->text, reg_ports_parse(c->text, &first, &last), c->r);
		check_int(c->text, first, c->first);
		check_int(c->text, last, c->last);
	}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_compare(void **state)
{
	const struct reg_version v[] = { { 0, 0 }, { 3, 11 }, { 4, 9 }, { 4, 10 }, { 5, 0 } };
	const struct reg_date d[] = {
		{ 0 }, { 2026, 12, 31 }, { 2027, 1, 1 }, { 2027, 1, 2 }, { 2027, 2, 1 },
	};

	(void)state;
	for (int i = 0; i < (int)ARRAY_LEN(v); i++) {
		for (int j = 0; j < (int)ARRAY_LEN(v); j++) {
			check_int("versions", sign(reg_version_compare(v[i], v[j])), sign(i - j));
			check_int("days", sign(reg_date_compare(d[i], d[j])), sign(i - j));
		}
	}
}

static void test_names(void **state)
{
	char longest[65] = { 0 };

	(void)state;
	check_int("a name", reg_name_valid("a.b-9"), true);
	check_int("one letter", reg_name_valid("a"), true);
	check_int("nothing", reg_name_valid(""), false);
	check_int("a capital", reg_name_valid("A"), false);
	check_int("a blank", reg_name_valid("a b"), false);
	check_int("a dash before", reg_name_valid("-a"), false);
	check_int("a dot behind", reg_name_valid("a."), false);
	memset(longest, 'a', 63);
	check_int("63", reg_name_valid(longest), true);
	longest[63] = 'a';
	check_int("64", reg_name_valid(longest), false);
	for (int c = 1; c < 256; c++) {
		const char first[] = { (char)c, 'a', '0', '\0' },
			   inside[] = { 'a', (char)c, '0', '\0' };
		const char last[] = { 'a', '0', (char)c, '\0' };
		bool end = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		check_int(first, reg_name_valid(first), end);
		check_int(inside, reg_name_valid(inside), end || c == '-' || c == '.');
		check_int(last, reg_name_valid(last), end);
	}
}

static void test_put_ports(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	reg_ports_put(80, 80, &out);
	buf_putc(&out, ' ');
	reg_ports_put(1, 65535, &out);
	check_text("ports", out.data, "80 1-65535");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),	  cmocka_unit_test(test_date),
		cmocka_unit_test(test_calendar),  cmocka_unit_test(test_ports),
		cmocka_unit_test(test_compare),	  cmocka_unit_test(test_names),
		cmocka_unit_test(test_put_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
