// SPDX-License-Identifier: MIT
/* How a verb is found and run, and what its options have in common. */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "../../user/ctl/verb.h"

#define RAN 40 /* an exit status that nothing else has */

/* Its exit status tells how many arguments it was given, and that the options before were read. */
static int run_first(const struct ctl *ctl, int argc, char **argv)
{
	check_text("name", argv[0], "first");
	return RAN + argc + (strcmp(ctl->socket, "/given") == 0 ? 10 : 0);
}

static int run_second(const struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argc;
	(void)argv;
	return RAN;
}

static const struct verb verbs[] = {
	{ "first", run_first, "the first one" },
	{ "second", run_second, "the second one" },
};

static const struct option_spec specs[] = {
	{ "socket", "PATH", "the socket", OPTION_STRING(struct ctl, socket) },
};

static const struct options options = {
	.program = "prog",
	.usage = "VERB",
	.operands = OPTIONS_STOP_AT_OPERAND,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const struct {
	const char *args[4];
	int status;
} cases[] = {
	{ { "first" }, RAN + 1 },
	{ { "first", "a", "--b" }, RAN + 3 },
	{ { "--socket=/given", "first" }, RAN + 11 },
	{ { "second", "first" }, RAN },
	{ { NULL }, EXIT_USAGE },
	{ { "third" }, EXIT_USAGE },
	{ { "fir" }, EXIT_USAGE },
	{ { "--bad", "first" }, EXIT_USAGE },
	{ { "--socket" }, EXIT_USAGE },
	{ { "--help", "third" }, EXIT_OK },
	{ { "--version" }, EXIT_OK },
};

static void test_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ctl ctl = { .socket = "/default" };
		char words[4][32], *argv[6] = { (char[]) { "prog" } }, name[32];
		int argc = 1;

		for (size_t n = 0; n < ARRAY_LEN(cases[i].args) && cases[i].args[n]; n++) {
			(void)snprintf(words[n], sizeof(words[n]), "%s", cases[i].args[n]);
			argv[argc++] = words[n];
		}
		(void)snprintf(name, sizeof(name), "case %zu", i);
		check_int(name, verb_run(&options, verbs, ARRAY_LEN(verbs), &ctl, argc, argv),
			  cases[i].status);
	}
}

static void test_layer_names(void **state)
{
	static const char *const good[] = { "a", "0", "site", "10-site", "a.b-c" };
	static const char *const bad[] = { "",	  "A",	 "-a",	"a-",	   ".a",
					   "a b", "a/b", "a_b", "\xc3\xa4" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		const char *name = NULL;

		check_int(good[i], verb_parse_layer_name(&name, good[i], &err), 0);
		check_text(good[i], name, good[i]);
		check_text(good[i], err.data, NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		const char *name = "stays";

		check_int(bad[i], verb_parse_layer_name(&name, bad[i], &err), -EINVAL);
		check_text(bad[i], name, "stays");
		assert_true(err.len > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_layer_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
