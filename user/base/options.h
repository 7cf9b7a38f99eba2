/* SPDX-License-Identifier: MIT */
/*
 * Options by table: a row has an option's name, what its value must be, and the field
 * that gets it. Not getopt_long(): it keeps state between calls, and it accepts abbreviations,
 * which a later option can change: today's `--mod=enforce` may mean another option tomorrow.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* What a value must be, and the type of its field. Zero: an unfinished row accepts nothing. */
enum option_type {
	OPTION_TYPE_UNSET,
	OPTION_TYPE_FLAG,    /* no value; a bool becomes true */
	OPTION_TYPE_STRING,  /* any text: const char * */
	OPTION_TYPE_TEXT,    /* the same, but not empty */
	OPTION_TYPE_UINT,    /* a number from min to max: an integer of 1, 2, 4 or 8 bytes */
	OPTION_TYPE_SECONDS, /* up to max, fractions allowed: uint64_t of nanoseconds */
	OPTION_TYPE_WORD,    /* a word of `arg`: an integer of 1, 2, 4 or 8 bytes */
	OPTION_TYPE_PARSED,  /* its parser decides */
};

struct option_spec {
	const char *name; /* without the dashes */
	const char *arg;  /* what the value is, for the help; NULL: a flag */
	const char *help; /* wrapped at blanks; a line end starts a new line */
	enum option_type type;
	char letter;	     /* of the short form: 'o' for -o; 0: none; h and V are taken */
	bool repeatable;     /* may be given more than once; the parser gets each */
	const char *bare;    /* the value of --name alone; NULL: one must be given */
	size_t offset, size; /* of the field */
	uint64_t min, max;
	const int *values; /* of the words of `arg`, in their order */
	size_t values_len;
	/*
	 * Store a value (NULL for a flag) in the field. 0, -EINVAL with the reason in `err`,
	 * or another negative errno. A string that it keeps lives as long as argv and the
	 * environment do.
	 */
	int (*parse)(void *field, const char *value, struct buf *err);
};

/* The rest of a row, after name, arg and help: its type and its field. */
#define OPTION_FIELD(struct_, field)                                                               \
	.offset = offsetof(struct_, field), .size = sizeof(((struct_ *)0)->field)
#define OPTION_FLAG(struct_, field)   .type = OPTION_TYPE_FLAG, OPTION_FIELD(struct_, field)
#define OPTION_STRING(struct_, field) .type = OPTION_TYPE_STRING, OPTION_FIELD(struct_, field)
#define OPTION_TEXT(struct_, field)   .type = OPTION_TYPE_TEXT, OPTION_FIELD(struct_, field)
#define OPTION_UINT(struct_, field, least, most)                                                   \
	.type = OPTION_TYPE_UINT, OPTION_FIELD(struct_, field), .min = (least), .max = (most)
#define OPTION_SECONDS(struct_, field, most)                                                       \
	.type = OPTION_TYPE_SECONDS, OPTION_FIELD(struct_, field), .max = (most)
/* Then the value of each word of `arg`, which "|" separates. */
#define OPTION_WORD(struct_, field, ...)                                                           \
	.type = OPTION_TYPE_WORD, OPTION_FIELD(struct_, field),                                    \
	.values = (const int[]) { __VA_ARGS__ },                                                   \
	.values_len = sizeof((const int[]) { __VA_ARGS__ }) / sizeof(int)
#define OPTION_PARSED(struct_, field, parser)                                                      \
	.type = OPTION_TYPE_PARSED, OPTION_FIELD(struct_, field), .parse = (parser)
/* The parser gets the whole struct, because it fills more than one field. */
#define OPTION_PARSED_WHOLE(parser) .type = OPTION_TYPE_PARSED, .parse = (parser)

enum options_operands {
	OPTIONS_NO_OPERANDS,
	OPTIONS_STOP_AT_OPERAND, /* the first operand ends the options: a verb */
	OPTIONS_MIXED_OPERANDS,	 /* operands may stand between options */
};

struct options {
	const char *program; /* its name in messages and help: "hostportctl check" */
	const char *usage;   /* what follows the program: "[options] FILE…" */
	const char *summary; /* NULL, or what it does */
	const char *env;     /* NULL, or the prefix of environment variables: "HOSTPORTD_" */
	enum options_operands operands;
	const struct option_spec *specs;
	size_t len; /* at most 64 */
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP,	 /* --help or -h was given */
	OPTIONS_VERSION, /* --version or -V was given */
};

/*
 * Read `--name=value`, `--name value` (unless --name has a value of its own) and `--flag` from
 * argv[1] on, up to `--`, and of options with a letter `-n value`, `-nvalue` and `-n=value`, into
 * the fields of `target`; then the environment, PREFIX_NAME in upper case with _ for -, for what
 * the command line did not give. An empty variable counts as not set; a flag is set by 1,
 * true or yes, and not by 0, false or no; a repeatable option has one value a line. Operands
 * are moved to the end of argv, in their order.
 *
 * enum options_result: with the index of the first operand in *ret_operands, or with the text
 * that was asked for in `out`; or a negative errno, with a message for the user in `out`.
 */
int options_parse(const struct options *o, void *target, int argc, char **argv, int *ret_operands,
		  struct buf *out);

/*
 * Move the options of the table, wherever they stand before `--`, and their values in front of all
 * other arguments; both keep their order. The index of the first other argument. If the last option
 * of the table lacks its value, *argc ends behind it: no verb must become its value.
 */
int options_to_front(const struct options *o, int *argc, char **argv);
