// SPDX-License-Identifier: MIT
#include "unbound_ports.h"

#include <errno.h>
#include <stdlib.h>

int unbound_ports_init(struct unbound_ports *ports)
{
	*ports = (struct unbound_ports) {
		.before = calloc(UNBOUND_PORTS_MAX, sizeof(*ports->before)),
		.now = calloc(UNBOUND_PORTS_MAX, sizeof(*ports->now)),
	};
	if (ports->before && ports->now)
		return 0;
	unbound_ports_free(ports);
	return -ENOMEM;
}

void unbound_ports_free(struct unbound_ports *ports)
{
	free(ports->before);
	free(ports->now);
	*ports = (struct unbound_ports) { 0 };
}

static int compare(const void *a, const void *b)
{
	const struct unbound_port *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void unbound_ports_begin(struct unbound_ports *ports, uint64_t now_s)
{
	ports->now_len = 0;
	ports->now_s = now_s;
}

static struct unbound_port port_of(const struct unbound_ports *ports, uint64_t id)
{
	const struct unbound_port port = { .id = id, .since_s = ports->now_s };
	const struct unbound_port *known = NULL;

	if (ports->before_len)
		known = bsearch(&port, ports->before, ports->before_len, sizeof(port), compare);
	return known ? *known : port;
}

bool unbound_ports_note(struct unbound_ports *ports, uint64_t id, bool may_tell)
{
	struct unbound_port port = port_of(ports, id);
	bool is_due = !port.told && ports->now_s - port.since_s >= UNBOUND_PORTS_S;

	if (ports->now_len == UNBOUND_PORTS_MAX)
		return false;
	port.told = port.told || (is_due && may_tell);
	ports->now[ports->now_len++] = port;
	return is_due;
}

void unbound_ports_end(struct unbound_ports *ports)
{
	struct unbound_port *before = ports->before;

	if (ports->now_len)
		qsort(ports->now, ports->now_len, sizeof(*ports->now), compare);
	ports->before = ports->now;
	ports->before_len = ports->now_len;
	ports->now = before;
	ports->now_len = 0;
}
