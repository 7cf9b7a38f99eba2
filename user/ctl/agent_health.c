// SPDX-License-Identifier: MIT
#include "agent_health.h"

#include <inttypes.h>

#include "answer.h"

int agent_health_verb(const struct ctl *ctl, int argc, char **argv, const struct question *question)
{
	_cleanup_answer_ struct answer answer = { .client.fd = -1 };
	_cleanup_buf_ struct buf text = { 0 };
	struct question_options asked = { 0 };
	int operands, status;

	if (verb_parse(question->options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	status = answer_get(ctl, question->verb, &answer);
	if (status != EXIT_OK)
		return status;
	if (!asked.json)
		question->put_text(answer.document, &text);
	status = verb_print(asked.json ? &answer.shown : &text);
	if (status != EXIT_OK)
		return status;
	return json_member_bool(answer.document, "effective", false) ? EXIT_OK : EXIT_FINDINGS;
}

void agent_health_put_foreign(const struct json *foreign, struct buf *out)
{
	const char *label = "\nforeign     ";

	for (size_t i = 0; i < json_len(foreign); i++) {
		const struct json *f = json_at(foreign, i);
		const char *name = json_member_text(f, "name", "");

		if (!json_member_bool(f, "after", false))
			continue;
		buf_puts(out, label);
		buf_put_safe(out, json_member_text(f, "hook", "?"));
		buf_printf(out, ": program %" PRIu64, json_member_u64(f, "program_id", 0));
		buf_puts(out, *name ? " (" : "");
		buf_put_safe(out, name);
		if (json_member_bool(f, "hostportd", false))
			buf_puts(out, ", another hostportd");
		buf_puts(out, *name ? ") runs after ours" : " runs after ours");
		label = "\n            ";
	}
}

void agent_health_put(const struct json *document, const char *yes, const char *no, struct buf *out)
{
	bool effective = json_member_bool(document, "effective", false);
	const char *reason = json_member_text(document, "reason", effective ? "" : "?");

	buf_puts(out, effective ? yes : no);
	if (!*reason)
		return;
	buf_puts(out, ": ");
	buf_put_safe(out, reason);
}
