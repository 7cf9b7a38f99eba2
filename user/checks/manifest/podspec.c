// SPDX-License-Identifier: MIT
#include "podspec.h"

#include <string.h>

#include "argument.h"
#include "placeholder.h"
#include "placement.h"

/* ---- ports --------------------------------------------------------------------------------- */
/* hostPort: 0 means no host port. */
static bool has_host_port(struct cursor *cursor, const struct yaml_node *item)
{
	const struct yaml_node *value = yaml_query(&cursor->doc, item, "hostPort");

	return value &&
	       !(value->plain && strcmp(yaml_tree_text(cursor->doc.tree, value), "0") == 0);
}

static void add_different(struct cursor *cursor, const struct yaml_node *item,
			  const struct port *port, uint16_t container, uint16_t host)
{
	struct place place =
		cursor_place(cursor, yaml_query(&cursor->doc, item, "hostPort"), "hostPort");
	struct finding *f;

	f = manifest_add_finding(
		cursor->findings, RULE_INVALID_PORT, &place, cursor->ignores, NULL, port->proto,
		host,
		"hostPort %u of %s is not its containerPort %u, and the pod is on the host "
		"network",
		host, cursor->full_name, container);
	finding_suggest(f, "leave hostPort out, or make it %u", container);
}

/* Read the number that holds, and its place. False: there is none. */
static bool read_number(struct cursor *cursor, const struct yaml_node *item, bool host_network,
			struct port *port)
{
	uint16_t container = 0, host = 0;
	bool has_container = cursor_port(cursor, item, "containerPort", &container);
	bool has_host = has_host_port(cursor, item) && cursor_port(cursor, item, "hostPort", &host);
	const char *key = has_host ? "hostPort" : "containerPort";

	if (host_network && has_host && has_container && host != container) {
		add_different(cursor, item, port, container, host);
		key = "containerPort"; /* where the process listens */
		has_host = false;
	}
	port->claims = host_network || has_host;
	port->number = has_host ? host : container;
	if (!has_host && !has_container)
		return false;
	port->place = cursor_place(cursor, yaml_query(&cursor->doc, item, key), key);
	return true;
}

static void read_port(struct cursor *cursor, const struct yaml_node *item, struct pod *pod,
		      struct port ***end)
{
	struct port *port = arena_take(&cursor->model->arena, sizeof(*port));
	bool of_node = cursor->of_node, is;

	if (!port || !cursor_count(cursor, item, &pod->ports, POD_PORTS_MAX, "ports"))
		return;
	cursor->of_node |= has_host_port(cursor, item);
	is = cursor_protocol(cursor, item, &port->proto) &&
	     read_number(cursor, item, pod->host_network, port);
	port->name = cursor_text(cursor, item, "name");
	port->host_ip = is ? cursor_address(cursor, item, "hostIP") : NULL;
	cursor->of_node = of_node;
	if (!is)
		return;
	**end = port;
	*end = &port->next;
}

static void read_ports(struct cursor *cursor, const struct yaml_node *container, struct pod *pod,
		       struct port **end)
{
	const struct yaml_node *item;
	struct cursor_list list;

	for (item = cursor_first(cursor, container, "ports", &list); item;
	     item = cursor_next(cursor, &list))
		read_port(cursor, item, pod, &end);
}

/* ---- probes and handlers ------------------------------------------------------------------- */
static bool is_localhost(const char *host)
{
	return strcmp(host, "[::1]") == 0 || argument_is_localhost(host, strlen(host));
}

/* A probe of another host is no reference to this pod. */
static bool is_elsewhere(const char *host)
{
	return *host && !is_localhost(host) && strcmp(host, "0.0.0.0") != 0 &&
	       !placeholder_in(host);
}

static void read_action(struct cursor *cursor, const struct yaml_node *handler, const char *what,
			const char *kind, struct reference ***end)
{
	const struct yaml_node *action = yaml_query(&cursor->doc, handler, kind);
	struct reference reference = { .what = what }, *kept;
	const char *host = yaml_query_text(&cursor->doc, action, "host");
	size_t mark;

	if (!action || (host && is_elsewhere(host)))
		return;
	reference.localhost = host && is_localhost(host);
	mark = cursor_key(cursor, kind);
	if (cursor_port_or_name(cursor, action, "port", &reference.number, &reference.name)) {
		reference.place =
			cursor_place(cursor, yaml_query(&cursor->doc, action, "port"), "port");
		kept = arena_take(&cursor->model->arena, sizeof(*kept));
		if (kept) {
			*kept = reference;
			**end = kept;
			*end = &kept->next;
		}
	}
	cursor_leave(cursor, mark);
}

static void read_handlers(struct cursor *cursor, const struct yaml_node *container,
			  struct reference **end)
{
	static const struct {
		const char *path, *name;
	} handlers[] = {
		{ "livenessProbe", "livenessProbe" },	{ "readinessProbe", "readinessProbe" },
		{ "startupProbe", "startupProbe" },	{ "lifecycle.preStop", "preStop" },
		{ "lifecycle.postStart", "postStart" },
	};
	static const char *const actions[] = { "httpGet", "tcpSocket", "grpc" };

	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		const struct yaml_node *handler =
			yaml_query(&cursor->doc, container, handlers[i].path);
		size_t mark = cursor_path(cursor, handlers[i].path);

		for (size_t j = 0; handler && j < ARRAY_LEN(actions); j++)
			read_action(cursor, handler, handlers[i].name, actions[j], &end);
		cursor_leave(cursor, mark);
	}
}

/* ---- containers ---------------------------------------------------------------------------- */
static void read_container(struct cursor *cursor, const struct yaml_node *item,
			   enum container_kind kind, struct pod *pod, struct container ***end)
{
	struct container *container = arena_take(&cursor->model->arena, sizeof(*container));
	const char *restart = yaml_query_text(&cursor->doc, item, "restartPolicy");

	if (!container ||
	    !cursor_count(cursor, item, &pod->containers_len, POD_CONTAINERS_MAX, "containers"))
		return;
	if (kind == CONTAINER_INIT && restart && strcmp(restart, "Always") == 0)
		kind = CONTAINER_SIDECAR;
	container->name = cursor_text(cursor, item, "name");
	if (!container->name)
		container->name = "?";
	container->kind = kind;
	read_ports(cursor, item, pod, &container->ports);
	if (pod->host_network) {
		read_handlers(cursor, item, &container->references);
		argument_read(cursor, item, &pod->listeners, &container->listeners);
	}
	**end = container;
	*end = &container->next;
}

/* Where containers are: those of a pod, and those of Argo's templates and of other operators. */
static const struct {
	const char *key;
	enum container_kind kind;
} lists[] = {
	{ "initContainers", CONTAINER_INIT },
	{ "containers", CONTAINER_MAIN },
	{ "sidecars", CONTAINER_MAIN },
	{ "sidecarContainers", CONTAINER_MAIN },
	{ "extraContainers", CONTAINER_MAIN },
	{ "additionalContainers", CONTAINER_MAIN },
	{ "ephemeralContainers", CONTAINER_EPHEMERAL },
};
static const char *const singles[] = { "container", "script" };

static void read_containers(struct cursor *cursor, const struct yaml_node *spec, struct pod *pod)
{
	struct container **end = &pod->containers;
	const struct yaml_node *item;
	struct cursor_list list;
	size_t mark;

	for (size_t i = 0; i < ARRAY_LEN(singles); i++) {
		item = yaml_query(&cursor->doc, spec, singles[i]);
		if (!item)
			continue;
		mark = cursor_key(cursor, singles[i]);
		read_container(cursor, item, CONTAINER_MAIN, pod, &end);
		cursor_leave(cursor, mark);
	}
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (item = cursor_first(cursor, spec, lists[l].key, &list); item;
		     item = cursor_next(cursor, &list))
			read_container(cursor, item, lists[l].kind, pod, &end);
}

struct pod *podspec_read(struct cursor *cursor, const struct pod *object,
			 const struct yaml_node *metadata, const struct yaml_node *spec)
{
	struct pod *pod = arena_take(&cursor->model->arena, sizeof(*pod));
	const char *network = yaml_query_text(&cursor->doc, spec, "hostNetwork");
	uint16_t none;

	if (!pod)
		return NULL;
	*pod = *object;
	pod->ignores = cursor->ignores;
	pod->place = cursor_place(cursor, spec, NULL);
	pod->host_network |= yaml_query_true(&cursor->doc, spec, "hostNetwork");
	cursor->of_node = pod->host_network || (network && placeholder_in(network));
	if (cursor->of_node && !pod->host_network)
		(void)cursor_port(cursor, spec, "hostNetwork", &none); /* a finding: it is one */
	pod->labels = cursor_labels(cursor, metadata, "labels");
	placement_read(cursor, spec, &pod->placement);
	read_containers(cursor, spec, pod);
	cursor->of_node = false;
	return pod;
}

static bool has_image(struct document *doc, const struct yaml_node *container)
{
	return container && yaml_query_text(doc, container, "image");
}

bool podspec_is(struct document *doc, const struct yaml_node *node)
{
	if (!node || node->kind != YAML_KIND_MAPPING)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i].kind == CONTAINER_MAIN &&
		    has_image(doc, yaml_query_first(doc, node, lists[i].key)))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(singles); i++)
		if (has_image(doc, yaml_query(doc, node, singles[i])))
			return true;
	return false;
}
