// SPDX-License-Identifier: MIT
#include "registered.h"

#include <errno.h>
#include <string.h>

#include "../../policy/explain_why.h"
#include "../../policy/resolve.h"
#include "../../registry/words.h"
#include "../../registry/port_ranges.h"
#include "claimed_address.h"
#include "dedup.h"
#include "manifest_owner.h"
#include "placement.h"

/* A claim, and what the policy decides of it for one role of nodes. */
struct question {
	struct check *check;
	const struct pod *pod;
	const struct container *container;
	const struct port *port;
	const char *address; /* "": all */
	struct hp_query query;
	unsigned int role; /* NODES_... */
	struct node_facts facts;
	struct hp_decision decision;
	const struct reg_row *row;    /* that decided, or NULL */
	const struct reg_row *client; /* that lets the container through where no row does */
	const struct reg_layer *layer;
};

static const struct {
	unsigned int nodes;
	int policy;
	enum reg_role role;
} roles[] = {
	{ NODES_ANY, POLICY_ANY, REG_ROLE_ANY },
	{ NODES_CONTROL_PLANE, POLICY_CONTROL_PLANE, REG_ROLE_CONTROL_PLANE },
	{ NODES_WORKER, POLICY_WORKER, REG_ROLE_WORKER },
};

/* ---- rows ---------------------------------------------------------------------------------- */
/* All rows, one after the other. */
struct walk {
	const struct registry *registry;
	size_t layer, row; /* the next one */
};

static const struct reg_row *walk_next(struct walk *walk)
{
	const struct registry *reg = walk->registry;

	for (; walk->layer < reg->len; walk->layer++, walk->row = 0)
		if (walk->row < reg->layers[walk->layer].len)
			return &reg->layers[walk->layer].rows[walk->row++];
	return NULL;
}

static bool has_port(const struct reg_row *row, uint16_t port)
{
	return !row->dropped && row->first <= port && port <= row->last;
}

/* The next row that names the port that is asked for. */
static const struct reg_row *walk_next_named(struct walk *walk, const struct hp_query *query)
{
	const struct reg_row *row;

	do
		row = walk_next(walk);
	while (row && !(row->proto == query->proto && has_port(row, query->port)));
	return row;
}

/* A client that has this container as its owner, or NULL. */
static const struct reg_row *client_of(const struct question *q)
{
	struct walk walk = { q->check->options.registry, 0, 0 };
	const struct reg_row *row;

	while ((row = walk_next_named(&walk, &q->query)))
		if (row->kind == REG_CLIENT && policy_row_class(row, &q->facts) == HP_CLASS_NONE &&
		    manifest_owner_matches(row, q->pod, q->container))
			break;
	return row;
}

static void decide(struct question *q, size_t i)
{
	const struct hp_config config = {
		.mode = HP_MODE_ENFORCE,
		.denies = POLICY_DENIES_DEFAULT,
		.errno_code = EPERM,
	};

	q->role = roles[i].nodes;
	q->facts = q->check->options.facts;
	q->facts.role = roles[i].role;
	q->decision = policy_decide(q->check->policies[roles[i].policy], &config, &q->query);
	q->client = q->decision.cls == HP_CLASS_NONE ? NULL : client_of(q);
	if (q->client)
		q->decision.cls = HP_CLASS_NONE;
}

/* Does a row that lets the port be bound here have this container as its owner? */
static bool is_owned(const struct question *q)
{
	struct walk walk = { q->check->options.registry, 0, 0 };
	const struct reg_row *row;

	if (q->client)
		return true;
	while ((row = walk_next_named(&walk, &q->query))) {
		if (row->kind != REG_ENTRY && row->kind != REG_RETIRED)
			continue;
		if (resolve_class(row, policy_row_class(row, &q->facts), q->query.scope) ==
			    HP_CLASS_NONE &&
		    manifest_owner_matches(row, q->pod, q->container))
			return true;
	}
	return false;
}

/*
 * An exception that holds today for a class: for everybody, as the policy has it,
 * or for owners, and this container is one of them.
 */
static const struct reg_row *exception_for(const struct question *q, uint8_t cls)
{
	struct walk walk = { q->check->options.registry, 0, 0 };
	const struct reg_row *row;

	while ((row = walk_next_named(&walk, &q->query))) {
		if (row->kind != REG_EXCEPTION || row->cls != cls)
			continue;
		if (resolve_exception_holds(row, &q->facts) &&
		    manifest_owner_matches(row, q->pod, q->container))
			return row;
	}
	return NULL;
}

static void accept_excepted(const struct question *q, uint8_t cls, struct finding *f)
{
	const struct reg_row *row = f && !f->accepted ? exception_for(q, cls) : NULL;
	_cleanup_buf_ struct buf reason = { 0 };

	if (!row)
		return;
	buf_printf(&reason, "exception until %s: %s", row->until_text ? row->until_text : "?",
		   row->reason ? row->reason : "");
	q->check->findings.failed |= reason.failed;
	if (!reason.failed)
		finding_accept(f, reason.data);
}

void registered_accept(struct check *check, const struct pod *pod,
		       const struct container *container, uint8_t proto, uint16_t port, uint8_t cls,
		       struct finding *finding)
{
	const struct question q = {
		.check = check,
		.pod = pod,
		.container = container,
		.query = { .proto = proto, .port = port },
		.facts = check->options.facts,
	};

	accept_excepted(&q, cls, finding);
}

/* The widest documented range of the protocol, or NULL; node ports are not for processes. */
static const struct reg_row *widest_range(const struct question *q)
{
	struct walk walk = { q->check->options.registry, 0, 0 };
	const struct reg_row *row, *widest = NULL;

	while ((row = walk_next(&walk))) {
		if (row->kind != REG_RANGE || row->dropped || row->proto != q->query.proto ||
		    row->first == NODEPORT_FIRST)
			continue;
		if (!widest || row->last - row->first > widest->last - widest->first)
			widest = row;
	}
	return widest;
}

/* ---- findings ------------------------------------------------------------------------------ */
static struct finding *add(const struct question *q, enum manifest_rule rule, uint8_t cls,
			   const struct buf *why)
{
	struct finding *f;

	if (why->failed) {
		q->check->findings.failed = true;
		return NULL;
	}
	f = manifest_add_finding(&q->check->findings, rule, &q->port->place, q->pod->ignores, NULL,
				 q->query.proto, q->query.port, "%s %u of %s, container %s: %s",
				 word_proto(q->query.proto), q->query.port, q->pod->full_name,
				 q->container->name, why->data);
	accept_excepted(q, cls, f);
	return dedup_finding(q->check, (struct dedup_side) { q->pod, q->container },
			     (struct dedup_side) { 0 }, NULL, f);
}

static bool is_documented(const struct question *q)
{
	const struct receiver socket = {
		.proto = q->query.proto,
		.family = 4,
		.port = q->query.port,
	};

	return documented_has(&q->check->documented, &socket) != 0;
}

static void put_row(const struct question *q, struct buf *out)
{
	buf_puts(out, "row ");
	explain_why_name(q->layer, q->row, out);
}

/* The finding gives the reason that `explain` gives for the row that decided. */
static struct finding *add_row(const struct question *q, enum manifest_rule rule, uint8_t cls)
{
	const struct explain_input input = {
		.registry = q->check->options.registry,
		.facts = &q->facts,
		.query = q->query,
		.address = *q->address ? q->address : "0.0.0.0",
	};
	_cleanup_buf_ struct buf why = { 0 };

	put_row(q, &why);
	buf_putc(&why, ' ');
	explain_why_row(&input, q->row, &why);
	return add(q, rule, cls, &why);
}

/* A row of the same port for another protocol is often what was meant. */
static void put_other_protocol(const struct question *q, struct buf *out)
{
	const struct registry *registry = q->check->options.registry;
	struct walk walk = { registry, 0, 0 };
	const struct reg_row *row;

	do
		row = walk_next(&walk);
	while (row && !(row->kind == REG_ENTRY && has_port(row, q->query.port)));
	if (!row)
		return;
	buf_printf(out, " for %s; row ", word_proto(q->query.proto));
	explain_why_name(&registry->layers[walk.layer], row, out);
	buf_puts(out, " is for another protocol");
}

static void add_unregistered(const struct question *q)
{
	const struct reg_row *range = widest_range(q);
	_cleanup_buf_ struct buf why = { 0 };
	struct finding *f;

	buf_puts(&why, "no row of the registry names the port");
	put_other_protocol(q, &why);
	f = add(q, RULE_UNREGISTERED, HP_CLASS_UNREGISTERED, &why);
	buf_reset(&why);
	if (range && !is_documented(q) && q->query.scope == HP_SCOPE_EXTERNAL)
		buf_printf(&why, ", or take a port of the documented range %u-%u", range->first,
			   range->last);
	finding_suggest(f, "add a row: {ports: %u, protocol: %s, process: %s%s}%s", q->query.port,
			word_proto(q->query.proto), q->container->name,
			q->query.scope == HP_SCOPE_LOCALHOST ? ", scope: localhost" : "",
			why.len ? why.data : "");
}

static void add_inactive(const struct question *q)
{
	const char *role = word_role(q->row->role);
	struct node_facts facts = q->facts;
	_cleanup_buf_ struct buf why = { 0 };

	facts.role = REG_ROLE_ANY;
	if (policy_row_class(q->row, &facts) != HP_CLASS_NONE) { /* the platform or the version */
		finding_suggest(add_row(q, RULE_INACTIVE, HP_CLASS_INACTIVE),
				"take another port, or widen the row");
		return;
	}
	put_row(q, &why);
	buf_printf(&why, " is for %s nodes only, and ", role);
	if (q->check->options.role != REG_ROLE_MAX)
		buf_printf(&why, "--role says that all nodes are %s ones",
			   word_role(q->facts.role));
	else
		placement_why(&q->pod->placement, q->role, &why);
	finding_suggest(add(q, RULE_INACTIVE, HP_CLASS_INACTIVE, &why),
			"give it the node selector `node-role.kubernetes.io/%s: \"\"`, or take "
			"another port",
			role);
}

static void add_owner(const struct question *q)
{
	_cleanup_buf_ struct buf why = { 0 };

	put_row(q, &why);
	buf_puts(&why, " belongs to ");
	manifest_owner_names(q->row, &why);
	finding_suggest(add(q, RULE_WRONG_OWNER, HP_CLASS_OWNER, &why),
			"take another port, or add an owner to the row: {namespace: %s, pod: "
			"\"%s%s\", container: %s}",
			q->pod->namespace_, q->pod->name, q->pod->names == PODS_STATIC ? "" : "-*",
			q->container->name);
}

static void add_outside(const struct question *q)
{
	const struct reg_row *range = widest_range(q);
	_cleanup_buf_ struct buf why = { 0 };
	struct finding *f;

	buf_printf(&why, "it is reachable, and in no documented range of %s ports",
		   word_proto(q->query.proto));
	f = add(q, RULE_OUTSIDE_RANGE, HP_CLASS_NONE, &why);
	if (range)
		finding_suggest(f, "take a port of %u-%u, or listen on localhost", range->first,
				range->last);
	else
		finding_suggest(f, "document a range of %s ports, or listen on localhost",
				word_proto(q->query.proto));
}

/* ---- the decision -------------------------------------------------------------------------- */
static void add_class(const struct question *q)
{
	if (q->decision.cls == HP_CLASS_UNREGISTERED)
		add_unregistered(q);
	else if (!q->row)
		return;
	else if (q->decision.cls == HP_CLASS_RETIRED)
		finding_suggest(add_row(q, RULE_RETIRED, HP_CLASS_RETIRED),
				"take another port, or add an entry: {ports: %u, protocol: %s, "
				"process: %s}",
				q->query.port, word_proto(q->query.proto), q->container->name);
	else if (q->decision.cls == HP_CLASS_INACTIVE)
		add_inactive(q);
	else if (q->decision.cls == HP_CLASS_SCOPE)
		finding_suggest(add_row(q, RULE_LOCALHOST_ONLY, HP_CLASS_SCOPE),
				"have it listen on 127.0.0.1 and say so with `hostIP: 127.0.0.1`");
}

/* Of the roles of nodes on which the pod may run, the one on which the least is allowed. */
static void decide_worst(struct question *q, bool *ret_owned)
{
	struct question worst = *q;
	bool any = false;

	*ret_owned = true;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (!(q->pod->placement.roles & roles[i].nodes))
			continue;
		decide(q, i);
		if (q->decision.cls == HP_CLASS_NONE && !is_owned(q)) {
			if (*ret_owned && worst.decision.cls == HP_CLASS_NONE)
				worst = *q;
			*ret_owned = false;
		}
		if (!any ||
		    (q->decision.cls != HP_CLASS_NONE &&
		     (worst.decision.cls == HP_CLASS_NONE || q->decision.cls < worst.decision.cls)))
			worst = *q;
		any = true;
	}
	*q = worst;
}

static void check_claim(struct check *check, const struct pod *pod,
			const struct container *container, const struct port *port)
{
	const char *address = claimed_address(pod, container, port);
	struct question q = {
		.check = check,
		.pod = pod,
		.container = container,
		.port = port,
		.address = address,
		.query = { .proto = port->proto,
			   .port = port->number,
			   .scope = claimed_address_scope(address) },
	};
	bool owned;

	decide_worst(&q, &owned);
	q.row = registry_row(check->options.registry, q.decision.row, &q.layer);
	if (q.decision.cls != HP_CLASS_NONE) {
		add_class(&q);
		return;
	}
	if (q.client)
		return; /* it sends from the port */
	if (!owned && q.row)
		add_owner(&q);
	if (q.query.scope == HP_SCOPE_EXTERNAL && !is_documented(&q))
		add_outside(&q);
}

void registered_check(struct check *check, const struct pod *pod)
{
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				check_claim(check, pod, c, p);
}
