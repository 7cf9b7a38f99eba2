/* SPDX-License-Identifier: MIT */
/* What `status` and `selftest` have in common: is the agent effective? */
#pragma once

#include "../base/json.h"
#include "verb.h"

struct question_options {
	bool json;
};

struct question {
	const struct options *options; /* of question_options */
	const char *verb;	       /* as the agent calls it */
	void (*put_text)(const struct json *document, struct buf *out);
};

/* Print the agent's answer; the exit status is what it says of `effective`. */
int agent_health_verb(const struct ctl *ctl, int argc, char **argv,
		      const struct question *question);

/* Append a line, with a line end before it, for each foreign program that runs after ours. */
void agent_health_put_foreign(const struct json *foreign, struct buf *out);

/* Append `yes` or `no`, whether the agent is effective, and the reason where there is one. */
void agent_health_put(const struct json *document, const char *yes, const char *no,
		      struct buf *out);
