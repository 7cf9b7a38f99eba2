// SPDX-License-Identifier: MIT
#include "pods_document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../stream/control.h"

#define GROUPS_JSON_MAX (1U << 20) /* bytes that the control groups of one pod may take */
#define ROOM_LEFT	(PODS_JSON_MAX + 2 * GROUPS_JSON_MAX) /* for one more pod, and the end */

/* A control group, and its pod as owners and declared ports go by it. */
struct pod_group {
	const struct pod *pod;
	const struct watched_group *group;
};

struct pod_groups {
	struct pod_group *list; /* by their pods; a pod's own before those of its containers */
	size_t len;
	struct cgroup_names *names;
};

static int by_pod(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct pod_group *)a)->pod;
	uintptr_t y = (uintptr_t)((const struct pod_group *)b)->pod;

	return (x > y) - (x < y);
}

static int compare(const void *a, const void *b)
{
	const struct watched_group *x = ((const struct pod_group *)a)->group;
	const struct watched_group *y = ((const struct pod_group *)b)->group;
	int r = by_pod(a, b);

	if (!r)
		r = strcmp(x->container ? x->container : "", y->container ? y->container : "");
	return r ? r : (x->id > y->id) - (x->id < y->id);
}

static int collect(const struct pods *pods, const struct watched_groups *groups,
		   struct pod_groups *found)
{
	struct watched_group *const *all;
	size_t len;

	if (!groups)
		return 0;
	all = watched_groups_list(groups, &len);
	found->list = calloc(len + 1, sizeof(*found->list));
	if (!found->list)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		const struct pod_entry *entry = all[i]->uid ? pods_find(pods, all[i]->uid) : NULL;

		if (entry)
			found->list[found->len++] = (struct pod_group) { entry->pod, all[i] };
	}
	qsort(found->list, found->len, sizeof(*found->list), compare);
	return 0;
}

static void put_group(const struct pod_group *group, const char *path, struct jsonw *w)
{
	const char *id = group->group->container;

	jsonw_object(w, NULL);
	jsonw_string(w, "path", path);
	jsonw_u64(w, "id", group->group->id);
	if (id) {
		jsonw_string_opt(w, "container", pods_container(group->pod, id));
		jsonw_string(w, "container_id", id);
	}
	jsonw_object_end(w);
}

/* One that is gone has no path. */
static void put_groups(void *data, const struct pod *pod, struct jsonw *w)
{
	const struct pod_groups *groups = data;
	const struct pod_group key = { .pod = pod };
	const struct pod_group *at = NULL, *end = groups->list + groups->len;
	size_t from = w->out->len;
	const char *path;

	if (groups->len)
		at = bsearch(&key, groups->list, groups->len, sizeof(key), by_pod);
	while (at && at > groups->list && at[-1].pod == pod)
		at--;
	jsonw_array(w, "cgroups");
	for (; at && at < end && at->pod == pod && w->out->len - from < GROUPS_JSON_MAX; at++) {
		path = cgroup_name(groups->names, at->group->id);
		if (path)
			put_group(at, path, w);
	}
	jsonw_array_end(w);
}

int pods_document(struct pods *pods, const struct watched_groups *groups,
		  struct cgroup_names *names, struct buf *out)
{
	struct pod_groups found = { .names = names };
	const struct pods_more more = { put_groups, &found };
	struct jsonw w = { .out = out };
	uint64_t now_s = clock_boot_s();
	size_t left_out;
	int r;

	for (size_t i = 0; i < pods->len; i++)
		pod_table_age(&pods->sources[i].table, now_s);
	r = collect(pods, groups, &found);
	if (r < 0)
		return r;
	jsonw_object(&w, NULL);
	pods_put_sources(pods, &w);
	left_out = pods_put(pods, now_s, CONTROL_DOCUMENT_MAX - ROOM_LEFT, &more, &w);
	jsonw_u64(&w, "left_out", left_out);
	jsonw_object_end(&w);
	free(found.list);
	return 0;
}
