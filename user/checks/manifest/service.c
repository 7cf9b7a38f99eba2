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

static void read_ports(struct cursor *cursor, const struct yaml_node *spec, struct service *service)
{
	struct service_port **end = &service->ports;
	size_t mark = cursor_key(cursor, "spec");
	const struct yaml_node *item;
	struct cursor_list list;

	for (item = cursor_first(cursor, spec, "ports", &list); item;
	     item = cursor_next(cursor, &list))
		read_port(cursor, item, &end);
	cursor_leave(cursor, mark);
}

void service_read(struct cursor *cursor, const char *namespace_, const char *name,
		  const struct yaml_node *spec)
{
	const char *type = yaml_query_text(&cursor->doc, spec, "type");
	struct model *model = cursor->model;
	struct service *service;

	model->counts.services++;
	if (!spec || (type && strcmp(type, "ExternalName") == 0))
		return;
	service = arena_take(&model->arena, sizeof(*service));
	if (!service)
		return;
	service->namespace_ = namespace_;
	service->name = name;
	service->ignores = cursor->ignores;
	service->selector = cursor_labels(cursor, yaml_query(&cursor->doc, spec, "selector"));
	read_ports(cursor, spec, service);
	if (!service->selector || !service->ports)
		return;
	*model->services_end = service;
	model->services_end = &service->next;
}
