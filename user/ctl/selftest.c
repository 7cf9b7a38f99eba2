// SPDX-License-Identifier: MIT
/* hostportctl selftest: make the agent prove now that it is effective. */
#include "agent_health.h"

#include <inttypes.h>

#include "../base/terminal.h"

static const struct option_spec specs[] = {
	VERB_OPTION_OUTPUT(struct question_options, json),
	{ "json", NULL, "the whole document", OPTION_FLAG(struct question_options, json) },
};

static const struct options options = {
	.program = "hostportctl selftest",
	.usage = "[-o FORM]",
	.summary = "Make the agent try each hook now, and check what is attached. Exit status: "
		   "0 effective, 1 not effective, 3 no agent.",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static void put_hooks(const struct json *hooks, struct buf *out)
{
	for (size_t i = 0; i < json_len(hooks); i++) {
		const struct json *hook = json_at(hooks, i);

		buf_puts(out, i ? "\n            " : "\ncanary      ");
		buf_put_safe(out, json_member_text(hook, "hook", "?"));
		buf_puts(out, json_member_bool(hook, "proved", false) ? ": " : ": NOT PROVED: ");
		buf_put_safe(out, json_member_text(hook, "canary", "?"));
	}
}

static void put_links(const struct json *attached, struct buf *out)
{
	size_t len = json_len(attached), alive = 0;

	for (size_t i = 0; i < len; i++)
		alive += json_member_bool(json_at(attached, i), "alive", false);
	buf_printf(out, "\nlinks       %zu of %zu alive", alive, len);
	for (size_t i = 0; i < len; i++) {
		if (json_member_bool(json_at(attached, i), "alive", false))
			continue;
		buf_puts(out, "\n            DEAD: ");
		buf_put_safe(out, json_member_text(json_at(attached, i), "hook", "?"));
	}
}

static void put_foreign(const struct json *foreign, struct buf *out)
{
	size_t before = out->len;

	agent_health_put_foreign(foreign, out);
	if (out->len == before)
		buf_puts(out, "\nforeign     no program runs after ours");
}

static void put_text(const struct json *document, struct buf *out)
{
	buf_puts(out, "effective   ");
	agent_health_put(document, "yes", terminal_colour() ? "\033[1;31mNO\033[0m" : "NO", out);
	put_hooks(json_member(document, "hooks"), out);
	put_links(json_member(document, "attached"), out);
	put_foreign(json_member(document, "foreign"), out);
	buf_printf(out, "\ntook        %" PRIu64 " us", json_member_u64(document, "took_us", 0));
}

int verb_selftest(const struct ctl *ctl, int argc, char **argv)
{
	static const struct question question = { &options, "selftest", put_text };

	return agent_health_verb(ctl, argc, argv, &question);
}
