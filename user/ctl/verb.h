/* SPDX-License-Identifier: MIT */
/* hostportctl's verbs: a table of them, and what they have in common. */
#pragma once

#include "../base/options.h"
#include "../base/status.h"

struct ctl {
	const char *socket;
};

struct table;

struct verb {
	const char *name;
	/* Parse what follows the name, which is argv[0], and do it. The exit status. */
	int (*run)(const struct ctl *ctl, int argc, char **argv);
	const char *help;
};

int verb_tail(const struct ctl *ctl, int argc, char **argv);
int verb_top(const struct ctl *ctl, int argc, char **argv);
int verb_wait(const struct ctl *ctl, int argc, char **argv);
int verb_status(const struct ctl *ctl, int argc, char **argv);
int verb_listeners(const struct ctl *ctl, int argc, char **argv);
int verb_selftest(const struct ctl *ctl, int argc, char **argv);
int verb_detach(const struct ctl *ctl, int argc, char **argv);
int verb_reload(const struct ctl *ctl, int argc, char **argv);
int verb_mode(const struct ctl *ctl, int argc, char **argv);
int verb_explain(const struct ctl *ctl, int argc, char **argv);
int verb_registry(const struct ctl *ctl, int argc, char **argv);
int verb_coverage(const struct ctl *ctl, int argc, char **argv);
int verb_check(const struct ctl *ctl, int argc, char **argv);
int verb_pods(const struct ctl *ctl, int argc, char **argv);
int verb_learn(const struct ctl *ctl, int argc, char **argv);
int verb_bugreport(const struct ctl *ctl, int argc, char **argv);

/* Those of `hostportctl registry`. */
int registry_show(const struct ctl *ctl, int argc, char **argv);
int registry_lint(const struct ctl *ctl, int argc, char **argv);
int registry_import(const struct ctl *ctl, int argc, char **argv);
int registry_export(const struct ctl *ctl, int argc, char **argv);
int registry_diff(const struct ctl *ctl, int argc, char **argv);
int registry_next(const struct ctl *ctl, int argc, char **argv);

/* Read options into `ctl`, and run the verb of the table that follows them. The exit status. */
int verb_run(const struct options *options, const struct verb *verbs, size_t len, struct ctl *ctl,
	     int argc, char **argv);

/*
 * Parse a verb's options into `target`. 0: go on with *ret_operands; else the verb is done
 * (help was printed, or what is wrong was said) and *ret_status is its exit status.
 */
int verb_parse(const struct options *options, void *target, int argc, char **argv,
	       int *ret_operands, int *ret_status);

/* The parser of --output where there are text and JSON alone; the field is the bool of --json. */
int verb_parse_output(void *json, const char *value, struct buf *err);

#define VERB_OPTION_OUTPUT(struct_, field)                                                         \
	{                                                                                          \
		"output", "text|json", "for people, or as --json (text)",                          \
			OPTION_PARSED(struct_, field, verb_parse_output), .letter = 'o'            \
	}

/* The parser of an option that names a layer. */
int verb_parse_layer_name(void *text, const char *value, struct buf *err);

/* Say on stderr why there is no answer from the agent; the exit status. */
int verb_no_agent(const struct ctl *ctl, int r, const char *reason);

/* Say on stderr that `verb` failed with a negative errno; the exit status. */
int verb_failed(const char *verb, int r);

/* Write bytes to standard output as they are; the exit status. */
int verb_write(const struct buf *bytes);

/* Print a document, and a line end if it has none; the exit status. */
int verb_print(const struct buf *text);

/* Print a table, unless making it failed with r; the exit status, after saying why not. */
int verb_print_table(const char *verb, struct table *table, int r);
