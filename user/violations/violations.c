// SPDX-License-Identifier: MIT
#include "violations.h"

int violations_start(struct violations *violations)
{
	int r = audited_new(&violations->audited);

	(void)clock_gettime(CLOCK_REALTIME, &violations->since);
	if (r == 0)
		r = audited_new(&violations->reported);
	return r < 0 ? r : seen_new(&violations->seen);
}

void violations_stop(struct violations *violations)
{
	audited_free(violations->audited);
	audited_free(violations->reported);
	seen_free(violations->seen);
}

void violations_on_record(void *data, const struct hp_event *record)
{
	const struct violations *violations = data;

	sweep_remember(violations->sweep, record);
}

/* Would enforcement have denied it, as far as the programs see its control group? */
static bool is_audited(const struct violations *violations, const struct hp_event *record)
{
	return record->key.verdict == HP_VERDICT_AUDITED &&
	       (record->hook != HP_HOOK_SWEEP ||
		!sweep_is_unchecked(violations->sweep, record->cgroup_id));
}

/* A swept socket is the kernel's if no process has it, and every process could be seen. */
static bool is_kernel(const struct violations *violations, const struct hp_event *record)
{
	return record->key.how == HP_HOW_KERNEL ||
	       (record->hook == HP_HOOK_SWEEP && !record->pid &&
		socket_owners_see_all(violations->sweep->owners));
}

void violations_on_line(void *data, const struct hp_event *record, const struct event *event)
{
	const struct violations *violations = data;
	struct hp_query query = audited_query(event);

	if (is_audited(violations, record))
		audited_add(violations->audited, event, is_kernel(violations, record));
	/* what is let through for the kernel is reported, too: it makes no difference here */
	audited_add(violations->reported, event, false);
	seen_add(violations->seen, &query);
}
