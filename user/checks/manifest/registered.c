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

/* ---- faults -------------------------------------------------------------------------------- */
/* What is wrong with a claim. */
struct fault {
	enum manifest_rule rule;
	uint8_t cls; /* that an exception may let through */
	struct buf why, fix;
};

static void fault_free(struct fault *fault)
{
	buf_free(&fault->why);
	buf_free(&fault->fix);
}
#define _cleanup_fault_ _cleanup_(fault_free)

static void add(const struct question *q, const struct fault *fault)
{
	struct finding *f;

	if (fault->why.failed || fault->fix.failed) {
		q->check->findings.failed = true;
		return;
	}
	f = manifest_add_finding(&q->check->findings, fault->rule, &q->port->place, q->pod->ignores,
				 NULL, q->query.proto, q->query.port,
				 "%s %u of %s, container %s: %s", word_proto(q->query.proto),
				 q->query.port, q->pod->full_name, q->container->name,
				 fault->why.data);
	accept_excepted(q, fault->cls, f);
	finding_suggest(f, "%s", fault->fix.data);
	(void)dedup_finding(q->check, (struct dedup_side) { q->pod, q->container },
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

/* The reason is the one that `explain` gives for the row that decided. */
static void put_row_why(const struct question *q, struct buf *out)
{
	const struct explain_input input = {
		.registry = q->check->options.registry,
		.facts = &q->facts,
		.query = q->query,
		.address = *q->address ? q->address : "0.0.0.0",
	};

	put_row(q, out);
	buf_putc(out, ' ');
	explain_why_row(&input, q->row, out);
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

static void find_unregistered(const struct question *q, struct fault *fault)
{
	const struct reg_row *range = widest_range(q);

	fault->rule = RULE_UNREGISTERED;
	buf_puts(&fault->why, "no row of the registry names the port");
	put_other_protocol(q, &fault->why);
	buf_printf(&fault->fix, "add a row: {ports: %u, protocol: %s, process: %s%s}",
		   q->query.port, word_proto(q->query.proto), q->container->name,
		   q->query.scope == HP_SCOPE_LOCALHOST ? ", scope: localhost" : "");
	if (range && !is_documented(q) && q->query.scope == HP_SCOPE_EXTERNAL)
		buf_printf(&fault->fix, ", or take a port of the documented range %u-%u",
			   range->first, range->last);
}

static void find_retired(const struct question *q, struct fault *fault)
{
	fault->rule = RULE_RETIRED;
	put_row_why(q, &fault->why);
	buf_printf(&fault->fix,
		   "take another port, or add an entry: {ports: %u, protocol: %s, process: %s}",
		   q->query.port, word_proto(q->query.proto), q->container->name);
}

static void find_inactive(const struct question *q, struct fault *fault)
{
	const char *role = word_role(q->row->role);
	struct node_facts facts = q->facts;

	fault->rule = RULE_INACTIVE;
	facts.role = REG_ROLE_ANY;
	if (policy_row_class(q->row, &facts) != HP_CLASS_NONE) { /* the platform or the version */
		put_row_why(q, &fault->why);
		buf_puts(&fault->fix, "take another port, or widen the row");
		return;
	}
	put_row(q, &fault->why);
	buf_printf(&fault->why, " is for %s nodes only, and ", role);
	if (q->check->options.role != REG_ROLE_MAX)
		buf_printf(&fault->why, "--role says that all nodes are %s ones",
			   word_role(q->facts.role));
	else
		placement_why(&q->pod->placement, q->role, &fault->why);
	buf_printf(&fault->fix,
		   "give it the node selector `node-role.kubernetes.io/%s: \"\"`, or take another "
		   "port",
		   role);
}

static void find_scope(const struct question *q, struct fault *fault)
{
	fault->rule = RULE_LOCALHOST_ONLY;
	put_row_why(q, &fault->why);
	buf_puts(&fault->fix, "have it listen on 127.0.0.1 and say so with `hostIP: 127.0.0.1`");
}

static void find_owner(const struct question *q, struct fault *fault)
{
	fault->rule = RULE_WRONG_OWNER;
	fault->cls = HP_CLASS_OWNER;
	put_row(q, &fault->why);
	buf_puts(&fault->why, " belongs to ");
	manifest_owner_names(q->row, &fault->why);
	buf_printf(&fault->fix,
		   "take another port, or add an owner to the row: {namespace: %s, pod: "
		   "\"%s%s\", container: %s}",
		   q->pod->namespace_, q->pod->name, q->pod->names == PODS_STATIC ? "" : "-*",
		   q->container->name);
}

static void find_outside(const struct question *q, struct fault *fault)
{
	const struct reg_row *range = widest_range(q);

	fault->rule = RULE_OUTSIDE_RANGE;
	buf_printf(&fault->why, "it is reachable, and in no documented range of %s ports",
		   word_proto(q->query.proto));
	if (range)
		buf_printf(&fault->fix, "take a port of %u-%u, or listen on localhost",
			   range->first, range->last);
	else
		buf_printf(&fault->fix, "document a range of %s ports, or listen on localhost",
			   word_proto(q->query.proto));
}

/* ---- the decision -------------------------------------------------------------------------- */
/* What the class that was decided means. False: nothing. */
static bool find_class(const struct question *q, struct fault *fault)
{
	fault->cls = q->decision.cls;
	if (q->decision.cls == HP_CLASS_UNREGISTERED)
		find_unregistered(q, fault);
	else if (!q->row)
		return false;
	else if (q->decision.cls == HP_CLASS_RETIRED)
		find_retired(q, fault);
	else if (q->decision.cls == HP_CLASS_INACTIVE)
		find_inactive(q, fault);
	else if (q->decision.cls == HP_CLASS_SCOPE)
		find_scope(q, fault);
	else
		return false;
	return true;
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

/* Ask what the policy says of a claim. */
static struct question ask(struct check *check, const struct pod *pod,
			   const struct container *container, const struct port *port,
			   bool *ret_owned)
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

	decide_worst(&q, ret_owned);
	q.row = registry_row(check->options.registry, q.decision.row, &q.layer);
	return q;
}

static void check_claim(struct check *check, const struct pod *pod,
			const struct container *container, const struct port *port)
{
	_cleanup_fault_ struct fault fault = { 0 }, outside = { 0 };
	bool owned;
	const struct question q = ask(check, pod, container, port, &owned);

	if (q.decision.cls != HP_CLASS_NONE) {
		if (find_class(&q, &fault))
			add(&q, &fault);
		return;
	}
	if (q.client)
		return; /* it sends from the port */
	if (!owned && q.row) {
		find_owner(&q, &fault);
		add(&q, &fault);
	}
	if (q.query.scope == HP_SCOPE_EXTERNAL && !is_documented(&q)) {
		find_outside(&q, &outside);
		add(&q, &outside);
	}
}

void registered_explain(struct check *check, const struct pod *pod,
			const struct container *container, const struct port *port, struct buf *why,
			struct buf *fix)
{
	_cleanup_fault_ struct fault fault = { 0 };
	bool owned, is = false;
	const struct question q = ask(check, pod, container, port, &owned);

	if (q.decision.cls == HP_CLASS_NONE && !owned && q.row && !q.client) {
		find_owner(&q, &fault);
		is = true;
	} else if (q.decision.cls != HP_CLASS_SCOPE) {
		is = find_class(&q, &fault);
	}
	if (!is || exception_for(&q, fault.cls))
		return;
	buf_printf(why, "; %s", fault.why.data ? fault.why.data : "");
	buf_printf(fix, ", and %s", fault.fix.data ? fault.fix.data : "");
	check->findings.failed |= fault.why.failed || fault.fix.failed;
}

void registered_check(struct check *check, const struct pod *pod)
{
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				check_claim(check, pod, c, p);
}
