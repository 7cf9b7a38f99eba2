// SPDX-License-Identifier: MIT
#include "workload_json.h"

#include <stdio.h>

void workload_put(const struct workload *who, struct jsonw *w)
{
	jsonw_object(w, "workload");
	jsonw_string(w, "kind", workload_kind_word(who->kind));
	jsonw_string_opt(w, "uid", who->uid);
	jsonw_string_opt(w, "container_id", who->container_id);
	jsonw_string_opt(w, "runtime", who->runtime);
	jsonw_string_opt(w, "unit", who->unit);
	jsonw_object_end(w);
}

void workload_json_text(const struct json *object, struct buf *out)
{
	const struct json *from = json_member(object, "workload");
	struct workload who = {
		.kind = workload_word_to_kind(json_member_text(from, "kind", "")),
	};

	(void)snprintf(who.uid, sizeof(who.uid), "%s", json_member_text(from, "uid", ""));
	(void)snprintf(who.container_id, sizeof(who.container_id), "%s",
		       json_member_text(from, "container_id", ""));
	(void)snprintf(who.unit, sizeof(who.unit), "%s", json_member_text(from, "unit", ""));
	workload_text(&who, json_member_text(object, "cgroup", "?"), out);
}
