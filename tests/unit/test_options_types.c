// SPDX-License-Identifier: MIT
/* What each type of option takes, from the command line and from the environment. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/base/options.h"

/* A field of each type, between guards that nothing may change. */
struct typed {
	uint64_t before;
	bool flag;
	const char *string, *text;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64, seconds;
	int word;
	bool yes;
	int8_t tri;
	uint64_t after;
};

#define GUARD 0x5a5a5a5a5a5a5a5aULL

static const struct option_spec typed_specs[] = {
	{ "flag", NULL, "h", OPTION_FLAG(struct typed, flag) },
	{ "string", "S", "h", OPTION_STRING(struct typed, string) },
	{ "text", "T", "h", OPTION_TEXT(struct typed, text) },
	{ "u8", "N", "h", OPTION_UINT(struct typed, u8, 0, UINT8_MAX) },
	{ "u16", "N", "h", OPTION_UINT(struct typed, u16, 1, UINT16_MAX) },
	{ "u32", "N", "h", OPTION_UINT(struct typed, u32, 10, 20) },
	{ "u64", "N", "h", OPTION_UINT(struct typed, u64, 0, UINT64_MAX) },
	{ "seconds", "S", "h", OPTION_SECONDS(struct typed, seconds, 60) },
	{ "word", "one|two|twofold", "h", OPTION_WORD(struct typed, word, 1, -2, 65536) },
	{ "yes", "no|yes", "h", OPTION_WORD(struct typed, yes, false, true) },
	{ "tri", "off|on", "h", OPTION_WORD(struct typed, tri, -1, 1) },
	{ "single", "it", "h", OPTION_WORD(struct typed, word, 7) },
	{ "unfinished", "X", "h", .type = OPTION_TYPE_UNSET },
};

static const struct options typed_options = {
	.program = "prog",
	.usage = "",
	.env = "TESTTYPE_",
	.specs = typed_specs,
	.len = ARRAY_LEN(typed_specs),
};

/* A value, and what becomes of the fields; or why it is refused, which changes nothing. */
static const struct type_case {
	const char *name, *value; /* NULL: no value */
	struct typed want;
	const char *why;
} type_cases[] = {
	{ "flag", NULL, .want = { .flag = true } },
	{ "string", "a b", .want = { .string = "a b" } },
	{ "string", "", .want = { .string = "" } },
	{ "text", "x", .want = { .text = "x" } },
	{ "text", "", .why = "empty" },
	{ "u8", "0", .want = { .u8 = 0 } },
	{ "u8", "255", .want = { .u8 = 255 } },
	{ "u8", "256", .why = "not a number from 0 to 255" },
	{ "u16", "1", .want = { .u16 = 1 } },
	{ "u16", "65535", .want = { .u16 = 65535 } },
	{ "u16", "0", .why = "not a number from 1 to 65535" },
	{ "u16", "65536", .why = "not a number from 1 to 65535" },
	{ "u32", "10", .want = { .u32 = 10 } },
	{ "u32", "20", .want = { .u32 = 20 } },
	{ "u32", "9", .why = "not a number from 10 to 20" },
	{ "u32", "21", .why = "not a number from 10 to 20" },
	{ "u32", "", .why = "not a number from 10 to 20" },
	{ "u32", "015", .why = "not a number from 10 to 20" },
	{ "u32", "-15", .why = "not a number from 10 to 20" },
	{ "u32", "15x", .why = "not a number from 10 to 20" },
	{ "u64", "18446744073709551615", .want = { .u64 = UINT64_MAX } },
	{ "u64", "18446744073709551616", .why = "not a number from 0 to 18446744073709551615" },
	{ "seconds", "0", .want = { .seconds = 0 } },
	{ "seconds", "0.5", .want = { .seconds = 500000000 } },
	{ "seconds", "60", .want = { .seconds = 60000000000 } },
	{ "seconds", "60.1", .why = "not a number of seconds from 0 to 60, such as 0.5" },
	{ "seconds", "1s", .why = "not a number of seconds from 0 to 60, such as 0.5" },
	{ "word", "one", .want = { .word = 1 } },
	{ "word", "two", .want = { .word = -2 } },
	{ "word", "twofold", .want = { .word = 65536 } },
	{ "word", "tw", .why = "not one, two or twofold; did you mean two?" },
	{ "word", "twofol", .why = "not one, two or twofold; did you mean twofold?" },
	{ "word", "twofolds", .why = "not one, two or twofold; did you mean twofold?" },
	{ "word", "One", .why = "not one, two or twofold; did you mean one?" },
	{ "word", "one|two", .why = "not one, two or twofold" },
	{ "word", "", .why = "not one, two or twofold" },
	{ "yes", "yes", .want = { .yes = true } },
	{ "yes", "no", .want = { .yes = false } },
	{ "yes", "true", .why = "not no or yes" },
	{ "tri", "off", .want = { .tri = -1 } },
	{ "tri", "on", .want = { .tri = 1 } },
	{ "tri", "auto", .why = "not off or on" },
	{ "single", "it", .want = { .word = 7 } },
	{ "single", "they", .why = "not it" },
	{ "unfinished", "x", .why = "Invalid argument" },
};

static void check_typed(const char *name, const struct typed *got, const struct typed *want)
{
	check_u64(name, got->before, GUARD);
	check_int(name, got->flag, want->flag);
	check_text(name, got->string, want->string);
	check_text(name, got->text, want->text);
	check_int(name, got->u8, want->u8);
	check_int(name, got->u16, want->u16);
	check_u64(name, got->u32, want->u32);
	check_u64(name, got->u64, want->u64);
	check_u64(name, got->seconds, want->seconds);
	check_int(name, got->word, want->word);
	check_int(name, got->yes, want->yes);
	check_int(name, got->tri, want->tri);
	check_u64(name, got->after, GUARD);
}

static void check_type(const struct type_case *c, const char *on, int argc, char **argv)
{
	_cleanup_buf_ struct buf err = { 0 }, want = { 0 };
	struct typed got = { .before = GUARD, .after = GUARD };
	int operands;

	check_int(on, options_parse(&typed_options, &got, argc, argv, &operands, &err),
		  c->why ? -EINVAL : OPTIONS_OK);
	check_typed(on, &got, &c->want); /* where it is refused: nothing */
	if (c->why)
		buf_printf(&want, "prog: bad value: %s=%s: %s", on, c->value, c->why);
	check_text(on, err.data, want.data);
}

static void test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(type_cases); i++) {
		const struct type_case *c = &type_cases[i];
		char on[32], word[64];
		char *argv[] = { (char[]) { "prog" }, word, NULL };

		(void)snprintf(on, sizeof(on), "--%s", c->name);
		(void)snprintf(word, sizeof(word), "%s%s%s", on, c->value ? "=" : "",
			       c->value ? c->value : "");
		check_type(c, on, 2, argv);
	}
}

/* The same from the environment, where an empty value counts as not set. */
static void test_types_of_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(type_cases); i++) {
		const struct type_case *c = &type_cases[i];
		static const struct type_case unset = { 0 };
		char *argv[] = { (char[]) { "prog" }, NULL };
		char on[32] = "TESTTYPE_";

		for (size_t n = 0; c->name[n]; n++)
			on[strlen(on)] = (char)(c->name[n] >= 'a' ? c->name[n] - 32 : c->name[n]);
		assert_int_equal(setenv(on, c->value ? c->value : "yes", 1), 0);
		check_type(c->value && !*c->value ? &unset : c, on, 1, argv);
		assert_int_equal(unsetenv(on), 0);
	}
}

/* Only what is marked as repeatable may be given twice. */
static void test_types_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(typed_specs) - 1; i++) {
		_cleanup_buf_ struct buf err = { 0 }, want = { 0 };
		struct typed got = { .before = GUARD, .after = GUARD };
		char *argv[] = { (char[]) { "prog" }, NULL, NULL, NULL };
		char word[64], on[32];
		int operands;

		for (size_t c = 0; c < ARRAY_LEN(type_cases); c++) {
			if (strcmp(type_cases[c].name, typed_specs[i].name) != 0)
				continue;
			(void)snprintf(on, sizeof(on), "--%s", type_cases[c].name);
			(void)snprintf(word, sizeof(word), "%s%s%s", on,
				       type_cases[c].value ? "=" : "",
				       type_cases[c].value ? type_cases[c].value : "");
			break;
		}
		argv[1] = argv[2] = word;
		check_int(on, options_parse(&typed_options, &got, 3, argv, &operands, &err),
			  -EINVAL);
		buf_printf(&want, "prog: given more than once: %s", on);
		check_text(on, err.data, want.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_types_of_environment),
		cmocka_unit_test(test_types_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
