// SPDX-License-Identifier: MIT
#include "node_port.h"

#include "../../base/portset.h"
#include "../../registry/port_ranges.h"
#include "../../registry/words.h"
#include "dedup.h"
#include "replica.h"

/* The Service that has a port, or NULL. */
static const char *service_of(const struct model *model, const struct portset *taken,
			      const struct port *port)
{
	if (!portset_has(&taken[port->proto], port->number))
		return NULL;
	for (const struct node_port *n = model->node_ports; n; n = n->next)
		if (n->number == port->number && n->proto == port->proto)
			return n->service;
	return NULL;
}

static void check_port(struct check *check, const struct pod *pod, const struct container *c,
		       const struct port *port, const struct portset *taken)
{
	const char *service = service_of(&check->model, taken, port);
	_cleanup_buf_ struct buf why = { 0 };
	struct finding *f;
	struct place place;

	if (service)
		buf_printf(&why, "%s has it as nodePort on all nodes", service);
	else if (port->number >= NODEPORT_FIRST && port->number <= NODEPORT_LAST)
		buf_printf(&why,
			   "it is in the NodePort range %d-%d: a Service may get it on all nodes",
			   NODEPORT_FIRST, NODEPORT_LAST);
	else
		return;
	check->findings.failed |= why.failed;
	if (why.failed)
		return;
	place = replica_place(check, pod, port);
	f = manifest_add_finding(&check->findings, RULE_NODE_PORT, &place, pod->ignores, NULL,
				 port->proto, port->number, "%s %u of %s, container %s: %s",
				 word_proto(port->proto), port->number, pod->full_name, c->name,
				 why.data);
	finding_suggest(f, "take another port");
	(void)dedup_finding(check, (struct dedup_side) { pod, c }, (struct dedup_side) { 0 }, NULL,
			    f);
}

void node_port_check(struct check *check)
{
	struct portset taken[HP_PROTO_MAX] = { 0 };

	for (const struct node_port *n = check->model.node_ports; n; n = n->next)
		portset_add(&taken[n->proto], n->number);
	for (const struct pod *pod = check->model.pods; pod; pod = pod->next)
		for (const struct container *c = pod->containers; c; c = c->next)
			for (const struct port *p = c->ports; p; p = p->next)
				if (p->claims && !pod->ended)
					check_port(check, pod, c, p, taken);
}
