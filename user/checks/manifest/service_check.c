// SPDX-License-Identifier: MIT
#include "service_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "declared.h"

/* ---- pods by their labels ------------------------------------------------------------------ */
struct labelled {
	const char *namespace_, *key, *value;
	const struct pod *pod;
	size_t order; /* of the pod */
};

struct labels {
	struct labelled *items;
	size_t len;
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

/* The labels of pods on the host network; without `items` they are only counted. */
static void add_labels(const struct pod *pods, struct labels *labels)
{
	size_t order = 0;

	for (const struct pod *p = pods; p; p = p->next, order++)
		for (const struct label *l = p->host_network ? p->labels : NULL; l; l = l->next) {
			if (labels->items)
				labels->items[labels->len] = (struct labelled) {
					p->namespace_, l->key, l->value, p, order,
				};
			labels->len++;
		}
}

static int collect(const struct pod *pods, struct labels *ret)
{
	add_labels(pods, ret);
	ret->items = calloc(ret->len + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	ret->len = 0;
	add_labels(pods, ret);
	qsort(ret->items, ret->len, sizeof(*ret->items), by_label);
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

static void add_named(struct check *check, const struct service *service,
		      const struct service_port *port, const struct pod *pod)
{
	struct finding *f;

	f = manifest_add_finding(
		&check->findings, RULE_UNDECLARED_PORT, &port->place, service->ignores,
		pod->ignores, 0, 0,
		"Service %s/%s selects %s, which is on the host network and has no port named "
		"\"%s\"",
		service->namespace_, service->name, pod->full_name, port->name);
	finding_suggest(f, "give the declared port the name, `name: %s`, or declare it",
			port->name);
}

static void add_numbered(struct check *check, const struct service *service,
			 const struct service_port *port, const struct pod *pod)
{
	_cleanup_buf_ struct buf how = { 0 };
	struct finding *f;

	f = manifest_add_finding(
		&check->findings, RULE_UNDECLARED_PORT, &port->place, service->ignores,
		pod->ignores, port->proto, port->number,
		"Service %s/%s selects %s, which is on the host network and does not declare "
		"port %u",
		service->namespace_, service->name, pod->full_name, port->number);
	declared_how(port->number, port->proto, false, &how);
	finding_suggest(f, "%s in the pod", how.data ? how.data : "");
}

/*
 * Does another document of a workload declare the port? That is a patch that adds it, or one of
 * several alternatives.
 */
static bool declared_elsewhere(const struct model *model, const struct pod *pod,
			       const struct service_port *port, size_t *steps)
{
	const struct pod *p = strcmp(pod->kind, "Pod") == 0 ? NULL : model->pods;

	for (; p && *steps; p = p->next) {
		(*steps)--;
		if (p != pod && pod_has_object_of(p, pod) &&
		    declared_has(p, port->name, port->number, port->proto))
			return true;
	}
	return false;
}

/* Of the pods that a Service selects, find the first that does not declare a port. */
static void check_port(struct check *check, const struct labels *labels,
		       const struct service *service, const struct service_port *port,
		       size_t *steps)
{
	const struct labelled key = {
		.namespace_ = service->namespace_,
		.key = service->selector->key,
		.value = service->selector->value,
	};

	for (size_t i = lower_bound(labels, &key); i < labels->len && *steps; i++) {
		const struct pod *pod = labels->items[i].pod;

		(*steps)--;
		if (compare_labels(&labels->items[i], &key) != 0)
			return;
		*steps -= *steps < pod->ports ? *steps : pod->ports;
		if (!selects(service, pod, steps) ||
		    declared_has(pod, port->name, port->number, port->proto) ||
		    declared_elsewhere(&check->model, pod, port, steps) || !*steps)
			continue;
		if (port->name)
			add_named(check, service, port, pod);
		else
			add_numbered(check, service, port, pod);
		return;
	}
}

int service_check(struct check *check, size_t steps)
{
	struct labels labels = { 0 };
	_cleanup_free_ struct labelled *items = NULL;
	int r = collect(check->model.pods, &labels);

	items = labels.items;
	if (r < 0)
		return r;
	for (const struct service *s = check->model.services; s; s = s->next)
		for (const struct service_port *p = s->ports; p; p = p->next)
			check_port(check, &labels, s, p, &steps);
	if (!steps)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN),
				   check->model.pods->place.file, 0, 0,
				   "too many Services and pods to compare all of them");
	return 0;
}
