// SPDX-License-Identifier: MIT
#include "service.h"

#include <string.h>

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
	struct service_port *port = arena_take(&cursor->model->arena, sizeof(*port));
	const char *key = target_key(cursor, item);

	if (!port || !cursor_protocol(cursor, item, &port->proto) ||
	    !cursor_port_or_name(cursor, item, key, &port->number, &port->name))
		return;
	port->place = cursor_place(cursor, yaml_query(&cursor->doc, item, key), key);
	**end = port;
	*end = &port->next;
}

/* A nodePort that is written, not left to the API server. */
static void read_node_port(struct cursor *cursor, const struct pod *object,
			   const struct yaml_node *item)
{
	struct model *model = cursor->model;
	struct node_port port = { .next = model->node_ports }, *kept;
	const char *text = yaml_query_text(&cursor->doc, item, "nodePort");

	if (!text || strcmp(text, "0") == 0 || !cursor_protocol(cursor, item, &port.proto) ||
	    !cursor_port(cursor, item, "nodePort", &port.number))
		return;
	kept = arena_take(&model->arena, sizeof(*kept));
	if (!kept)
		return;
	port.service = object->full_name;
	*kept = port;
	model->node_ports = kept;
}

void service_read(struct cursor *cursor, const struct pod *object, const struct yaml_node *node)
{
	const char *type = yaml_query_text(&cursor->doc, node, "spec.type");
	struct model *model = cursor->model;
	struct service *service = arena_take(&model->arena, sizeof(*service));
	const struct yaml_node *item;
	struct service_port **end;
	struct cursor_list list;

	model->counts.services++;
	if (!service || (type && strcmp(type, "ExternalName") == 0))
		return;
	service->namespace_ = object->namespace_;
	service->name = object->name;
	service->ignores = cursor->ignores;
	service->selector = cursor_labels(cursor, node, "spec.selector");
	end = &service->ports;
	for (item = cursor_first(cursor, node, "spec.ports", &list); item;
	     item = cursor_next(cursor, &list)) {
		read_port(cursor, item, &end);
		read_node_port(cursor, object, item);
	}
	if (!service->selector || !service->ports)
		return;
	*model->services_end = service;
	model->services_end = &service->next;
}
