/* SPDX-License-Identifier: MIT */
/* Pods as a line of text, and what a reader reports of an input. */
#pragma once

#include <errno.h>

#include "../../user/pods/pod_reader.h"
#include "test.h"

static inline void put_pod(const struct pod *pod, struct buf *out)
{
	static const char *const kinds[] = { "main", "init", "sidecar", "ephemeral" };

	buf_printf(out, "%s/%s [%s%s%s]%s%s%s", pod->namespace_, pod->name, pod->uid,
		   *pod->mirror_of ? " mirror of " : "", pod->mirror_of,
		   pod->host_network ? " host" : "", pod->ended ? " ended" : "",
		   pod->incomplete ? " incomplete" : "");
	for (size_t i = 0; i < pod->containers_len; i++)
		buf_printf(out, " %s=%s", kinds[pod->containers[i].kind], pod->containers[i].name);
	for (size_t i = 0; i < pod->ports_len; i++) {
		const struct pod_port *port = &pod->ports[i];

		buf_printf(out, " %s:%u/%u>%u@%s", pod->containers[port->container].name,
			   port->container_port, port->protocol, port->host_port, port->host_ip);
	}
	for (size_t i = 0; i < pod->ids_len; i++)
		buf_printf(out, " %s#%s", pod->ids[i].container, pod->ids[i].id);
}

/* A pod_read_fn: append a line for each object to the buffer `data`. */
static inline int put_read(void *data, const struct pod_read *read)
{
	static const char *const kinds[] = { "pod", "list", "status", "node", "other" };
	struct pod_record record = { 0 };
	struct buf *out = data;
	int r;

	buf_printf(out, "%s%s%s v%s", read->type, *read->type ? " " : "", kinds[read->kind],
		   read->version);
	if (read->initial_events_end)
		buf_puts(out, " initial-events-end");
	if (*read->node)
		buf_printf(out, " on %s", read->node);
	if (read->code || *read->message)
		buf_printf(out, " %u %s", read->code, read->message);
	if (read->kind == POD_READ_POD) {
		r = pod_record_parse(read->record->data, read->record->len, &record);
		buf_puts(out, ": ");
		if (r == 0)
			put_pod(record.pod, out);
		else
			buf_puts(out, r == -EINVAL ? "unusable" : "no memory");
		free(record.pod);
	}
	if (read->kind == POD_READ_NODE) {
		buf_puts(out, ": ");
		this_node_put(read->this_node, out);
	}
	buf_putc(out, '\n');
	return 0;
}
