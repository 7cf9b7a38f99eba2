// SPDX-License-Identifier: MIT
#include "conflict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../registry/words.h"
#include "claimed_address.h"
#include "dedup.h"
#include "placement_meet.h"
#include "replica.h"

struct claim {
	const struct pod *pod;
	const struct pod *first; /* of its file */
	const struct container *container;
	const struct port *port;
	const char *address;
	bool declared;
	size_t order; /* in the files */
	size_t run;   /* where in the list by node those of its port and node begin */
};

struct claims {
	struct claim *items;
	size_t len;
	/* Both lists are by protocol and port; then each port's claims are in the files' order, */
	struct claim **by_order;
	/* or by node, those that name none first, and each node's in the files' order. */
	struct claim **by_node;
};

static void claims_done(struct claims *claims)
{
	free(claims->items);
	free(claims->by_order);
	free(claims->by_node);
}

static int compare_ports(const struct claim *a, const struct claim *b)
{
	if (a->port->proto != b->port->proto)
		return a->port->proto < b->port->proto ? -1 : 1;
	return (int)a->port->number - (int)b->port->number;
}

static int compare_order(const struct claim *a, const struct claim *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static const char *node_of(const struct claim *claim)
{
	return claim->pod->placement.node ? claim->pod->placement.node : "";
}

static int by_order(const void *a, const void *b)
{
	const struct claim *const *x = a, *const *y = b;
	int order = compare_ports(*x, *y);

	return order ? order : compare_order(*x, *y);
}

static int by_node(const void *a, const void *b)
{
	const struct claim *const *x = a, *const *y = b;
	int order = compare_ports(*x, *y);

	if (!order)
		order = strcmp(node_of(*x), node_of(*y));
	return order ? order : compare_order(*x, *y);
}

/* Append a claim; without `items` it is only counted. */
static void add_claim(struct claims *claims, const struct pod *first, const struct pod *pod,
		      const struct container *c, const struct port *port, bool declared)
{
	if (claims->items)
		claims->items[claims->len] = (struct claim) {
			.pod = pod,
			.first = first,
			.container = c,
			.port = port,
			.address = claimed_address(pod, c, port),
			.declared = declared,
			.order = claims->len,
		};
	claims->len++;
}

/* The claims of a pod; `first` is the first pod of its file. */
static void add_pod(struct claims *claims, const struct pod *first, const struct pod *pod)
{
	for (const struct container *c = pod->ended ? NULL : pod->containers; c; c = c->next) {
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				add_claim(claims, first, pod, c, p, true);
		for (const struct port *p = c->undeclared; p; p = p->next)
			add_claim(claims, first, pod, c, p, false);
	}
}

static void add_claims(const struct pod *pods, struct claims *claims)
{
	const struct pod *first = pods;

	claims->len = 0;
	for (const struct pod *pod = pods; pod; pod = pod->next) {
		if (pod->place.file != first->place.file)
			first = pod;
		add_pod(claims, first, pod);
	}
}

static void sort(struct claims *claims)
{
	struct claim **nodes = claims->by_node;

	for (size_t i = 0; i < claims->len; i++)
		claims->by_order[i] = nodes[i] = &claims->items[i];
	qsort(claims->by_order, claims->len, sizeof(*claims->by_order), by_order);
	qsort(nodes, claims->len, sizeof(*nodes), by_node);
	for (size_t i = 0; i < claims->len; i++) {
		bool same = i && compare_ports(nodes[i - 1], nodes[i]) == 0 &&
			    strcmp(node_of(nodes[i - 1]), node_of(nodes[i])) == 0;

		nodes[i]->run = same ? nodes[i - 1]->run : i;
	}
}

static int collect(const struct pod *pods, struct claims *claims)
{
	add_claims(pods, claims);
	claims->items = calloc(claims->len + 1, sizeof(*claims->items));
	claims->by_order = calloc(claims->len + 1, sizeof(*claims->by_order));
	claims->by_node = calloc(claims->len + 1, sizeof(*claims->by_node));
	if (!claims->items || !claims->by_order || !claims->by_node)
		return -ENOMEM;
	add_claims(pods, claims);
	sort(claims);
	return 0;
}

/*
 * Does a container run at the same time as one that comes after it in its pod, or as itself? An
 * init container has ended when the next one starts; a sidecar goes on.
 */
static bool run_together(const struct container *first, const struct container *second)
{
	return first->kind != CONTAINER_INIT || first == second;
}

/* Did something of this kind and name make the pod, or what made it? */
static bool is_made_by(const struct pod *pod, const char *kind, const char *name)
{
	static const struct {
		const char *made, *by;
	} chains[] = {
		{ "ReplicaSet", "Deployment" },
		{ "ReplicationController", "DeploymentConfig" },
		{ "Job", "CronJob" },
	};
	size_t len = strlen(name);

	/* Static pods name their node as their maker. */
	if (!pod->maker || !pod->maker_kind || strcmp(pod->maker_kind, "Node") == 0)
		return false;
	if (strcmp(pod->maker_kind, kind) == 0 && strcmp(pod->maker, name) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(chains); i++)
		if (strcmp(pod->maker_kind, chains[i].made) == 0 &&
		    strcmp(kind, chains[i].by) == 0 && strncmp(pod->maker, name, len) == 0 &&
		    pod->maker[len] == '-' && !strchr(pod->maker + len + 1, '-'))
			return true;
	return false;
}

/*
 * Two documents may have the same object: a base, which may leave its namespace to the overlay,
 * and what is made from it. A dump of a cluster has workloads beside the pods that they made.
 */
static bool same_object(const struct pod *a, const struct pod *b)
{
	if (a->name == b->name)
		return false;
	if (!a->placeless && !b->placeless && strcmp(a->namespace_, b->namespace_) != 0)
		return false;
	if (pod_has_object_of(a, b))
		return true;
	if (is_made_by(a, b->kind, b->name) || is_made_by(b, a->kind, a->name))
		return true;
	return b->maker && b->maker_kind && is_made_by(a, b->maker_kind, b->maker);
}

static bool clash(const struct claim *a, const struct claim *b, size_t *steps)
{
	if (!claimed_address_overlap(a->address, b->address))
		return false;
	if (a->pod == b->pod) /* a probe may be of another container's port */
		return a->declared && b->declared && run_together(a->container, b->container);
	/* What is probed may be the other one's; but two of them mean one each. */
	if ((a->port->probed && b->declared) || (b->port->probed && a->declared))
		return false;
	if (a->pod->nameless || b->pod->nameless)
		return false; /* a patch of some other object */
	return !same_object(a->pod, b->pod) && placement_meet(a->pod, b->pod, steps);
}

/* What is left to spend, and the answer about the last two files. */
struct search {
	size_t steps;
	const char *file, *other;
	bool alternatives;
};

static bool is_in(const struct pod *pod, const char *file)
{
	return pod && pod->place.file == file;
}

/* Is a workload of one file in another file, too? `first` and `other` are their first pods. */
static bool have_in_common(const struct pod *first, const struct pod *other, size_t *steps)
{
	for (const struct pod *p = first; is_in(p, first->place.file); p = p->next) {
		if (strcmp(p->kind, "Pod") == 0)
			continue;
		for (const struct pod *q = other; is_in(q, other->place.file) && *steps;
		     q = q->next) {
			(*steps)--;
			if (pod_has_object_of(p, q))
				return true;
		}
	}
	return false;
}

/* Two files that have a workload in common are alternatives: only one of them is deployed. */
static bool are_alternatives(const struct claim *a, const struct claim *b, struct search *s)
{
	const char *file = a->pod->place.file, *other = b->pod->place.file;

	if (file == other)
		return false;
	if (s->file != file || s->other != other) {
		s->alternatives = have_in_common(a->first, b->first, &s->steps);
		s->file = file;
		s->other = other;
	}
	return s->alternatives;
}

/* Are both of one directory, which is deployed as a whole? Directories may be alternatives. */
static bool of_one_directory(const struct claim *a, const struct claim *b)
{
	const char *x = a->pod->place.file, *y = b->pod->place.file;
	const char *slash = strrchr(x, '/'), *other = strrchr(y, '/');
	size_t len = slash ? (size_t)(slash - x) : 0;

	return len == (other ? (size_t)(other - y) : 0) && memcmp(x, y, len) == 0;
}

static void add(struct check *check, const struct claim *a, const struct claim *b, bool together)
{
	const struct port *port = a->port;
	const struct pod *pod = a->pod, *other = b->pod;
	const struct place place = replica_place(check, pod, port);
	const struct place there = replica_place(check, other, b->port);
	bool same = pod == other;
	struct finding *f;

	f = manifest_add_finding(
		&check->findings, together ? RULE_CONFLICT : RULE_POSSIBLE_CONFLICT, &place,
		pod->ignores, other->ignores, port->proto, port->number,
		"%s, container %s, claims %s %u, which %s%s, container %s, claims as well (%s:%u)",
		pod->full_name, a->container->name, word_proto(port->proto), port->number,
		same ? "the same pod" : other->full_name, same ? "" : " on the same node",
		b->container->name, there.file, there.line);
	if (together)
		finding_suggest(f, "give one of them another port%s",
				same ? "" : ", or keep them on different nodes");
	else
		finding_suggest(f, "if both are deployed to one cluster, give one of them another "
				   "port, or keep them on different nodes");
	(void)dedup_finding(check, (struct dedup_side) { pod, a->container },
			    (struct dedup_side) { other, b->container }, NULL, f);
}

/* What a claim clashes with: the first that is deployed with it, and the first that may be. */
struct clashes {
	const struct claim *together, *elsewhere;
};

static bool is_first(const struct claim *claim, const struct claim *first)
{
	return !first || compare_order(claim, first) < 0;
}

/* Look through claims in the files' order, up to the claim itself. */
static void find_clashes(struct claim *const *claims, size_t len, const struct claim *claim,
			 struct search *s, struct clashes *ret)
{
	for (size_t i = 0; i < len && claims[i]->order < claim->order && s->steps; i++) {
		const struct claim *c = claims[i];
		bool together = of_one_directory(c, claim);

		s->steps--;
		if (!is_first(c, together ? ret->together : ret->elsewhere) ||
		    !clash(c, claim, &s->steps) || !s->steps)
			continue;
		if (together && !are_alternatives(c, claim, s)) {
			ret->together = c;
			return;
		}
		if (is_first(c, ret->elsewhere))
			ret->elsewhere = c;
	}
}

/* The claims of a port are the `len` ones from `first` on, of which `nowhere` name no node. */
struct range {
	size_t first, len, nowhere;
};

/* A claim on a node can clash with those on this node, and those that may be on any. */
static void check_claim(struct check *check, const struct claims *claims, const struct range *range,
			const struct claim *claim, struct search *s)
{
	size_t end = range->first + range->len;
	struct clashes found = { 0 };

	if (*node_of(claim)) {
		find_clashes(claims->by_node + range->first, range->nowhere, claim, s, &found);
		find_clashes(claims->by_node + claim->run, end - claim->run, claim, s, &found);
	} else {
		find_clashes(claims->by_order + range->first, range->len, claim, s, &found);
	}
	if (s->steps && (found.together || found.elsewhere))
		add(check, claim, found.together ? found.together : found.elsewhere,
		    found.together != NULL);
}

static void check_port(struct check *check, const struct claims *claims, size_t first, size_t len,
		       struct search *s)
{
	struct range range = { .first = first, .len = len };

	while (range.nowhere < len && !*node_of(claims->by_node[first + range.nowhere]))
		range.nowhere++;
	for (size_t i = first; i < first + len; i++)
		check_claim(check, claims, &range, claims->by_order[i], s);
}

int conflict_check(struct check *check, size_t steps)
{
	_cleanup_(claims_done) struct claims claims = { 0 };
	struct search search = { .steps = steps };
	int r = collect(check->model.pods, &claims);
	size_t n;

	if (r < 0)
		return r;
	for (size_t i = 0; i < claims.len; i += n) {
		for (n = 1; i + n < claims.len &&
			    compare_ports(claims.by_order[i], claims.by_order[i + n]) == 0;)
			n++;
		check_port(check, &claims, i, n, &search);
	}
	if (!search.steps)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN),
				   check->model.pods->place.file, 0, 0,
				   "too many claims of the same ports to compare all of them");
	return 0;
}
