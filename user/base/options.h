/* SPDX-License-Identifier: MIT */
/*
 * Long options by table. Not getopt_long(), which keeps state between calls and
 * takes abbreviations: `--mod=enforce` of today is another option tomorrow.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct option_spec {
	const char *name; /* without the dashes */
	const char *arg;  /* what the value is, for the help; NULL: a flag */
	const char *help; /* wrapped at blanks; a line end starts a new line */
	/*
	 * Take a value (NULL for a flag). 0, -EINVAL with the reason in `err`, or
	 * another negative errno.
	 */
	int (*set)(void *ctx, const char *value, struct buf *err);
	bool repeatable; /* may be given more than once */
};

enum options_operands {
	OPTIONS_NO_OPERANDS,
	OPTIONS_STOP_AT_OPERAND, /* the first operand ends the options: a verb */
	OPTIONS_MIXED_OPERANDS,	 /* operands may stand between options */
};

struct options {
	const char *program; /* how messages and the help call it: "hostportctl check" */
	const char *usage;   /* what follows the program: "[options] FILE…" */
	const char *summary; /* NULL, or what it does */
	const char *env;     /* NULL, or the prefix of environment variables: "HOSTPORTD_" */
	enum options_operands operands;
	const struct option_spec *specs;
	size_t len; /* at most 64 */
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP,	 /* --help was given */
	OPTIONS_VERSION, /* --version was given */
};

/*
 * Read `--name=value`, `--name value` and `--flag` from argv[1] on, up to `--`;
 * then the environment, PREFIX_NAME in upper case with _ for -, for what the
 * command line did not give. There an empty value is none; a flag is set by 1,
 * true or yes, and not by 0, false or no; a repeatable option has one value a
 * line. Operands are moved to the end of argv, in their order.
 *
 * enum options_result, with the index of the first operand in *ret_operands; or
 * a negative errno, with a message for the user in `err`.
 */
int options_parse(const struct options *o, void *ctx, int argc, char **argv, int *ret_operands,
		  struct buf *err);

/* Write the help text. */
void options_help(const struct options *o, struct buf *out);
