// SPDX-License-Identifier: MIT
/* What people type: the word that was meant, and options behind a verb. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/options.h"

static int ignore(void *field, const char *value, struct buf *err)
{
	(void)field;
	(void)value;
	(void)err;
	return 0;
}

static const struct option_spec specs[] = {
	{ "mode", "audit|enforce", "log, or deny", OPTION_PARSED_WHOLE(ignore) },
	{ "reserve", "yes|no", "reserve ports", OPTION_PARSED_WHOLE(ignore), .bare = "yes" },
	{ "output", "FORM", "how it is printed", OPTION_PARSED_WHOLE(ignore), .letter = 'o' },
	{ "quiet", NULL, "print nothing", OPTION_PARSED_WHOLE(ignore), .letter = 'q' },
};

static const struct options options = { .program = "prog", .usage = "", .specs = specs, .len = 4 };

#define ARGS_MAX 8

struct near {
	uint8_t form;
};

static const struct option_spec near_spec = { "form", "text|json|sarif", "printed",
					      OPTION_WORD(struct near, form, 0, 1, 2) };

/* A word of the option's own list. */
static void test_near_word(void **state)
{
	static const struct {
		const char *value, *err;
	} cases[] = {
		{ "jsno", "prog: bad value: --form=jsno: not text, json or sarif; did you mean "
			  "json?" },
		{ "sariff", "prog: bad value: --form=sariff: not text, json or sarif; did you "
			    "mean sarif?" },
		{ "JSON", "prog: bad value: --form=JSON: not text, json or sarif" },
		{ "xml", "prog: bad value: --form=xml: not text, json or sarif" },
	};
	const struct options o = { .program = "prog", .usage = "", .specs = &near_spec, .len = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf err = { 0 }, arg = { 0 };
		struct near target = { 7 };
		char *argv[] = { (char[]) { "prog" }, NULL, NULL };
		int operands;

		buf_printf(&arg, "--form=%s", cases[i].value);
		argv[1] = arg.data;
		check_int(cases[i].value, options_parse(&o, &target, 2, argv, &operands, &err),
			  -EINVAL);
		check_text(cases[i].value, err.data, cases[i].err);
		check_int("as it was", target.form, 7);
	}
}

struct front_case {
	const char *args, *want;
	int front, left_out; /* arguments: options of the table; those that are not to be read */
};

static const struct front_case front_cases[] = {
	{ "", "", 0, 0 },
	{ "verb", "verb;", 0, 0 },
	{ "verb --mode=audit x", "--mode=audit;verb;x;", 1, 0 },
	{ "verb --mode audit x", "--mode;audit;verb;x;", 2, 0 },
	{ "--mode a verb --foo -q y -o z", "--mode;a;-q;-o;z;verb;--foo;y;", 5, 0 },
	{ "verb --reserve no", "--reserve;verb;no;", 1, 0 },
	{ "verb -- --mode=audit", "verb;--;--mode=audit;", 0, 0 },
	{ "verb -q -- -q", "-q;verb;--;-q;", 1, 0 },
	{ "verb - x", "verb;-;x;", 0, 0 },
	{ "verb --modes=x -x", "verb;--modes=x;-x;", 0, 0 },
	/* what lacks its value must not take the verb for it */
	{ "verb x --mode", "--mode;verb;x;", 1, 2 },
	{ "-q verb --mode", "-q;--mode;verb;", 2, 1 },
};

static void test_to_front(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(front_cases) / sizeof(front_cases[0]); i++) {
		const struct front_case *c = &front_cases[i];
		_cleanup_free_ char *copy = strdup(c->args);
		_cleanup_buf_ struct buf got = { 0 };
		char *argv[ARGS_MAX + 2] = { (char[]) { "prog" } };
		char *rest = copy, *word;
		int argc = 1, left;

		assert_non_null(copy);
		while (argc <= ARGS_MAX && (word = strsep(&rest, " ")))
			if (*word)
				argv[argc++] = word;
		left = argc;
		check_int(c->args, options_to_front(&options, &left, argv), 1 + c->front);
		check_int(c->args, argc - left, c->left_out);
		buf_puts(&got, "");
		for (int n = 1; n < argc; n++)
			buf_printf(&got, "%s;", argv[n]);
		check_text(c->args, got.data, c->want);
		assert_null(argv[argc]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near_word),
		cmocka_unit_test(test_to_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
