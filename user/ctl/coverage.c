// SPDX-License-Identifier: MIT
/* hostportctl coverage: the ways of taking a port that this kernel lets the agent see and deny. */
#include "verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "../base/log.h"
#include "../coverage/document.h"
#include "coverage_json.h"

struct asked {
	bool list, json;
};

static const struct option_spec specs[] = {
	{ "list", NULL, "the ways alone, without trying them (no privilege)",
	  OPTION_FLAG(struct asked, list) },
	VERB_OPTION_OUTPUT(struct asked, json),
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct asked, json) },
};

static const struct options options = {
	.program = "hostportctl coverage",
	.usage = "[--list] [-o FORM]",
	.summary =
		"Try each way of taking a port, in scratch control groups and network"
		" namespaces, and print which this kernel lets the agent see and deny. Needs root,"
		" but no agent. Exit status: 0 all as promised, 1 not all, 3 not tried.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int print_table(int r)
{
	if (r == 0 && (fflush(stdout) < 0 || ferror(stdout)))
		r = -EIO;
	if (r < 0)
		log_error("coverage: output: %s", strerror(-r));
	return r < 0 ? EXIT_SYSTEM : EXIT_OK;
}

static int print_list(const struct asked *asked)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (!asked->json)
		return print_table(document_list_text(stdout));
	document_list_json(&text);
	return verb_print(&text);
}

static int print(const struct asked *asked, const struct coverage *coverage)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct utsname kernel;

	(void)uname(&kernel);
	if (!asked->json)
		return print_table(document_text(coverage, kernel.release, stdout));
	document_json(coverage, kernel.release, &text);
	return verb_print(&text);
}

int coverage_json(struct buf *out, struct buf *err)
{
	_cleanup_(coverage_freep) struct coverage *coverage = NULL;
	struct utsname kernel;
	int r = coverage_run(&coverage, err);

	if (r < 0)
		return r;
	(void)uname(&kernel);
	document_json(coverage, kernel.release, out);
	return out->failed ? -ENOMEM : 0;
}

int verb_coverage(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(coverage_freep) struct coverage *coverage = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	struct asked asked = { 0 };
	int operands, status, r;

	(void)ctl;
	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (asked.list)
		return print_list(&asked);
	if (geteuid() != 0) {
		log_error("coverage: needs root");
		return EXIT_SYSTEM;
	}
	r = coverage_run(&coverage, &err);
	if (r < 0) {
		log_error("coverage: %s", err.data ? err.data : strerror(-r));
		return EXIT_SYSTEM;
	}
	status = print(&asked, coverage);
	return status == EXIT_OK && coverage->findings.len ? EXIT_FINDINGS : status;
}
