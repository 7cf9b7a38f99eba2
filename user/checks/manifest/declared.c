// SPDX-License-Identifier: MIT
#include "declared.h"

#include <string.h>

#include "../../base/portset.h"
#include "claimed_address.h"
#include "dedup.h"
#include "registered.h"

bool declared_has(const struct pod *pod, const char *name, uint16_t number, uint8_t proto)
{
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next) {
			if (p->proto == proto &&
			    (name ? p->name && strcmp(p->name, name) == 0 : p->number == number))
				return true;
		}
	return false;
}

void declared_how(uint16_t number, uint8_t proto, bool localhost, struct buf *out)
{
	const char *word = proto == HP_PROTO_UDP ? "UDP" : proto == HP_PROTO_SCTP ? "SCTP" : NULL;

	buf_printf(out, "declare `- {containerPort: %u", number);
	if (word)
		buf_printf(out, ", protocol: %s", word);
	buf_puts(out, localhost ? ", hostIP: 127.0.0.1}`" : "}`");
}

/* What one pod takes without declaring it. */
struct undeclared {
	struct check *check;
	const struct pod *pod;
	struct portset told[HP_PROTO_MAX]; /* a port has one finding */
};

/* Replicas of a workload have one finding. */
static void dedup_one(struct check *check, const struct pod *pod, const struct container *c,
		      const char *text, struct finding *f)
{
	(void)dedup_finding(check, (struct dedup_side) { pod, c }, (struct dedup_side) { 0 }, text,
			    f);
}

/* Is a port declared, or is there a finding about it? */
static bool is_settled(struct undeclared *u, uint16_t number, uint8_t proto)
{
	if (portset_has(&u->told[proto], number) || declared_has(u->pod, NULL, number, proto))
		return true;
	portset_add(&u->told[proto], number);
	return false;
}

/* Add the finding about a port: `what` listens on it, or asks for it. */
static void add(struct undeclared *u, const struct container *c, enum manifest_rule rule,
		const struct port *port, const char *what)
{
	bool localhost;
	_cleanup_buf_ struct buf why = { 0 }, fix = { 0 };
	struct check *check = u->check;
	struct finding *f;

	localhost = claimed_address_scope(claimed_address(u->pod, c, port)) == HP_SCOPE_LOCALHOST;
	declared_how(port->number, port->proto, localhost, &fix);
	buf_printf(&why, "%s, which no container declares", what);
	registered_explain(check, u->pod, c, port, &why, &fix);
	if (why.failed || fix.failed) {
		check->findings.failed = true;
		return;
	}
	f = manifest_add_finding(&check->findings, rule, &port->place, u->pod->ignores, NULL,
				 port->proto, port->number, "%s", why.data);
	finding_suggest(f, "%s", fix.data);
	registered_accept(check, u->pod, c, port->proto, port->number, HP_CLASS_UNDECLARED, f);
	dedup_one(check, u->pod, c, NULL, f);
}

/* Keep it as a claim of its container, which can clash with others. */
static void keep(struct undeclared *u, struct container *c, const struct port *port)
{
	struct port *kept = arena_take(&u->check->model.arena, sizeof(*kept));

	if (!kept)
		return;
	*kept = *port;
	kept->next = c->undeclared;
	c->undeclared = kept;
}

static void check_name(struct undeclared *u, const struct container *c, const struct reference *ref)
{
	const struct pod *pod = u->pod;
	struct finding *f;

	if (declared_has(pod, ref->name, 0, HP_PROTO_TCP))
		return;
	for (const struct reference *r = c->references; r != ref; r = r->next)
		if (r->name && strcmp(r->name, ref->name) == 0)
			return;
	f = manifest_add_finding(&u->check->findings, RULE_UNDECLARED_PORT, &ref->place,
				 pod->ignores, NULL, 0, 0,
				 "%s of %s, container %s, names port \"%s\", which no container "
				 "declares",
				 ref->what, pod->full_name, c->name, ref->name);
	finding_suggest(f, "give the declared port the name, `name: %s`, or declare it", ref->name);
	dedup_one(u->check, pod, c, ref->name, f);
}

static void check_reference(struct undeclared *u, struct container *c, const struct reference *ref)
{
	const struct port port = {
		.number = ref->number,
		.proto = HP_PROTO_TCP,
		.probed = true,
		.host_ip = ref->localhost ? "127.0.0.1" : NULL,
		.place = ref->place,
	};
	_cleanup_buf_ struct buf what = { 0 };

	if (ref->name) {
		check_name(u, c, ref);
		return;
	}
	if (is_settled(u, ref->number, HP_PROTO_TCP))
		return;
	buf_printf(&what, "%s of %s, container %s, needs port %u", ref->what, u->pod->full_name,
		   c->name, ref->number);
	add(u, c, RULE_UNDECLARED_PORT, &port, what.data ? what.data : "");
	keep(u, c, &port);
}

/* TCP goes without saying. */
static const char *protocol_prefix(uint8_t proto)
{
	return proto == HP_PROTO_UDP ? "UDP " : proto == HP_PROTO_SCTP ? "SCTP " : "";
}

static void check_listener(struct undeclared *u, struct container *c, const struct listener *l)
{
	const struct port port = {
		.number = l->port,
		.proto = l->proto,
		.host_ip = l->localhost ? "127.0.0.1" : NULL,
		.place = l->place,
	};
	_cleanup_buf_ struct buf what = { 0 };

	if (is_settled(u, l->port, l->proto))
		return;
	buf_printf(&what, "%s%s %s container %s of %s listen on %sport %u%s",
		   l->variable ? "variable " : "", l->flag, l->variable ? "may have" : "has",
		   c->name, u->pod->full_name, protocol_prefix(l->proto), l->port,
		   l->localhost ? " of localhost" : "");
	add(u, c, l->variable ? RULE_UNDECLARED_VARIABLE : RULE_UNDECLARED_ARGUMENT, &port,
	    what.data ? what.data : "");
	if (!l->variable)
		keep(u, c, &port);
}

static void check_listeners(struct undeclared *u, bool variables)
{
	for (struct container *c = u->pod->containers; c; c = c->next)
		for (const struct listener *l = c->listeners; l; l = l->next)
			if (l->variable == variables)
				check_listener(u, c, l);
}

/* Probes come before arguments, and these before variables: the surer comes first. */
void declared_check(struct check *check, const struct pod *pod)
{
	struct undeclared u;

	if (!pod->host_network)
		return;
	u = (struct undeclared) { .check = check, .pod = pod };
	for (struct container *c = pod->containers; c; c = c->next)
		for (const struct reference *ref = c->references; ref; ref = ref->next)
			check_reference(&u, c, ref);
	check_listeners(&u, false);
	check_listeners(&u, true);
}
