// SPDX-License-Identifier: MIT
#include "describe.h"

#include <string.h>

/* The row that decided. */
static void fill_row(const struct generations *generations, const struct hp_event *record,
		     struct event *event)
{
	const struct reg_layer *layer = NULL;
	const struct reg_row *row = generations_row(generations, record, &layer);

	event->entry_layer = row ? layer->name : NULL;
	event->entry_process = row ? row->process : NULL;
	event->entry_team = row ? row->team : NULL;
}

/* What the record, its control group and the row that decided say. */
static void fill_event(struct identity *identity, const struct generations *generations,
		       const struct hp_event *record, struct event *event)
{
	event->node = identity->node;
	event->mode = record->mode;
	event->verdict = record->key.verdict;
	event->cls = record->key.cls;
	event->proto = record->key.proto;
	event->how = record->key.how;
	event->family = record->family;
	memcpy(event->addr, record->addr, sizeof(event->addr));
	event->port = record->key.port;
	event->pid = record->pid;
	event->uid = record->uid;
	memcpy(event->comm, record->comm, HP_COMM_LEN);
	event->comm[HP_COMM_LEN] = '\0';
	event->pod = NULL;
	event->cgroup = identity_workload(identity, record, &event->workload);
	fill_row(generations, record, event);
}

void describe_violation(struct identity *identity, const struct generations *generations,
			const struct hp_event *record, uint64_t count, uint64_t first_ns,
			uint64_t last_ns, struct event *ret_event)
{
	const char *exe;

	ret_event->time = identity_time(identity, last_ns);
	ret_event->first = identity_time(identity, first_ns);
	ret_event->count = count;
	fill_event(identity, generations, record, ret_event);
	exe = identity_exe(identity, record);
	ret_event->exe = exe ? exe : "";
}

void describe_declared(const struct pod *pod, const char *container, struct event *event)
{
	workload_of_pod(pod, container, &event->workload);
	event->cgroup = event->exe = "";
	event->pod = pod->key;
}

void describe_listener(struct identity *identity, const struct generations *generations,
		       const struct hp_event *record, struct event *ret_event)
{
	fill_event(identity, generations, record, ret_event);
	ret_event->exe = "";
}
