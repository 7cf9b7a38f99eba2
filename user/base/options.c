// SPDX-License-Identifier: MIT
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parse.h"
#include "suggest.h"

#define HELP_WIDTH  80
#define HELP_INDENT 28
#define WORDS_MAX   16 /* of an option's value */

/* One run of options_parse(). */
struct run {
	const struct options *o;
	void *target;
	struct buf *out;
	uint64_t given; /* bit 1 << index of the option */
};

/* "program: what: on[=value][: why]" */
static int refuse(struct run *run, const char *what, const char *on, const char *value,
		  const char *why)
{
	buf_printf(run->out, "%s: %s: ", run->o->program, what);
	buf_put_safe(run->out, on);
	if (value) {
		buf_putc(run->out, '=');
		buf_put_safe(run->out, value);
	}
	if (why) {
		buf_puts(run->out, ": ");
		buf_put_safe(run->out, why);
	}
	return -EINVAL;
}

/* ---- values -------------------------------------------------------------------------------- */
static void store(void *field, size_t size, uint64_t value)
{
	switch (size) {
	case sizeof(uint8_t):
		*(uint8_t *)field = (uint8_t)value;
		break;
	case sizeof(uint16_t):
		*(uint16_t *)field = (uint16_t)value;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)field = (uint32_t)value;
		break;
	default:
		*(uint64_t *)field = value;
	}
}

static int store_text(void *field, const char *value)
{
	*(const char **)field = value;
	return 0;
}

static int store_uint(const struct option_spec *spec, void *field, const char *value,
		      struct buf *why)
{
	uint64_t number;

	if (parse_u64(value, spec->min, spec->max, &number) < 0) {
		buf_printf(why, "not a number from %ju to %ju", (uintmax_t)spec->min,
			   (uintmax_t)spec->max);
		return -EINVAL;
	}
	store(field, spec->size, number);
	return 0;
}

static int store_seconds(const struct option_spec *spec, void *field, const char *value,
			 struct buf *why)
{
	uint64_t ns;

	if (parse_seconds(value, spec->max, &ns) < 0) {
		buf_printf(why, "not a number of seconds from 0 to %ju, such as 0.5",
			   (uintmax_t)spec->max);
		return -EINVAL;
	}
	store(field, spec->size, ns);
	return 0;
}

/* "not a, b or c" of "a|b|c". */
static void put_words(const char *words, struct buf *why)
{
	const char *between = "not ";

	for (const char *end; *words; words = *end ? end + 1 : end) {
		end = strchrnul(words, '|');
		buf_puts(why, between);
		buf_add(why, words, (size_t)(end - words));
		between = *end && strchr(end + 1, '|') ? ", " : " or ";
	}
}

static void put_near_word(const char *words, const char *value, struct buf *why)
{
	const char *list[WORDS_MAX + 1] = { NULL };
	_cleanup_free_ char *copy = strdup(words);
	char *rest = copy;

	for (size_t n = 0; rest && n < WORDS_MAX; n++)
		list[n] = strsep(&rest, "|");
	suggest_put(value, suggest_array_word, list, why);
}

static int store_word(const struct option_spec *spec, void *field, const char *value,
		      struct buf *why)
{
	const char *word = spec->arg, *end;

	for (size_t i = 0; i < spec->values_len; i++, word = *end ? end + 1 : end) {
		end = strchrnul(word, '|');
		if (strlen(value) == (size_t)(end - word) &&
		    memcmp(word, value, strlen(value)) == 0) {
			store(field, spec->size, (uint64_t)spec->values[i]);
			return 0;
		}
	}
	put_words(spec->arg, why);
	put_near_word(spec->arg, value, why);
	return -EINVAL;
}

/* Store a value in the field, by the option's type. `value` is NULL for a flag. */
static int store_value(const struct option_spec *spec, void *field, const char *value,
		       struct buf *why)
{
	switch (spec->type) {
	case OPTION_TYPE_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_TYPE_TEXT:
		if (!*value) {
			buf_puts(why, "empty");
			return -EINVAL;
		}
		return store_text(field, value);
	case OPTION_TYPE_STRING:
		return store_text(field, value);
	case OPTION_TYPE_UINT:
		return store_uint(spec, field, value, why);
	case OPTION_TYPE_SECONDS:
		return store_seconds(spec, field, value, why);
	case OPTION_TYPE_WORD:
		return store_word(spec, field, value, why);
	case OPTION_TYPE_PARSED:
		return spec->parse(field, value, why);
	case OPTION_TYPE_UNSET:
		break;
	}
	return -EINVAL;
}

/* Set an option; `on` is how the user named it. */
static int set_option(struct run *run, size_t i, const char *on, const char *value)
{
	const struct option_spec *spec = &run->o->specs[i];
	_cleanup_buf_ struct buf why = { 0 };
	int r = store_value(spec, (char *)run->target + spec->offset, value, &why);

	if (r < 0)
		(void)refuse(run, "bad value", on, value, why.len ? why.data : strerror(-r));
	return r;
}

/* ---- the command line ---------------------------------------------------------------------- */
static int find_option(const struct options *o, const char *name, size_t n)
{
	for (size_t i = 0; i < o->len; i++)
		if (strncmp(o->specs[i].name, name, n) == 0 && o->specs[i].name[n] == '\0')
			return (int)i;
	return -ENOENT;
}

static int find_letter(const struct options *o, char letter)
{
	for (size_t i = 0; i < o->len; i++)
		if (letter && o->specs[i].letter == letter)
			return (int)i;
	return -ENOENT;
}

/* An option as the user wrote it. */
struct written {
	int index;	   /* or -ENOENT */
	char on[64];	   /* "--name" or "-n" */
	const char *value; /* in the same argument, or NULL */
};

static void read_name(const struct options *o, const char *arg, struct written *ret)
{
	const char *equals = strchr(arg, '=');
	size_t n = equals ? (size_t)(equals - arg) : strlen(arg);

	*ret = (struct written) { .index = -ENOENT, .value = equals ? equals + 1 : NULL };
	if (arg[1] != '-') {
		n = 2;
		ret->index = find_letter(o, arg[1]);
		ret->value = arg[2] ? arg + 2 + (arg[2] == '=') : NULL;
	} else if (n > 2 && n < sizeof(ret->on)) {
		ret->index = find_option(o, arg + 2, n - 2);
	}
	if (ret->index >= 0)
		memcpy(ret->on, arg, n);
}

static const char *option_name(const void *options, size_t n)
{
	static const char *const of_all[] = { "help", "version", NULL };
	const struct options *o = options;

	return n < o->len ? o->specs[n].name : of_all[n - o->len];
}

static int refuse_unknown(struct run *run, const char *arg)
{
	const char *name = arg + 1 + (arg[1] == '-'), *near;
	_cleanup_free_ char *copy = strndup(name, strcspn(name, "="));
	_cleanup_buf_ struct buf why = { 0 };

	near = copy ? suggest_near(copy, option_name, run->o) : NULL;
	if (near)
		buf_printf(&why, "did you mean --%s?", near);
	return refuse(run, "unknown option", arg, NULL, why.len ? why.data : "try --help");
}

/* Read the option at argv[*at] and its value; *at is then the last argument read. */
static int read_option(struct run *run, int argc, char **argv, int *at)
{
	const struct option_spec *spec;
	struct written w;

	read_name(run->o, argv[*at], &w);
	if (w.index < 0)
		return refuse_unknown(run, argv[*at]);
	spec = &run->o->specs[w.index];
	if (!spec->repeatable && run->given & (1ULL << w.index))
		return refuse(run, "given more than once", w.on, NULL, NULL);
	if (!spec->arg && w.value)
		return refuse(run, "takes no value", w.on, w.value, NULL);
	if (!w.value)
		w.value = spec->bare;
	if (!w.value && spec->arg && *at + 1 == argc)
		return refuse(run, "missing value", w.on, NULL, spec->arg);
	if (!w.value && spec->arg)
		w.value = argv[++*at];
	run->given |= 1ULL << w.index;
	return set_option(run, (size_t)w.index, w.on, w.value);
}

/* Move argv[from..to) before argv[at..from); both keep their order. */
static void move_up(char **argv, int at, int from, int to)
{
	for (; from < to; from++, at++) {
		char *moved = argv[from];

		memmove(argv + at + 1, argv + at, (size_t)(from - at) * sizeof(*argv));
		argv[at] = moved;
	}
}

static bool is_either(const char *arg, const char *name, const char *letter)
{
	return strcmp(arg, name) == 0 || strcmp(arg, letter) == 0;
}

static int parse_argv(struct run *run, int argc, char **argv, int *ret_operands)
{
	int operands = 1; /* argv[operands..at) are operands already seen */
	int r;

	for (int at = 1; at < argc; at++) {
		int from = at;

		if (strcmp(argv[at], "--") == 0) {
			move_up(argv, operands++, at, at + 1);
			break;
		}
		if (is_either(argv[at], "--help", "-h"))
			return OPTIONS_HELP;
		if (is_either(argv[at], "--version", "-V"))
			return OPTIONS_VERSION;
		if (argv[at][0] != '-' || argv[at][1] == '\0') {
			if (run->o->operands == OPTIONS_STOP_AT_OPERAND)
				break;
			continue;
		}
		r = read_option(run, argc, argv, &at);
		if (r < 0)
			return r;
		move_up(argv, operands, from, at + 1);
		operands += at + 1 - from;
	}
	*ret_operands = operands;
	return OPTIONS_OK;
}

/* ---- the environment ----------------------------------------------------------------------- */
static void put_variable(const struct options *o, const struct option_spec *spec, struct buf *out)
{
	buf_puts(out, o->env);
	for (const char *c = spec->name; *c; c++)
		buf_putc(out, *c == '-'		     ? '_' :
			      *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') :
						       *c);
}

static int set_env_flag(struct run *run, size_t i, const char *on, const char *value)
{
	static const char *const words[] = { "0", "1", "false", "true", "no", "yes" };

	for (size_t w = 0; w < ARRAY_LEN(words); w++)
		if (strcasecmp(value, words[w]) == 0)
			return w % 2 ? set_option(run, i, on, NULL) : 0;
	return refuse(run, "bad value", on, value, "neither 1, true, yes nor 0, false, no");
}

static int set_env_lines(struct run *run, size_t i, const char *on, char *value)
{
	char *rest = value, *line;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			r = set_option(run, i, on, line);
	return r;
}

/*
 * Read the option's variable, if it is set and the command line does not give the option.
 * Fields point to values, so the environment itself is cut into lines.
 */
static int read_variable(struct run *run, size_t i)
{
	const struct option_spec *spec = &run->o->specs[i];
	_cleanup_buf_ struct buf on = { 0 };
	char *value;

	put_variable(run->o, spec, &on);
	if (on.failed) {
		(void)refuse(run, "out of memory", spec->name, NULL, NULL);
		return -ENOMEM;
	}
	value = getenv(on.data);
	if (!value || !*value || run->given & (1ULL << i))
		return 0;
	if (!spec->arg)
		return set_env_flag(run, i, on.data, value);
	if (spec->repeatable)
		return set_env_lines(run, i, on.data, value);
	return set_option(run, i, on.data, value);
}

/* ---- help ---------------------------------------------------------------------------------- */
/* Wrap words into lines indented by `indent`; the first line has already been indented. */
static void put_wrapped(struct buf *out, const char *text, size_t indent)
{
	size_t column = indent;

	while (*text) {
		size_t word = strcspn(text, " \n");
		bool fits = column == indent || column + 1 + word <= HELP_WIDTH;

		if (!fits) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			buf_putc(out, ' ');
			column++;
		}
		buf_add(out, text, word);
		column += word;
		text += word;
		if (*text == '\n') {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		if (*text)
			text++;
	}
	buf_putc(out, '\n');
}

static void put_option(struct buf *out, const struct option_spec *spec)
{
	size_t start = out->len, width;

	buf_puts(out, "  ");
	if (spec->letter)
		buf_printf(out, "-%c, ", spec->letter);
	buf_printf(out, "--%s", spec->name);
	if (spec->arg)
		buf_printf(out, spec->bare ? "[=%s]" : "=%s", spec->arg);
	width = out->len - start;
	if (width + 2 > HELP_INDENT)
		buf_printf(out, "\n%*s", HELP_INDENT, "");
	else
		buf_printf(out, "%*s", (int)(HELP_INDENT - width), "");
	put_wrapped(out, spec->help, HELP_INDENT);
}

static void put_help(const struct options *o, struct buf *out)
{
	_cleanup_buf_ struct buf note = { 0 };

	buf_printf(out, "Usage: %s%s%s\n", o->program, *o->usage ? " " : "", o->usage);
	if (o->summary) {
		buf_putc(out, '\n');
		put_wrapped(out, o->summary, 0);
	}
	buf_puts(out, "\nOptions:\n");
	for (size_t i = 0; i < o->len; i++)
		put_option(out, &o->specs[i]);
	put_option(out, &(struct option_spec) {
				.name = "help", .letter = 'h', .help = "show this help" });
	put_option(out, &(struct option_spec) {
				.name = "version", .letter = 'V', .help = "show the version" });
	if (!o->env)
		return;
	buf_printf(&note,
		   "An option can also be set in the environment: %s and its name, in upper case "
		   "and with _ for -. The command line takes precedence.",
		   o->env);
	buf_putc(out, '\n');
	put_wrapped(out, note.data ? note.data : "", 0);
}

/* "program 1.2.3", without the verb of "program verb". */
static void put_version(const struct options *o, struct buf *out)
{
	buf_add(out, o->program, strcspn(o->program, " "));
	buf_puts(out, " " HOSTPORTD_VERSION "\n");
}

int options_to_front(const struct options *o, int *argc, char **argv)
{
	int front = 1; /* argv[1..front) are options of the table */

	for (int at = 1; at < *argc && strcmp(argv[at], "--") != 0; at++) {
		const struct option_spec *spec;
		struct written w = { .index = -ENOENT };
		int from = at;

		if (argv[at][0] == '-' && argv[at][1])
			read_name(o, argv[at], &w);
		if (w.index < 0)
			continue;
		spec = &o->specs[w.index];
		if (spec->arg && !w.value && !spec->bare)
			at++;
		move_up(argv, front, from, at < *argc ? at + 1 : at);
		if (at == *argc)
			*argc = ++front;
		else
			front += at + 1 - from;
	}
	return front;
}

int options_parse(const struct options *o, void *target, int argc, char **argv, int *ret_operands,
		  struct buf *out)
{
	struct run run = { .o = o, .target = target, .out = out };
	int operands = argc, r = parse_argv(&run, argc, argv, &operands);

	if (r == OPTIONS_HELP)
		put_help(o, out);
	else if (r == OPTIONS_VERSION)
		put_version(o, out);
	if (r != OPTIONS_OK)
		return r;
	if (o->operands == OPTIONS_NO_OPERANDS && operands < argc)
		return refuse(&run, "unexpected argument", argv[operands], NULL, "try --help");
	for (size_t i = 0; r == OPTIONS_OK && o->env && i < o->len; i++)
		r = read_variable(&run, i);
	if (r == OPTIONS_OK)
		*ret_operands = operands;
	return r;
}
