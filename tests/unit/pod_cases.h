/* SPDX-License-Identifier: MIT */
/* What is read of pods and Services, as text, for the tests of what reads them. */
#pragma once

#include "yaml_cases.h"

#include "../../user/registry/words.h"

static inline void put_port(const struct port *p, struct buf *out)
{
	buf_printf(out, "  %s %u%s", word_proto(p->proto), p->number, p->claims ? " claims" : "");
	if (p->name)
		buf_printf(out, " name=%s", p->name);
	if (p->host_ip)
		buf_printf(out, " ip=%s", p->host_ip);
	buf_printf(out, " at %s\n", p->place.path);
}

static inline void put_container(const struct container *c, struct buf *out)
{
	static const char *const kinds[] = {
		[CONTAINER_MAIN] = "container",
		[CONTAINER_INIT] = "init container",
		[CONTAINER_SIDECAR] = "sidecar",
		[CONTAINER_EPHEMERAL] = "ephemeral container",
	};

	buf_printf(out, " %s %s\n", kinds[c->kind], c->name);
	for (const struct port *p = c->ports; p; p = p->next)
		put_port(p, out);
	for (const struct reference *r = c->references; r; r = r->next)
		buf_printf(out, "  %s %s%u at %s\n", r->what, r->name ? r->name : "", r->number,
			   r->place.path);
	for (const struct listener *l = c->listeners; l; l = l->next)
		buf_printf(out, "  listens %s %s:%u%s at %s\n", l->flag,
			   l->address ? l->address : "?", l->port, l->localhost ? " localhost" : "",
			   l->place.path);
}

/* The pod, then its containers with their ports, references and listeners. */
static inline void put_pod(const struct pod *pod, struct buf *out)
{
	static const char *const names[] = {
		[PODS_STATIC] = "static",   [PODS_SUFFIXED] = "suffixed",
		[PODS_HASHED] = "hashed",   [PODS_NUMBERED] = "numbered",
		[PODS_TIMED] = "timed",	    [PODS_ROLLED] = "rolled",
		[PODS_UNKNOWN] = "unknown",
	};

	buf_printf(out, "%s (%s %s/%s), %s, roles %u", pod->full_name, pod->kind, pod->namespace_,
		   pod->name, names[pod->names], pod->placement.roles);
	if (pod->maker)
		buf_printf(out, ", of %s %s", pod->maker_kind, pod->maker);
	buf_printf(out, "%s%s", pod->host_network ? ", host" : "", pod->ended ? ", ended" : "");
	for (const struct label *l = pod->labels; l; l = l->next)
		buf_printf(out, ", %s=%s", l->key, l->value);
	for (const struct ignore *i = pod->ignores; i; i = i->next)
		buf_printf(out, ", ignore %s", i->name);
	buf_printf(out, ", at %s\n", pod->place.path);
	for (const struct container *c = pod->containers; c; c = c->next)
		put_container(c, out);
}

static inline void put_service(const struct service *service, struct buf *out)
{
	buf_printf(out, "Service %s/%s", service->namespace_, service->name);
	for (const struct label *l = service->selector; l; l = l->next)
		buf_printf(out, ", %s=%s", l->key, l->value);
	for (const struct ignore *i = service->ignores; i; i = i->next)
		buf_printf(out, ", ignore %s", i->name);
	buf_putc(out, '\n');
	for (const struct service_port *p = service->ports; p; p = p->next)
		buf_printf(out, "  %s %s%u at %s\n", word_proto(p->proto), p->name ? p->name : "",
			   p->number, p->place.path);
}

static inline void put_findings(const struct findings *findings, struct buf *out)
{
	for (size_t i = 0; i < findings->len; i++)
		buf_printf(out, "%s %s: %s\n", findings->items[i].rule->id,
			   findings->items[i].path ? findings->items[i].path : "",
			   findings->items[i].message);
}
