// SPDX-License-Identifier: MIT
#include "service.h"

#include <errno.h>
#include <string.h>

#include "declared.h"
#include "podspec.h"

#define STEPS_MAX (64UL << 20) /* pods compared with Services */

/* ---- reading ------------------------------------------------------------------------------- */
/* Without a targetPort, or with 0, it is the port. */
static const char *target_key(struct cursor *cursor, const struct yaml_node *item)
{
	const char *text = yaml_query_text(&cursor->doc, item, "targetPort");

	if (!yaml_query(&cursor->doc, item, "targetPort") ||
	    (text && (!*text || strcmp(text, "0") == 0)))
		return "port";
	return "targetPort";
}

static void read_port(struct cursor *cursor, const struct yaml_node *item,
		      struct service_port ***end)
{
	struct service_port *port = arena_take(&cursor->check->arena, sizeof(*port));
	const char *key = target_key(cursor, item);

	if (!port || !cursor_protocol(cursor, item, &port->proto) ||
	    cursor_port_or_name(cursor, item, key, &port->number, &port->name) != 1)
		return;
	port->place = cursor_place(cursor, yaml_query(&cursor->doc, item, key), key);
	**end = port;
	*end = &port->next;
}

static void read_ports(struct cursor *cursor, const struct yaml_node *spec, struct service *service)
{
	const struct yaml_node *item =
		yaml_query_first(&cursor->doc, yaml_query(&cursor->doc, spec, "ports"));
	struct service_port **end = &service->ports;
	size_t outer = cursor_key(cursor, "spec"), inner;

	(void)cursor_key(cursor, "ports");
	for (unsigned int i = 0; item; i++, item = yaml_query_next(&cursor->doc, item)) {
		inner = cursor_index(cursor, i);
		read_port(cursor, item, &end);
		cursor_leave(cursor, inner);
	}
	cursor_leave(cursor, outer);
}

void service_read(struct cursor *cursor, const char *namespace_, const char *name,
		  const struct yaml_node *spec)
{
	const char *type = yaml_query_text(&cursor->doc, spec, "type");
	struct check *check = cursor->check;
	struct service *service;

	check->counts.services++;
	if (!spec || (type && strcmp(type, "ExternalName") == 0))
		return;
	service = arena_take(&check->arena, sizeof(*service));
	if (!service)
		return;
	service->namespace_ = namespace_;
	service->name = name;
	service->ignores = cursor->ignores;
	service->selector = labels_read(cursor, yaml_query(&cursor->doc, spec, "selector"));
	read_ports(cursor, spec, service);
	if (!service->selector || !service->ports)
		return;
	*check->services_end = service;
	check->services_end = &service->next;
}

/* ---- pods by their labels ------------------------------------------------------------------ */
struct labelled {
	const char *namespace_, *key, *value;
	const struct pod *pod;
	size_t order; /* of the pod */
};

static int compare_labels(const struct labelled *a, const struct labelled *b)
{
	int order = strcmp(a->namespace_, b->namespace_);

	if (!order)
		order = strcmp(a->key, b->key);
	return order ? order : strcmp(a->value, b->value);
}

static int by_label(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;
	int order = compare_labels(x, y);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

struct labels {
	struct labelled *items;
	size_t len;
};

static size_t count_labels(const struct check *check)
{
	size_t n = 0;

	for (const struct pod *p = check->pods; p; p = p->next)
		for (const struct label *l = p->host_network ? p->labels : NULL; l; l = l->next)
			n++;
	return n;
}

static int collect(const struct check *check, struct labels *labels)
{
	size_t order = 0;

	labels->items = calloc(count_labels(check) + 1, sizeof(*labels->items));
	if (!labels->items)
		return -ENOMEM;
	for (const struct pod *p = check->pods; p; p = p->next, order++)
		for (const struct label *l = p->host_network ? p->labels : NULL; l; l = l->next)
			labels->items[labels->len++] = (struct labelled) {
				.namespace_ = p->namespace_,
				.key = l->key,
				.value = l->value,
				.pod = p,
				.order = order,
			};
	qsort(labels->items, labels->len, sizeof(*labels->items), by_label);
	return 0;
}

/* The first one that is not before what is looked for. */
static size_t lower_bound(const struct labels *labels, const struct labelled *key)
{
	size_t low = 0, high = labels->len, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_labels(&labels->items[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- checking ------------------------------------------------------------------------------ */
static bool selects(const struct service *service, const struct pod *pod, size_t *steps)
{
	for (const struct label *s = service->selector; s; s = s->next) {
		const struct label *l = pod->labels;

		for (; l && *steps && strcmp(l->key, s->key) != 0; (*steps)--)
			l = l->next;
		if (!*steps || !l || strcmp(l->value, s->value) != 0)
			return false;
	}
	return true;
}

static void say(struct check *check, const struct service *service, const struct service_port *port,
		const struct pod *pod)
{
	const char *who = check_who(&check->arena, pod->kind, pod->namespace_, pod->name);
	_cleanup_buf_ struct buf how = { 0 };
	struct finding *f;

	if (!who)
		return;
	if (port->name) {
		f = check_add_finding(
			check, RULE_UNDECLARED_PORT, &port->place, service->ignores, pod->ignores,
			0, 0,
			"Service %s/%s selects %s, which is on the host network and has no "
			"port named \"%s\"",
			service->namespace_, service->name, who, port->name);
		finding_suggest(f, "give the declared port the name, `name: %s`, or declare it",
				port->name);
		return;
	}
	f = check_add_finding(
		check, RULE_UNDECLARED_PORT, &port->place, service->ignores, pod->ignores,
		port->proto, port->number,
		"Service %s/%s selects %s, which is on the host network and does not declare "
		"port %u",
		service->namespace_, service->name, who, port->number);
	declared_how(port->number, port->proto, false, &how);
	finding_suggest(f, "%s in the pod", how.data ? how.data : "");
}

/* Of the pods that a Service selects, the first that does not declare a port. */
static void check_one(struct check *check, const struct labels *labels,
		      const struct service *service, size_t *steps)
{
	struct labelled key = {
		.namespace_ = service->namespace_,
		.key = service->selector->key,
		.value = service->selector->value,
	};
	size_t first = lower_bound(labels, &key), i;
	const struct pod *pod;

	for (const struct service_port *port = service->ports; port; port = port->next)
		for (i = first; i < labels->len && *steps; i++) {
			(*steps)--;
			pod = labels->items[i].pod;
			if (compare_labels(&labels->items[i], &key) != 0)
				break;
			*steps -= *steps < pod->ports ? *steps : pod->ports;
			if (!selects(service, pod, steps) ||
			    declared_has(pod, port->name, port->number, port->proto))
				continue;
			say(check, service, port, pod);
			break;
		}
}

int service_check(struct check *check)
{
	struct labels labels = { 0 };
	_cleanup_free_ struct labelled *items = NULL;
	size_t steps = STEPS_MAX;
	int r = collect(check, &labels);

	items = labels.items;
	if (r < 0)
		return r;
	for (const struct service *s = check->services; s; s = s->next)
		check_one(check, &labels, s, &steps);
	if (!steps)
		check_add_spent(check, "too many Services and pods to compare all of them");
	return 0;
}
