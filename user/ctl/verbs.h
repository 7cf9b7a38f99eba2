/* SPDX-License-Identifier: MIT */
/* hostportctl's verbs: each parses what follows its name and returns the exit status. */
#pragma once

#include "../base/options.h"
#include "../base/status.h"

struct ctl {
	const char *socket;
};

/* argv[0] is the verb's name. */
typedef int (*verb_fn)(const struct ctl *ctl, int argc, char **argv);

int verb_tail(const struct ctl *ctl, int argc, char **argv);
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
int verb_learn(const struct ctl *ctl, int argc, char **argv);

/*
 * Parse a verb's options into `target`. 0: go on with *ret_operands; else the verb is done
 * (help printed, or what is wrong said) and *ret_status is its exit status.
 */
int verb_parse(const struct options *options, void *target, int argc, char **argv,
	       int *ret_operands, int *ret_status);

/* The parser of an option that names a layer. */
int verb_parse_layer_name(void *text, const char *value, struct buf *err);

/* Say on stderr why there is no answer from the agent; the exit status. */
int verb_no_agent(const struct ctl *ctl, int r, const char *reason);

/* Print a document, and a line end if it has none; the exit status. */
int verb_print(const struct buf *text);
