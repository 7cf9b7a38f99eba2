// SPDX-License-Identifier: MIT
#include "violations.h"

#include "../base/clock.h"
#include "../stream/deliver.h"
#include "many_ports.h"
#include "without_port.h"

int violations_start(struct violations *violations)
{
	violations->since = clock_wall();
	return ledger_new(&violations->ledger);
}

void violations_stop(struct violations *violations)
{
	ledger_free(violations->ledger);
	denied_processes_free(&violations->denied);
	team_counts_free(&violations->teams);
}

void violations_on_record(const struct violations *violations, const struct hp_event *record)
{
	socket_table_remember(&violations->sweep->table, record);
}

/* Does enforcement deny it, as far as the programs see its control group? */
static bool is_enforceable(const struct socket_table *table, const struct hp_event *record)
{
	return (record->key.verdict == HP_VERDICT_AUDITED ||
		record->key.verdict == HP_VERDICT_DENIED) &&
	       record->key.how != HP_HOW_DECLARED &&
	       (record->hook != HP_HOOK_SWEEP ||
		!socket_table_is_unchecked(table, record->cgroup_id));
}

/* See socket_table_record() for those that are swept. */
static bool is_kernel_socket(const struct hp_event *record)
{
	return record->key.how == HP_HOW_KERNEL ||
	       (record->hook == HP_HOOK_SWEEP && record->kernel_thread);
}

/* Its lines are many, and each is of one port: say how many ports there are. */
static void tell_many(const struct violations *violations, const struct ledger_entry *entry)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct notice notice = { .kind = NOTICE_MANY_PORTS, .time = entry->row.last };

	many_ports_text(entry, &violations->sweep->table.identity->facts, &message);
	notice.message = message.data ? message.data : "";
	deliver_notice(violations->sweep->table.stream, &notice);
}

void violations_on_line(struct violations *violations, const struct hp_event *record,
			const struct event *event)
{
	const struct socket_table *table = &violations->sweep->table;
	const struct ledger_entry *many =
		ledger_note(violations->ledger, event,
			    (is_kernel_socket(record) ? LEDGER_KERNEL_SOCKET : 0) |
				    (is_enforceable(table, record) ? LEDGER_ENFORCEABLE : 0));

	if (many)
		tell_many(violations, many);
	team_counts_add(&violations->teams, event->entry_team, event->count);
	without_port_note(violations, record, event);
}
