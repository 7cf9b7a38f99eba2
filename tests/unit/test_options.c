// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/base/options.h"

/* What the setters got, as one text: "mode=audit;deny;registry=a;". */
static int note(void *ctx, const char *name, const char *value)
{
	buf_printf(ctx, "%s%s%s;", name, value ? "=" : "", value ? value : "");
	return 0;
}

static int set_mode(void *ctx, const char *value, struct buf *err)
{
	if (strcmp(value, "audit") != 0 && strcmp(value, "enforce") != 0) {
		buf_puts(err, "neither audit nor enforce");
		return -EINVAL;
	}
	return note(ctx, "mode", value);
}

static int set_deny(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	return note(ctx, "deny", value);
}

static int set_registry(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	return strcmp(value, "missing") == 0 ? -ENOENT : note(ctx, "registry", value);
}

static int set_reserve(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	return note(ctx, "reserve", value);
}

static int set_output(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	return note(ctx, "output", value);
}

static int set_quiet(void *ctx, const char *value, struct buf *err)
{
	(void)err;
	return note(ctx, "quiet", value);
}

static const struct option_spec specs[] = {
	{ "mode", "audit|enforce", "log, or deny (default: audit)", OPTION_PARSED_WHOLE(set_mode) },
	{ "deny-kernel", NULL, "deny kernel sockets too", OPTION_PARSED_WHOLE(set_deny) },
	{ "registry", "builtin:NAME|FILE|DIR", "a layer; repeat it for several\nin order",
	  OPTION_PARSED_WHOLE(set_registry), .repeatable = true },
	{ "reserve", "yes|no", "reserve ports", OPTION_PARSED_WHOLE(set_reserve), .bare = "yes" },
	{ "output", "FORM", "how it is printed", OPTION_PARSED_WHOLE(set_output), .letter = 'o' },
	{ "quiet", NULL, "print nothing", OPTION_PARSED_WHOLE(set_quiet), .letter = 'q' },
};

static const struct options options = {
	.program = "prog",
	.usage = "[options]",
	.summary = "Does one thing.",
	.env = "TESTPREFIX_",
	.specs = specs,
	.len = 6,
};

#define ARGS_MAX 8

/* One run: the command line, its words parted by blanks, and what came of it. */
struct outcome {
	int r;
	struct buf got, rest, err; /* operands are each followed by a semicolon in `rest` */
};

static void cleanup_outcome(struct outcome *out)
{
	buf_free(&out->got);
	buf_free(&out->rest);
	buf_free(&out->err);
}

static struct outcome run(enum options_operands operands, const char *args)
{
	_cleanup_free_ char *copy = strdup(args);
	struct outcome out = { 0 };
	struct options o = options;
	char *argv[ARGS_MAX + 2] = { (char[]) { "prog" } };
	char *rest = copy, *word;
	int argc = 1, first = -1;

	assert_non_null(copy);
	while (argc <= ARGS_MAX && (word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	o.operands = operands;
	buf_puts(&out.got, "");
	buf_puts(&out.rest, "");
	buf_puts(&out.err, "");
	out.r = options_parse(&o, &out.got, argc, argv, &first, &out.err);
	check_int(args, first >= 1, out.r == OPTIONS_OK);
	for (int i = first; out.r == OPTIONS_OK && i < argc; i++)
		buf_printf(&out.rest, "%s;", argv[i]);
	assert_null(argv[argc]);
	return out;
}

#define NONE  OPTIONS_NO_OPERANDS
#define STOP  OPTIONS_STOP_AT_OPERAND
#define MIXED OPTIONS_MIXED_OPERANDS

struct good_case {
	enum options_operands operands;
	const char *args, *got, *rest;
	int r;
};

static const struct good_case good_cases[] = {
	{ NONE, "", "", "", 0 },
	{ NONE, "--mode=enforce", "mode=enforce;", "", 0 },
	{ NONE, "--mode enforce", "mode=enforce;", "", 0 },
	{ NONE, "--deny-kernel", "deny;", "", 0 },
	{ NONE, "--registry=a --registry b", "registry=a;registry=b;", "", 0 },
	{ NONE, "--registry=", "registry=;", "", 0 },
	{ NONE, "--registry=a=b", "registry=a=b;", "", 0 },
	/* What follows an option that wants a value is its value. */
	{ NONE, "--registry --mode=x", "registry=--mode=x;", "", 0 },
	{ NONE, "--registry --help", "registry=--help;", "", 0 },
	{ NONE, "--registry -- --deny-kernel", "registry=--;deny;", "", 0 },
	/* One that has a value of its own takes none from there. */
	{ NONE, "--reserve", "reserve=yes;", "", 0 },
	{ NONE, "--reserve=no", "reserve=no;", "", 0 },
	{ NONE, "--reserve --deny-kernel", "reserve=yes;deny;", "", 0 },
	{ MIXED, "--reserve no", "reserve=yes;", "no;", 0 },
	{ NONE, "-o json", "output=json;", "", 0 },
	{ NONE, "-ojson", "output=json;", "", 0 },
	{ NONE, "-o=json", "output=json;", "", 0 },
	{ NONE, "-o=", "output=;", "", 0 },
	{ NONE, "-ojson=x -q", "output=json=x;quiet;", "", 0 },
	{ NONE, "-o -q", "output=-q;", "", 0 },
	{ NONE, "--output=json -q", "output=json;quiet;", "", 0 },
	{ MIXED, "x -o json y", "output=json;", "x;y;", 0 },
	{ NONE, "--help --bad", "", "", OPTIONS_HELP },
	{ NONE, "--version", "", "", OPTIONS_VERSION },
	{ NONE, "-h --bad", "", "", OPTIONS_HELP },
	{ MIXED, "a -V", "", "", OPTIONS_VERSION },
	{ NONE, "--registry -h", "registry=-h;", "", 0 },
	{ NONE, "--mode=audit --", "mode=audit;", "", 0 },
	{ STOP, "--mode=audit verb --bad x", "mode=audit;", "verb;--bad;x;", 0 },
	{ STOP, "-- --bad", "", "--bad;", 0 },
	{ STOP, "- --bad", "", "-;--bad;", 0 },
	{ MIXED, "a --mode audit b - --deny-kernel c", "mode=audit;deny;", "a;b;-;c;", 0 },
	{ MIXED, "a --deny-kernel b -- --mode=x --", "deny;", "a;b;--mode=x;--;", 0 },
	{ MIXED, "--deny-kernel", "deny;", "", 0 },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++) {
		const struct good_case *c = &good_cases[i];
		_cleanup_(cleanup_outcome) struct outcome out = run(c->operands, c->args);

		check_int(c->args, out.r, c->r);
		check_text(c->args, out.got.data, c->got);
		check_text(c->args, out.rest.data, c->rest);
		if (c->r == OPTIONS_OK)
			check_text(c->args, out.err.data, "");
		else
			assert_true(out.err.len > 0);
	}
}

struct bad_case {
	enum options_operands operands;
	const char *args, *err;
	int r;
};

static const struct bad_case bad_cases[] = {
	{ NONE, "foo", "unexpected argument: foo: try --help", -EINVAL },
	{ NONE, "-- --mode=audit", "unexpected argument: --mode=audit: try --help", -EINVAL },
	{ NONE, "--foo", "unknown option: --foo: try --help", -EINVAL },
	{ NONE, "--foo=x", "unknown option: --foo=x: try --help", -EINVAL },
	{ NONE, "--mod=audit", "unknown option: --mod=audit: did you mean --mode?", -EINVAL },
	{ NONE, "--modes=audit", "unknown option: --modes=audit: did you mean --mode?", -EINVAL },
	{ NONE, "--regsitry", "unknown option: --regsitry: did you mean --registry?", -EINVAL },
	{ NONE, "--hlep", "unknown option: --hlep: did you mean --help?", -EINVAL },
	{ NONE, "--versions", "unknown option: --versions: did you mean --version?", -EINVAL },
	{ NONE, "--=x", "unknown option: --=x: try --help", -EINVAL },
	{ NONE, "-mode=audit", "unknown option: -mode=audit: did you mean --mode?", -EINVAL },
	{ NONE, "-hq", "unknown option: -hq: try --help", -EINVAL },
	{ NONE, "-x", "unknown option: -x: try --help", -EINVAL },
	{ NONE, "-o", "missing value: -o: FORM", -EINVAL },
	{ NONE, "-o a --output=b", "given more than once: --output", -EINVAL },
	{ NONE, "-qo", "takes no value: -q=o", -EINVAL },
	{ NONE, "--o=json", "unknown option: --o=json: try --help", -EINVAL },
	{ NONE, "--help=x", "unknown option: --help=x: did you mean --help?", -EINVAL },
	{ NONE, "--\033[31m", "unknown option: --\\x1b[31m: try --help", -EINVAL },
	{ NONE, "--mode", "missing value: --mode: audit|enforce", -EINVAL },
	{ NONE, "--deny-kernel=yes", "takes no value: --deny-kernel=yes", -EINVAL },
	{ NONE, "--mode=audit --mode=audit", "given more than once: --mode", -EINVAL },
	{ NONE, "--mode=x", "bad value: --mode=x: neither audit nor enforce", -EINVAL },
	{ NONE, "--mode x", "bad value: --mode=x: neither audit nor enforce", -EINVAL },
	{ NONE, "--registry=missing", "bad value: --registry=missing: No such file or directory",
	  -ENOENT },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		const struct bad_case *c = &bad_cases[i];
		_cleanup_(cleanup_outcome) struct outcome out = run(c->operands, c->args);

		check_int(c->args, out.r, c->r);
		assert_true(out.err.len > 6);
		assert_memory_equal(out.err.data, "prog: ", 6);
		check_text(c->args, out.err.data + 6, c->err);
	}
}

struct env_case {
	const char *args;
	const char *mode, *deny, *registry; /* the environment */
	int r;
	const char *got, *err;
};

static const struct env_case env_cases[] = {
	{ "", "enforce", "1", "a", 0, "mode=enforce;deny;registry=a;", "" },
	{ "", "", "", "", 0, "", "" },
	{ "--mode=audit", "enforce", "TRUE", NULL, 0, "mode=audit;deny;", "" },
	{ "--registry=z", NULL, NULL, "a", 0, "registry=z;", "" },
	{ "", NULL, "no", NULL, 0, "", "" },
	{ "--deny-kernel", NULL, "0", NULL, 0, "deny;", "" },
	{ "", NULL, NULL, "\na,b\n\nc d\n", 0, "registry=a,b;registry=c d;", "" },
	{ "", NULL, "maybe", NULL, -EINVAL, "",
	  "prog: bad value: TESTPREFIX_DENY_KERNEL=maybe: neither 1, true, yes nor 0, false, no" },
	{ "", NULL, NULL, "a\nmissing\nb", -ENOENT, "registry=a;",
	  "prog: bad value: TESTPREFIX_REGISTRY=missing: No such file or directory" },
	{ "", "x", NULL, NULL, -EINVAL, "",
	  "prog: bad value: TESTPREFIX_MODE=x: neither audit nor enforce" },
	{ "--help", "x", NULL, NULL, OPTIONS_HELP, "", "" },
};

static void set_variable(const char *name, const char *value)
{
	assert_int_equal(value ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void test_environment(void **state)
{
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(env_cases) / sizeof(env_cases[0]); i++) {
		const struct env_case *c = &env_cases[i];
		_cleanup_(cleanup_outcome) struct outcome out = { 0 };

		set_variable("TESTPREFIX_MODE", c->mode);
		set_variable("TESTPREFIX_DENY_KERNEL", c->deny);
		set_variable("TESTPREFIX_REGISTRY", c->registry);
		out = run(NONE, c->args);
		(void)snprintf(name, sizeof(name), "environment %zu", i);
		check_int(name, out.r, c->r);
		check_text(name, out.got.data, c->got);
		if (c->r != OPTIONS_HELP)
			check_text(name, out.err.data, c->err);
	}
	set_variable("TESTPREFIX_MODE", NULL);
	set_variable("TESTPREFIX_DENY_KERNEL", NULL);
	set_variable("TESTPREFIX_REGISTRY", NULL);
}

static int keep(void *ctx, const char *value, struct buf *err)
{
	const char ***at = ctx;

	(void)err;
	*(*at)++ = value;
	return 0;
}

/* What a setter is given stays valid as long as the environment does. */
static void test_environment_stays(void **state)
{
	static const struct option_spec keeping[] = {
		{ "mode", "audit|enforce", "kept", OPTION_PARSED_WHOLE(keep) },
		{ "registry", "FILE", "kept", OPTION_PARSED_WHOLE(keep), .repeatable = true },
	};
	const struct options o = {
		.program = "prog", .env = "TESTPREFIX_", .specs = keeping, .len = 2
	};
	const char *kept[3] = { NULL }, **at = kept;
	char prog[] = "prog", *argv[] = { prog, NULL };
	_cleanup_buf_ struct buf err = { 0 };
	int operands;

	(void)state;
	set_variable("TESTPREFIX_MODE", "enforce");
	set_variable("TESTPREFIX_REGISTRY", "first\nsecond");
	assert_int_equal(options_parse(&o, &at, 1, argv, &operands, &err), OPTIONS_OK);
	check_text("one value", kept[0], "enforce");
	check_text("first line", kept[1], "first");
	check_text("second line", kept[2], "second");
	set_variable("TESTPREFIX_MODE", NULL);
	set_variable("TESTPREFIX_REGISTRY", NULL);
}

/* Without a prefix the environment is not looked at. */
static void test_no_environment(void **state)
{
	_cleanup_buf_ struct buf got = { 0 }, err = { 0 };
	char *argv[] = { (char[]) { "prog" }, NULL };
	struct options o = options;
	int operands;

	(void)state;
	o.env = NULL;
	assert_int_equal(setenv("TESTPREFIX_MODE", "x", 1), 0);
	assert_int_equal(options_parse(&o, &got, 1, argv, &operands, &err), OPTIONS_OK);
	assert_int_equal(unsetenv("TESTPREFIX_MODE"), 0);
	assert_int_equal(operands, 1);
	assert_int_equal(got.len, 0);
	/* A program may be started without even its name. */
	assert_int_equal(options_parse(&o, &got, 0, argv + 1, &operands, &err), OPTIONS_OK);
}

static int ask_help(const struct options *o, struct buf *out)
{
	char *argv[] = { (char[]) { "prog" }, (char[]) { "--help" }, NULL };
	int operands;

	return options_parse(o, NULL, 2, argv, &operands, out);
}

static void test_help(void **state)
{
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	assert_int_equal(ask_help(&options, &b), OPTIONS_HELP);
	check_text("help", b.data,
		   "Usage: prog [options]\n\nDoes one thing.\n\nOptions:\n"
		   "  --mode=audit|enforce      log, or deny (default: audit)\n"
		   "  --deny-kernel             deny kernel sockets too\n"
		   "  --registry=builtin:NAME|FILE|DIR\n"
		   "                            a layer; repeat it for several\n"
		   "                            in order\n"
		   "  --reserve[=yes|no]        reserve ports\n"
		   "  -o, --output=FORM         how it is printed\n"
		   "  -q, --quiet               print nothing\n"
		   "  -h, --help                show this help\n"
		   "  -V, --version             show the version\n"
		   "\nAn option can also be set in the environment: TESTPREFIX_ and its name, in "
		   "upper\ncase and with _ for -. The command line takes precedence.\n");
}

/* Of a verb, the version is the program's. */
static void test_version(void **state)
{
	char *argv[] = { (char[]) { "prog" }, (char[]) { "--version" }, NULL };
	struct options o = { .program = "prog verb", .usage = "" };
	_cleanup_buf_ struct buf b = { 0 };
	int operands;

	(void)state;
	assert_int_equal(options_parse(&o, NULL, 2, argv, &operands, &b), OPTIONS_VERSION);
	check_text("version", b.data, "prog " HOSTPORTD_VERSION "\n");
}

static void test_help_wraps(void **state)
{
	static const struct option_spec spec = {
		"x", NULL,
		"one two three four five six seven eight nine ten eleven twelve thirteen "
		"an-overlong-word-that-has-no-place-on-any-line-of-this-width-whatever-you-do end",
		OPTION_PARSED_WHOLE(set_deny)
	};
	struct options o = { .program = "p", .usage = "", .specs = &spec, .len = 1 };
	_cleanup_buf_ struct buf b = { 0 };

	(void)state;
	assert_int_equal(ask_help(&o, &b), OPTIONS_HELP);
	check_text("wraps", b.data,
		   "Usage: p\n\nOptions:\n"
		   "  --x                       one two three four five six seven eight nine ten\n"
		   "                            eleven twelve thirteen\n"
		   "                            an-overlong-word-that-has-no-place-on-any-line-of-"
		   "this-width-whatever-you-do\n"
		   "                            end\n"
		   "  -h, --help                show this help\n"
		   "  -V, --version             show the version\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_environment_stays),
		cmocka_unit_test(test_no_environment),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
