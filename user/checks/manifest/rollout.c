// SPDX-License-Identifier: MIT
#include "rollout.h"

#include <string.h>

#include "../../registry/words.h"

static const struct port *first_claim(const struct pod *pod)
{
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				return p;
	return NULL;
}

/* Is it for one node? */
static bool names_node(const struct placement *placement)
{
	bool names = placement->node;

	for (const struct term *t = placement->terms; t; t = t->next)
		for (const struct requirement *q = t->requirements; q; q = q->next)
			names |= q->op == REQUIRE_IN &&
				 strcmp(q->key, "kubernetes.io/hostname") == 0;
	return names;
}

/* One pod that may run on several nodes finds another one for the next. */
static bool may_fill_its_nodes(const struct pod *pod)
{
	return pod->surge.several || names_node(&pod->placement);
}

void rollout_check(struct check *check, const struct pod *pod)
{
	const struct port *port = pod->surge.text ? first_claim(pod) : NULL;
	bool on_each_node = strcmp(pod->kind, "DaemonSet") == 0;
	struct finding *f;

	if (!port || (!on_each_node && !may_fill_its_nodes(pod)))
		return;
	f = manifest_add_finding(
		&check->findings,
		on_each_node ? RULE_ENDLESS_ROLLOUT : RULE_POSSIBLE_ENDLESS_ROLLOUT,
		&pod->surge.place, pod->ignores, NULL, port->proto, port->number,
		"%s starts new pods before the old ones end (maxSurge %s), and they take %s %u of "
		"their node: %s",
		pod->full_name, pod->surge.text, word_proto(port->proto), port->number,
		on_each_node ? "a rollout never ends" :
			       "a rollout never ends if each node that they may run on has one");
	finding_suggest(f, on_each_node ?
				   "set maxSurge to 0, and maxUnavailable to 1" :
				   "set strategy.rollingUpdate.maxSurge to 0, or strategy.type "
				   "to Recreate");
}
