// SPDX-License-Identifier: MIT
#include "without_port.h"

#include "../base/clock.h"

static bool lives(const struct denied_process *process)
{
	return process_lives(process->pid, process->start_ns);
}

void without_port_note(struct violations *violations, const struct hp_event *record,
		       const struct event *event)
{
	struct denied_processes *denied = &violations->denied;

	if (event->verdict != HP_VERDICT_DENIED)
		return;
	/* those that have ended make room for those that have not */
	if (denied->len == DENIED_PROCESSES_MAX)
		denied_processes_keep(denied, lives);
	denied_processes_note(denied, record, event, clock_boot_ns());
}

static bool is_wanted(void *data, struct receivers_socket *s)
{
	return denied_processes_want(data, s->socket.proto, s->socket.port);
}

bool without_port_look(struct violations *violations)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	struct denied_processes *denied = &violations->denied;
	struct socket_table *table = &violations->sweep->table;

	if (!socket_owners_see_all(table->owners))
		return false;
	denied_processes_keep(denied, lives);
	if (!denied->len)
		return true;
	(void)receivers_read(table->netns, is_wanted, denied, &found);
	if (found.len)
		socket_table_name(table, &found);
	for (size_t i = 0; i < found.len; i++) {
		const struct receivers_socket *s = &found.list[i];

		denied_processes_has(denied, s->socket.proto, s->socket.port, s->pid,
				     s->socket.cgroup_id);
	}
	return true;
}
