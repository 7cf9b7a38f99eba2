// SPDX-License-Identifier: MIT
#include "declared.h"

#include <string.h>

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

static void suggest(struct finding *f, uint16_t number, uint8_t proto, bool localhost)
{
	_cleanup_buf_ struct buf how = { 0 };

	declared_how(number, proto, localhost, &how);
	finding_suggest(f, "%s", how.data ? how.data : "");
}

/* Replicas of a workload have one finding. */
static void dedup_one(struct check *check, const struct pod *pod, const struct container *c,
		      const char *text, struct finding *f)
{
	(void)dedup_finding(check, (struct dedup_side) { pod, c }, (struct dedup_side) { 0 }, text,
			    f);
}

static void check_reference(struct check *check, const struct pod *pod, const struct container *c,
			    const struct reference *ref)
{
	struct finding *f;

	if (declared_has(pod, ref->name, ref->number, HP_PROTO_TCP))
		return;
	if (ref->name) {
		f = manifest_add_finding(
			&check->findings, RULE_UNDECLARED_PORT, &ref->place, pod->ignores, NULL, 0,
			0,
			"%s of %s, container %s, names port \"%s\", which no container "
			"declares",
			ref->what, pod->full_name, c->name, ref->name);
		finding_suggest(f, "give the declared port the name, `name: %s`, or declare it",
				ref->name);
		dedup_one(check, pod, c, ref->name, f);
		return;
	}
	f = manifest_add_finding(
		&check->findings, RULE_UNDECLARED_PORT, &ref->place, pod->ignores, NULL,
		HP_PROTO_TCP, ref->number,
		"%s of %s, container %s, needs port %u, which no container declares", ref->what,
		pod->full_name, c->name, ref->number);
	suggest(f, ref->number, HP_PROTO_TCP, false);
	registered_accept(check, pod, c, HP_PROTO_TCP, ref->number, HP_CLASS_UNDECLARED, f);
	dedup_one(check, pod, c, NULL, f);
}

/* TCP goes without saying. */
static const char *protocol_prefix(uint8_t proto)
{
	return proto == HP_PROTO_UDP ? "UDP " : proto == HP_PROTO_SCTP ? "SCTP " : "";
}

static void check_listener(struct check *check, const struct pod *pod, const struct container *c,
			   const struct listener *l)
{
	struct finding *f;

	if (declared_has(pod, NULL, l->port, l->proto))
		return;
	f = manifest_add_finding(
		&check->findings, RULE_UNDECLARED_ARGUMENT, &l->place, pod->ignores, NULL, l->proto,
		l->port,
		"%s has container %s of %s listen on %sport %u%s, which no container declares",
		l->flag, c->name, pod->full_name, protocol_prefix(l->proto), l->port,
		l->localhost ? " of localhost" : "");
	suggest(f, l->port, l->proto, l->localhost);
	registered_accept(check, pod, c, l->proto, l->port, HP_CLASS_UNDECLARED, f);
	dedup_one(check, pod, c, NULL, f);
}

void declared_check(struct check *check, const struct pod *pod)
{
	if (!pod->host_network)
		return;
	for (const struct container *c = pod->containers; c; c = c->next) {
		for (const struct reference *ref = c->references; ref; ref = ref->next)
			check_reference(check, pod, c, ref);
		for (const struct listener *l = c->listeners; l; l = l->next)
			check_listener(check, pod, c, l);
	}
}
