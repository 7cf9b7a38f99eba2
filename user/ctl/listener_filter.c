// SPDX-License-Identifier: MIT
#include "listener_filter.h"

#include <string.h>

#include "../identity/pod_pattern.h"
#include "../identity/workload_json.h"
#include "../policy/owner.h"
#include "../registry/words.h"

bool listener_filter_is_empty(const struct listener_filter *filter)
{
	return !filter->violations && !filter->classes && !filter->protocol &&
	       !filter->port.first && !filter->pod && !filter->unit;
}

static bool is_violation(const struct json *l)
{
	const char *verdict = json_member_text(l, "verdict", "");

	return strcmp(verdict, "audited") == 0 || strcmp(verdict, "denied") == 0;
}

static bool has_class(const struct json *l, uint32_t classes)
{
	int cls = word_to_class(json_member_text(l, "class", ""));

	return cls >= 0 && classes & 1U << cls;
}

static bool has_port(const struct json *l, const struct port_argument *port)
{
	uint64_t number = json_member_u64(l, "port", 0);

	if (number < port->first || number > port->last)
		return false;
	return !port->has_proto ||
	       strcmp(json_member_text(l, "protocol", ""), word_proto(port->proto)) == 0;
}

static bool has_unit(const struct json *l, const char *unit)
{
	struct workload who;

	workload_json_read(l, &who);
	return *who.unit && owner_glob(unit, who.unit);
}

static bool has_pod(const struct json *l, const char *pod)
{
	struct workload who;

	workload_json_read(l, &who);
	return pod_pattern_names(pod, &who);
}

bool listener_filter_has(const struct listener_filter *f, const struct json *l)
{
	return (!f->violations || is_violation(l)) && (!f->classes || has_class(l, f->classes)) &&
	       (!f->protocol || strcmp(json_member_text(l, "protocol", ""), f->protocol) == 0) &&
	       (!f->port.first || has_port(l, &f->port)) && (!f->pod || has_pod(l, f->pod)) &&
	       (!f->unit || has_unit(l, f->unit));
}
