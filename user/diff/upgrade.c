// SPDX-License-Identifier: MIT
#include "upgrade.h"

#include <errno.h>

#include "../registry/words.h"
#include "compare_field.h"

/* By the class that the second registry gives a listener. */
static const struct rule rules[] = {
	[HP_CLASS_NONE] = { "newly-taken", SEVERITY_WARNING, "R1",
			    "The port of a listener is now in a row, or in one of another process",
			    "If the row is not for what listens there, let it take another port "
			    "before the process of the row comes." },
	[HP_CLASS_UNREGISTERED] = { "newly-unregistered", SEVERITY_ERROR, "R1",
				    "The row of a listener is gone",
				    "In enforce mode its next bind() is denied. Keep the row in a "
				    "later layer, or let it take another port." },
	[HP_CLASS_RETIRED] = { "newly-retired", SEVERITY_ERROR, "R1",
			       "The port of a listener is now retired",
			       "In enforce mode its next bind() is denied. Let it take another "
			       "port, or keep the row in a later layer until it has." },
	[HP_CLASS_INACTIVE] = { "newly-inactive", SEVERITY_ERROR, "R1",
				"The row of a listener is now for another role, platform or "
				"version",
				"In enforce mode its next bind() is denied. Remove it from nodes "
				"of "
				"this kind, or register it for them in a later layer." },
	[HP_CLASS_SCOPE] = { "newly-localhost", SEVERITY_ERROR, "R4",
			     "The row of a listener is now for localhost only",
			     "In enforce mode its next bind() is denied. Let it bind 127.0.0.1, or "
			     "register it as external in a later layer." },
	[HP_CLASS_OWNER] = { "newly-owned", SEVERITY_WARNING, "R1",
			     "The row of a listener is now for others",
			     "If class owner is enforced, its next bind() is denied. Add it to the "
			     "owners in a later layer, or let it take another port." },
};

const struct rules *upgrade_rules(void)
{
	static const struct rules all = { rules, ARRAY_LEN(rules) };

	return &all;
}

static int explain_side(const struct upgrade *upgrade, const struct upgrade_side *side,
			const struct upgrade_listener *listener, struct explanation **ret)
{
	static const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT,
		.errno_code = EPERM,
	};
	const struct explain_input input = {
		.registry = side->registry,
		.policy = side->policy,
		.facts = upgrade->facts,
		.config = &config,
		.query = listener->query,
		.who = listener->who,
	};

	return explain(&input, ret);
}

/* What an exception lets through has no class. */
static uint8_t class_of(const struct explanation *e)
{
	return e->decision.verdict == HP_VERDICT_EXCEPTED ? HP_CLASS_NONE : e->decision.cls;
}

static const char *process_of(const struct explanation *e)
{
	return e->entry && e->entry->process ? e->entry->process : "";
}

/* Is the port still allowed, but by a row of another process? */
static bool is_taken(const struct explanation *from, const struct explanation *to)
{
	return *process_of(to) && compare_process(process_of(from), process_of(to)) != 0;
}

int upgrade_check(const struct upgrade *upgrade, const struct upgrade_listener *listener,
		  struct findings *findings)
{
	_cleanup_(explanation_freep) struct explanation *from = NULL, *to = NULL;
	const struct hp_query *query = &listener->query;
	struct finding *f;
	uint8_t cls;
	int r = explain_side(upgrade, &upgrade->from, listener, &from);

	if (r == 0)
		r = explain_side(upgrade, &upgrade->to, listener, &to);
	if (r < 0)
		return r;
	cls = class_of(to);
	if (cls >= ARRAY_LEN(rules) ||
	    (cls == class_of(from) && (cls != HP_CLASS_NONE || !is_taken(from, to))))
		return 0;
	f = findings_add(findings, &rules[cls], upgrade->file, 0, 0, "%s, %s %u: %s",
			 listener->text, word_proto(query->proto), query->port, to->why);
	finding_set_port(f, query->proto, query->port);
	return findings->failed ? -ENOMEM : 0;
}
