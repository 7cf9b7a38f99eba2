// SPDX-License-Identifier: MIT
/* hostportctl mode: switch the running agent to audit or enforce. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/log.h"
#include "../violations/impact_table.h"
#include "../registry/words.h"
#include "answer.h"

struct asked {
	bool yes, dry_run, json;
};

static const struct option_spec specs[] = {
	{ "yes", NULL, "to enforce: even if something would be denied",
	  OPTION_FLAG(struct asked, yes) },
	{ "dry-run", NULL, "to enforce: print what would be denied, and don't switch",
	  OPTION_FLAG(struct asked, dry_run) },
	VERB_OPTION_OUTPUT(struct asked, json),
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct asked, json) },
};

static const struct options options = {
	.program = "hostportctl mode",
	.usage = "audit|enforce [--yes|--dry-run] [-o FORM]",
	.summary =
		"Switch the running agent. To enforce: print the listeners, and the ports taken"
		" since start-up, that would be denied; if there are any, refuse without --yes."
		" To audit: at once. Exit status: 0 it is in that mode, and effective if that is"
		" enforce, 1 refused or not effective, 3 no agent; of --dry-run: 0 nothing would be"
		" denied, 1 something would.",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* Is there a socket that keeps its port until its process binds again? */
static bool any_listener(const struct json *would_break)
{
	for (size_t i = 0; i < json_len(would_break); i++)
		if (json_member_u64(json_at(would_break, i), "sockets", 0))
			return true;
	return false;
}

static int print_impact(const struct json *document)
{
	_cleanup_(table_freep) struct table *table = NULL;
	uint64_t left_out = json_member_u64(document, "left_out", 0);
	uint64_t forgotten = json_member_u64(document, "forgotten", 0);
	const char *chance = json_member_text(document, "chance", "");
	int r = impact_table_of_json(json_member(document, "would_break"), &table);
	int status = verb_print_table("mode", table, r);

	if (status != EXIT_OK)
		return status;
	if (any_listener(json_member(document, "would_break")))
		log_warning("mode: a listener keeps its port until its program binds again: a"
			    " reload (nginx, apachectl graceful, SIGHUP to sshd) or a restart may"
			    " end it");
	if (left_out)
		log_warning("mode: %" PRIu64 " more are left out", left_out);
	if (forgotten)
		log_warning("mode: up to %" PRIu64
			    " more violations were reported, but not remembered",
			    forgotten);
	if (*chance)
		log_warning("mode enforce: %s", chance);
	return EXIT_OK;
}

/* Print what the agent did. Returns the exit status. */
static int conclude(const struct json *document, const char *mode, bool text)
{
	const char *refused = json_member_text(document, "refused", "");
	bool enforce = strcmp(mode, "enforce") == 0;

	if (*refused) {
		log_error("mode %s: refused: %s%s", mode, refused,
			  json_len(json_member(document, "would_break")) ?
				  "; use --yes to switch anyway" :
				  "");
		return EXIT_FINDINGS;
	}
	if (enforce && !json_member_bool(document, "effective", false)) {
		log_error("mode %s: it is in that mode, but NOT EFFECTIVE: %s", mode,
			  json_member_text(document, "reason", "?"));
		return EXIT_FINDINGS;
	}
	if (text)
		(void)printf("mode %s: %s%s\n", mode,
			     json_member_bool(document, "switched", false) ? "switched" : "already",
			     enforce ? ", effective" : "");
	return EXIT_OK;
}

/* The same of what was only asked. */
static int conclude_dry_run(const struct json *document, bool text)
{
	const char *refused = json_member_text(document, "refused", "");

	if (*refused) {
		log_error("mode enforce: would be refused: %s; nothing is switched", refused);
		return EXIT_FINDINGS;
	}
	if (text)
		(void)printf("mode enforce: nothing would be denied; nothing is switched\n");
	return EXIT_OK;
}

static int print_answer(const struct answer *answer, const char *mode, const struct asked *asked)
{
	int printed = asked->json ? verb_print(&answer->shown) : print_impact(answer->document);
	int status = asked->dry_run ? conclude_dry_run(answer->document, !asked->json) :
				      conclude(answer->document, mode, !asked->json);
	if (fflush(stdout) != 0 || printed != EXIT_OK)
		return EXIT_SYSTEM;
	return status;
}

int verb_mode(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	_cleanup_buf_ struct buf request = { 0 };
	struct asked asked = { 0 };
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (argc - operands != 1 || word_to_mode(argv[operands]) < 0) {
		log_error("mode: audit or enforce is needed: try --help");
		return EXIT_USAGE;
	}
	if (asked.dry_run && (asked.yes || word_to_mode(argv[operands]) != HP_MODE_ENFORCE)) {
		log_error("mode: --dry-run: it is for `mode enforce`, without --yes");
		return EXIT_USAGE;
	}
	if (asked.dry_run)
		buf_puts(&request, "{\"verb\":\"impact\"}");
	else
		buf_printf(&request, "{\"verb\":\"mode\",\"mode\":\"%s\",\"yes\":%s}",
			   argv[operands], asked.yes ? "true" : "false");
	status = answer_ask(ctl, &request, &answer);
	return status == EXIT_OK ? print_answer(&answer, argv[operands], &asked) : status;
}
