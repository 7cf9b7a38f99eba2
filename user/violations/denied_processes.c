// SPDX-License-Identifier: MIT
#include "denied_processes.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/stamp.h"
#include "../identity/workload_json.h"
#include "../registry/words.h"

void denied_processes_free(struct denied_processes *denied)
{
	for (size_t i = 0; i < denied->len; i++)
		free(denied->list[i].cgroup);
	free(denied->list);
	*denied = (struct denied_processes) { 0 };
}

/* The list stays in no order. */
static void remove_process(struct denied_processes *denied, size_t i)
{
	free(denied->list[i].cgroup);
	denied->list[i] = denied->list[--denied->len];
}

static struct denied_process *find(struct denied_processes *denied, const struct hp_event *record)
{
	for (size_t i = 0; i < denied->len; i++)
		if (denied->list[i].pid == record->pid &&
		    denied->list[i].start_ns == record->start_ns)
			return &denied->list[i];
	return NULL;
}

static void make_room(struct denied_processes *denied)
{
	size_t oldest = 0;

	if (denied->len < DENIED_PROCESSES_MAX)
		return;
	for (size_t i = 1; i < denied->len; i++)
		if (denied->list[i].last_ns < denied->list[oldest].last_ns)
			oldest = i;
	remove_process(denied, oldest);
}

/* NULL: no memory. */
static struct denied_process *add(struct denied_processes *denied, const struct hp_event *record,
				  const struct event *event)
{
	_cleanup_free_ char *cgroup = strdup(event->cgroup);
	struct denied_process *process;

	if (!denied->list)
		denied->list = calloc(DENIED_PROCESSES_MAX, sizeof(*denied->list));
	if (!denied->list || !cgroup)
		return NULL;
	make_room(denied);
	process = &denied->list[denied->len++];
	*process = (struct denied_process) {
		.pid = record->pid,
		.uid = record->uid,
		.start_ns = record->start_ns,
		.cgroup_id = record->cgroup_id,
		.cgroup = TAKE_PTR(cgroup),
	};
	memcpy(process->comm, event->comm, sizeof(process->comm));
	return process;
}

static struct denied_port *find_port(struct denied_process *process, uint8_t proto, uint16_t port)
{
	for (size_t i = 0; i < process->len; i++)
		if (process->ports[i].proto == proto && process->ports[i].port == port)
			return &process->ports[i];
	return NULL;
}

static void add_port(struct denied_process *process, const struct event *event, uint64_t now_ns)
{
	if (find_port(process, event->proto, event->port))
		return;
	if (process->len == DENIED_PORTS_MAX) {
		process->more = true;
		return;
	}
	process->ports[process->len++] = (struct denied_port) {
		.port = event->port,
		.proto = event->proto,
		.cls = event->cls,
		.since_ns = now_ns,
		.time = event->first,
	};
}

void denied_processes_note(struct denied_processes *denied, const struct hp_event *record,
			   const struct event *event, uint64_t now_ns)
{
	struct denied_process *process;

	if (event->verdict != HP_VERDICT_DENIED || event->cls == HP_CLASS_EPHEMERAL ||
	    event->how == HP_HOW_BIND0 || !record->pid || record->kernel_thread)
		return;
	process = find(denied, record);
	if (!process)
		process = add(denied, record, event);
	if (!process)
		return;
	process->last_ns = now_ns;
	add_port(process, event, now_ns);
}

void denied_processes_keep(struct denied_processes *denied,
			   bool (*fn)(const struct denied_process *process))
{
	for (size_t i = denied->len; i-- > 0;)
		if (!fn(&denied->list[i]))
			remove_process(denied, i);
}

bool denied_processes_want(const struct denied_processes *denied, uint8_t proto, uint16_t port)
{
	for (size_t i = 0; i < denied->len; i++)
		if (find_port(&denied->list[i], proto, port))
			return true;
	return false;
}

void denied_processes_has(struct denied_processes *denied, uint8_t proto, uint16_t port,
			  uint32_t pid, uint64_t cgroup_id)
{
	for (size_t i = denied->len; i-- > 0;) {
		struct denied_process *process = &denied->list[i];
		struct denied_port *at = find_port(process, proto, port);

		if (!at || !((pid && pid == process->pid) ||
			     (cgroup_id && cgroup_id == process->cgroup_id)))
			continue;
		*at = process->ports[--process->len];
		if (!process->len)
			remove_process(denied, i);
	}
}

static void put_port(const struct denied_port *port, struct jsonw *w)
{
	char text[STAMP_LEN + 1];

	jsonw_object(w, NULL);
	jsonw_string(w, "protocol", word_proto(port->proto));
	jsonw_u64(w, "port", port->port);
	jsonw_string(w, "class", word_class(port->cls));
	stamp_utc(&port->time, text);
	jsonw_string(w, "since", text);
	jsonw_object_end(w);
}

static bool is_old(const struct denied_port *port, uint64_t now_ns)
{
	return now_ns - port->since_ns >= DENIED_AGE_NS;
}

static void put_process(const struct denied_process *process, const struct workload_facts *facts,
			uint64_t now_ns, struct jsonw *w)
{
	struct workload workload;
	size_t old = 0;

	for (size_t i = 0; i < process->len; i++)
		old += is_old(&process->ports[i], now_ns);
	if (!old)
		return;
	workload_find(facts, process->cgroup, &workload);
	jsonw_object(w, NULL);
	jsonw_u64(w, "pid", process->pid);
	jsonw_u64(w, "uid", process->uid);
	jsonw_string(w, "comm", process->comm);
	jsonw_string(w, "cgroup", process->cgroup);
	workload_put(&workload, w);
	jsonw_array(w, "ports");
	for (size_t i = 0; i < process->len; i++)
		if (is_old(&process->ports[i], now_ns))
			put_port(&process->ports[i], w);
	jsonw_array_end(w);
	jsonw_bool(w, "more", process->more);
	jsonw_object_end(w);
}

void denied_processes_put(const struct denied_processes *denied, const struct workload_facts *facts,
			  const char *key, uint64_t now_ns, struct jsonw *w)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < denied->len; i++)
		put_process(&denied->list[i], facts, now_ns, w);
	jsonw_array_end(w);
}
