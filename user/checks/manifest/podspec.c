// SPDX-License-Identifier: MIT
#include "podspec.h"

#include <string.h>

#include "argument.h"
#include "placement.h"

struct label_reader {
	struct reading *reading;
	struct label *labels;
};

static void add_label(void *data, const struct yaml_node *key, const struct yaml_node *value)
{
	struct label_reader *l = data;
	const struct yaml_tree *tree = l->reading->doc.tree;
	struct arena *arena = &l->reading->check->arena;
	struct label *label;

	if (value->kind != YAML_KIND_SCALAR)
		return;
	label = arena_take(arena, sizeof(*label));
	if (!label)
		return;
	label->key = arena_text_max(arena, yaml_tree_text(tree, key), READING_TEXT_MAX);
	label->value = arena_text_max(arena, yaml_tree_text(tree, value), READING_TEXT_MAX);
	label->next = l->labels;
	if (label->key && label->value)
		l->labels = label;
}

struct label *labels_read(struct reading *r, const struct yaml_node *mapping)
{
	struct label_reader l = { .reading = r };

	lookup_pairs(&r->doc, mapping, add_label, &l);
	return l.labels;
}

/* ---- ports --------------------------------------------------------------------------------- */
/* A hostPort of 0 is none. */
static bool has_host_port(struct reading *r, const struct yaml_node *item)
{
	const struct yaml_node *value = lookup(&r->doc, item, "hostPort");

	return value && !(value->plain && strcmp(yaml_tree_text(r->doc.tree, value), "0") == 0);
}

static void say_different(struct reading *r, const struct yaml_node *item, const struct port *port,
			  uint16_t container, uint16_t host)
{
	struct place place = reading_place(r, lookup(&r->doc, item, "hostPort"), "hostPort");
	struct finding *f;

	f = check_say(r->check, RULE_INVALID_PORT, &place, r->ignores, NULL, port->proto, host,
		      "hostPort %u of %s is not its containerPort %u, and the pod is on the host "
		      "network",
		      host, r->who, container);
	finding_suggest(f, "leave hostPort out, or make it %u", container);
}

/* Which number holds, and where it stands. False: there is none. */
static bool read_number(struct reading *r, const struct yaml_node *item, bool host_network,
			struct port *port)
{
	uint16_t container = 0, host = 0;
	bool has_container = reading_port(r, item, "containerPort", &container);
	bool has_host = has_host_port(r, item) && reading_port(r, item, "hostPort", &host);
	const char *key = has_host ? "hostPort" : "containerPort";

	if (host_network && has_host && has_container && host != container) {
		say_different(r, item, port, container, host);
		key = "containerPort"; /* what the process is told to listen on */
		has_host = false;
	}
	port->claims = host_network || has_host;
	port->number = has_host ? host : container;
	if (!has_host && !has_container)
		return false;
	port->place = reading_place(r, lookup(&r->doc, item, key), key);
	return true;
}

static void read_port(struct reading *r, const struct yaml_node *item, struct pod *pod,
		      struct port ***end)
{
	struct port *port = arena_take(&r->check->arena, sizeof(*port));
	bool host_network = pod->host_network;

	if (!port || !reading_count(r, item, &pod->ports, POD_PORTS_MAX, "ports") ||
	    !reading_protocol(r, item, &port->proto) || !read_number(r, item, host_network, port))
		return;
	port->name = reading_text(r, item, "name");
	port->host_ip = reading_text(r, item, "hostIP");
	if (port->host_ip && !*port->host_ip)
		port->host_ip = NULL;
	**end = port;
	*end = &port->next;
}

static void read_ports(struct reading *r, const struct yaml_node *container, struct pod *pod,
		       struct port **ports)
{
	const struct yaml_node *item = lookup_first(&r->doc, lookup(&r->doc, container, "ports"));
	size_t outer = reading_key(r, "ports"), inner;

	for (unsigned int i = 0; item; i++, item = lookup_next(&r->doc, item)) {
		inner = reading_index(r, i);
		read_port(r, item, pod, &ports);
		reading_leave(r, inner);
	}
	reading_leave(r, outer);
}

/* ---- probes and handlers ------------------------------------------------------------------- */
/* A probe of another host says nothing of this pod. */
static bool is_elsewhere(struct document *doc, const struct yaml_node *action)
{
	const char *host = lookup_text(doc, action, "host");

	return host && *host && strcmp(host, "localhost") != 0 && strcmp(host, "::1") != 0 &&
	       strcmp(host, "[::1]") != 0 && strncmp(host, "127.", 4) != 0 &&
	       strcmp(host, "0.0.0.0") != 0 && !reading_is_placeholder(host);
}

static void read_action(struct reading *r, const struct yaml_node *handler, const char *what,
			const char *kind, struct reference **references)
{
	const struct yaml_node *action = lookup(&r->doc, handler, kind);
	struct reference reference = { .what = what }, *kept;
	size_t mark;

	if (!action || is_elsewhere(&r->doc, action))
		return;
	mark = reading_key(r, kind);
	if (reading_port_or_name(r, action, "port", &reference.number, &reference.name) == 1) {
		reference.place = reading_place(r, lookup(&r->doc, action, "port"), "port");
		kept = arena_take(&r->check->arena, sizeof(*kept));
		if (kept) {
			*kept = reference;
			kept->next = *references;
			*references = kept;
		}
	}
	reading_leave(r, mark);
}

static void read_handlers(struct reading *r, const struct yaml_node *container,
			  struct reference **references)
{
	static const struct {
		const char *in, *key;
	} handlers[] = {
		{ NULL, "livenessProbe" },  { NULL, "readinessProbe" },	  { NULL, "startupProbe" },
		{ "lifecycle", "preStop" }, { "lifecycle", "postStart" },
	};
	static const char *const actions[] = { "httpGet", "tcpSocket", "grpc" };

	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		const char *in = handlers[i].in, *key = handlers[i].key;
		const struct yaml_node *outer = in ? lookup(&r->doc, container, in) : container;
		const struct yaml_node *handler = lookup(&r->doc, outer, key);
		size_t mark = r->path.len;

		if (!handler)
			continue;
		if (in)
			(void)reading_key(r, in);
		(void)reading_key(r, key);
		for (size_t j = 0; j < ARRAY_LEN(actions); j++)
			read_action(r, handler, key, actions[j], references);
		reading_leave(r, mark);
	}
}

/* ---- containers ---------------------------------------------------------------------------- */
static void read_container(struct reading *r, const struct yaml_node *item,
			   enum container_kind kind, uint32_t order, struct pod *pod,
			   struct container ***end)
{
	struct container *container = arena_take(&r->check->arena, sizeof(*container));
	const char *restart = lookup_text(&r->doc, item, "restartPolicy");

	if (!container ||
	    !reading_count(r, item, &pod->containers_len, POD_CONTAINERS_MAX, "containers"))
		return;
	if (kind == CONTAINER_INIT && restart && strcmp(restart, "Always") == 0)
		kind = CONTAINER_SIDECAR;
	container->name = reading_text(r, item, "name");
	if (!container->name)
		container->name = "?";
	container->kind = kind;
	container->order = order;
	read_ports(r, item, pod, &container->ports);
	if (pod->host_network) {
		read_handlers(r, item, &container->references);
		argument_read(r, item, &pod->listeners, &container->listeners);
	}
	**end = container;
	*end = &container->next;
}

static void read_containers(struct reading *r, const struct yaml_node *spec, struct pod *pod)
{
	static const struct {
		const char *key;
		enum container_kind kind;
	} lists[] = {
		{ "initContainers", CONTAINER_INIT },
		{ "containers", CONTAINER_MAIN },
		{ "ephemeralContainers", CONTAINER_EPHEMERAL },
	};
	struct container **end = &pod->containers;
	const struct yaml_node *item;
	size_t outer, inner;

	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		outer = reading_key(r, lists[l].key);
		item = lookup_first(&r->doc, lookup(&r->doc, spec, lists[l].key));
		for (uint32_t i = 0; item; i++, item = lookup_next(&r->doc, item)) {
			inner = reading_index(r, i);
			read_container(r, item, lists[l].kind, i, pod, &end);
			reading_leave(r, inner);
		}
		reading_leave(r, outer);
	}
}

struct pod *podspec_read(struct reading *r, const struct pod_owner *owner,
			 const struct yaml_node *metadata, const struct yaml_node *spec)
{
	struct pod *pod = arena_take(&r->check->arena, sizeof(*pod));
	const char *network = lookup_text(&r->doc, spec, "hostNetwork");
	uint16_t none;

	if (!pod)
		return NULL;
	pod->kind = owner->kind;
	pod->namespace_ = owner->namespace_;
	pod->name = owner->name;
	pod->maker_kind = owner->maker_kind;
	pod->maker = owner->maker;
	pod->names = owner->names;
	pod->ended = owner->ended;
	pod->ignores = r->ignores;
	pod->place = reading_place(r, spec, NULL);
	pod->host_network = lookup_true(&r->doc, spec, "hostNetwork");
	if (network && reading_is_placeholder(network))
		(void)reading_port(r, spec, "hostNetwork", &none); /* says that it is one */
	pod->labels = labels_read(r, lookup(&r->doc, metadata, "labels"));
	placement_read(r, spec, &pod->placement);
	read_containers(r, spec, pod);
	return pod;
}

bool podspec_is(struct document *doc, const struct yaml_node *node)
{
	const struct yaml_node *item = lookup_first(doc, lookup(doc, node, "containers"));

	return item && lookup_text(doc, item, "name") && lookup_text(doc, item, "image");
}
