// SPDX-License-Identifier: MIT
#include "workload_find.h"

#include <stdio.h>
#include <string.h>

#define SET_NAME(array, name) (void)snprintf((array), sizeof(array), "%s", (name))

/* What has no id is the pod itself, or a container's monitor. "": not known. */
static const char *container_name(const struct pod *pod, const char *id)
{
	const char *name = *id ? pods_container(pod, id) : NULL;

	return name ? name : "";
}

/* The same, or as its log is called. */
static const char *container_or_log_name(const struct pods *pods, const struct pod *pod,
					 const struct workload *who)
{
	const char *name = container_name(pod, who->container_id);
	const struct pod_entry *log = *name ? NULL : pod_table_find(&pods->logs, who->uid);

	return log ? container_name(log->pod, who->container_id) : name;
}

/* No name of the API server's is longer than there is room for. One that is would be cut. */
static void name_pod(const struct pods *pods, const struct pod *pod, struct workload *who)
{
	const char *container = container_or_log_name(pods, pod, who);

	if (strlen(pod->namespace_) >= sizeof(who->namespace_) ||
	    strlen(pod->name) >= sizeof(who->pod) || strlen(container) >= sizeof(who->container))
		return;
	SET_NAME(who->namespace_, pod->namespace_);
	SET_NAME(who->pod, pod->name);
	SET_NAME(who->container, container);
}

/* The pod of a name whose UID no source tells: a static pod's manifest has none. */
static const struct pod *find_by_name(const struct pods *pods, const struct pod *names)
{
	const struct pod_entry *entry = NULL;
	_cleanup_buf_ struct buf key = { 0 };

	buf_printf(&key, "%s/%s", names->namespace_, names->name);
	if (!key.failed)
		entry = pods_find(pods, key.data);
	return entry && strcmp(entry->pod->key, key.data) == 0 ? entry->pod : NULL;
}

/* The pod that has a UID, and its name also where only the log directory tells it. */
static const struct pod *find_by_uid(const struct pods *pods, const char *uid)
{
	const struct pod_entry *entry = pods_find(pods, uid);
	const struct pod *pod;

	if (entry)
		return entry->pod;
	entry = pod_table_find(&pods->logs, uid);
	if (!entry)
		return NULL;
	pod = find_by_name(pods, entry->pod);
	return pod ? pod : entry->pod;
}

static const struct pod *find_by_container(const struct pods *pods, const char *id)
{
	const struct pod_entry *entry = *id ? pods_find_container(pods, id) : NULL;

	return entry ? entry->pod : NULL;
}

void workload_find(const struct workload_facts *facts, const char *cgroup_path,
		   struct workload *ret)
{
	const char *root = facts->node_root ? facts->node_root : "";
	const struct pods *pods = facts->pods;
	const struct pod *pod = NULL;
	struct workload stated;

	workload_parse(root, cgroup_path, ret);
	if (!pods)
		return;
	if (ret->kind == WORKLOAD_POD) {
		pod = find_by_uid(pods, ret->uid);
		if (!pod)
			pod = find_by_container(pods, ret->container_id);
	} else if (workload_parse_stated(root, cgroup_path, &stated)) {
		pod = find_by_uid(pods, stated.uid);
		if (pod)
			*ret = stated;
	}
	if (pod)
		name_pod(pods, pod, ret);
}
