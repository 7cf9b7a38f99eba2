// SPDX-License-Identifier: MIT
#include "workload_json.h"

#include <stdio.h>

void workload_put(const struct workload *who, struct jsonw *w)
{
	jsonw_object(w, "workload");
	jsonw_string(w, "kind", workload_kind_word(who->kind));
	jsonw_string_opt(w, "namespace", who->namespace_);
	jsonw_string_opt(w, "pod", who->pod);
	jsonw_string_opt(w, "container", who->container);
	jsonw_string_opt(w, "uid", who->uid);
	jsonw_string_opt(w, "container_id", who->container_id);
	jsonw_string_opt(w, "runtime", who->runtime);
	jsonw_string_opt(w, "unit", who->unit);
	jsonw_object_end(w);
}

/* A member that is a text; of one that does not fit the beginning. */
#define READ_TEXT(from, key, array)                                                                \
	(void)snprintf((array), sizeof(array), "%s", json_member_text((from), (key), ""))

void workload_json_read(const struct json *object, struct workload *ret)
{
	const struct json *from = json_member(object, "workload");

	*ret = (struct workload) {
		.kind = workload_word_to_kind(json_member_text(from, "kind", "")),
	};
	READ_TEXT(from, "namespace", ret->namespace_);
	READ_TEXT(from, "pod", ret->pod);
	READ_TEXT(from, "container", ret->container);
	READ_TEXT(from, "uid", ret->uid);
	READ_TEXT(from, "container_id", ret->container_id);
	READ_TEXT(from, "unit", ret->unit);
}

void workload_json_text(const struct json *object, struct buf *out)
{
	struct workload who;

	workload_json_read(object, &who);
	workload_text(&who, json_member_text(object, "cgroup", "?"), out);
}
