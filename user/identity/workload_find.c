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
static void set_names(const struct pod *pod, const char *container, struct workload *who)
{
	if (strlen(pod->namespace_) >= sizeof(who->namespace_) ||
	    strlen(pod->name) >= sizeof(who->pod) || strlen(container) >= sizeof(who->container))
		return;
	SET_NAME(who->namespace_, pod->namespace_);
	SET_NAME(who->pod, pod->name);
	SET_NAME(who->container, container);
}

static void name_pod(const struct pods *pods, const struct pod *pod, struct workload *who)
{
	set_names(pod, container_or_log_name(pods, pod, who), who);
}

void workload_of_pod(const struct pod *pod, const char *container, struct workload *ret)
{
	const char *uid = *pod->mirror_of ? pod->mirror_of : pod->uid;

	*ret = (struct workload) { .kind = WORKLOAD_POD };
	if (strlen(uid) < sizeof(ret->uid))
		SET_NAME(ret->uid, uid);
	set_names(pod, container, ret);
}

void workload_of_key(const struct pods *pods, const char *key, struct workload *ret)
{
	const struct pod_entry *entry = pods ? pods_find(pods, key) : NULL;
	const char *slash = strchr(key, '/');

	*ret = (struct workload) { .kind = WORKLOAD_POD };
	if (entry) {
		workload_of_pod(entry->pod, "", ret);
	} else if (slash) {
		(void)snprintf(ret->namespace_, sizeof(ret->namespace_), "%.*s", (int)(slash - key),
			       key);
		SET_NAME(ret->pod, slash + 1);
	} else {
		SET_NAME(ret->uid, key);
	}
}

/* The pod of a name whose UID no source tells: a static pod's manifest has none. */
static const struct pod_entry *find_by_name(const struct pods *pods, const struct pod *names)
{
	const struct pod_entry *entry = NULL;
	_cleanup_buf_ struct buf key = { 0 };

	buf_printf(&key, "%s/%s", names->namespace_, names->name);
	if (!key.failed)
		entry = pods_find(pods, key.data);
	return entry && strcmp(entry->pod->key, key.data) == 0 ? entry : NULL;
}

/* The pod that has a UID, or the name of the log directory of that UID. */
static const struct pod_entry *find_by_uid(const struct pods *pods, const char *uid)
{
	const struct pod_entry *entry = pods_find(pods, uid);
	const struct pod_entry *log = entry ? NULL : pod_table_find(&pods->logs, uid);

	return log ? find_by_name(pods, log->pod) : entry;
}

static const struct pod_entry *find_by_container(const struct pods *pods, const char *id)
{
	return *id ? pods_find_container(pods, id) : NULL;
}

const struct pod_entry *workload_pod(const struct pods *pods, const struct workload *who)
{
	const struct pod_entry *entry = NULL;

	if (pods && who->kind == WORKLOAD_POD)
		entry = find_by_uid(pods, who->uid);
	if (!entry && pods && who->kind == WORKLOAD_POD)
		entry = find_by_container(pods, who->container_id);
	return entry;
}

/* The pod that has a UID, also where only its log directory tells its name. */
static const struct pod_entry *find_or_log(const struct pods *pods, const char *uid)
{
	const struct pod_entry *entry = find_by_uid(pods, uid);

	return entry ? entry : pod_table_find(&pods->logs, uid);
}

void workload_find(const struct workload_facts *facts, const char *cgroup_path,
		   struct workload *ret)
{
	const char *root = facts->node_root ? facts->node_root : "";
	const struct pods *pods = facts->pods;
	const struct pod_entry *entry = NULL;
	struct workload stated;

	workload_parse(root, cgroup_path, ret);
	if (!pods)
		return;
	if (ret->kind == WORKLOAD_POD) {
		entry = find_or_log(pods, ret->uid);
		if (!entry)
			entry = find_by_container(pods, ret->container_id);
	} else if (workload_parse_stated(root, cgroup_path, &stated)) {
		entry = find_or_log(pods, stated.uid);
		if (entry)
			*ret = stated;
	}
	if (entry)
		name_pod(pods, entry->pod, ret);
}
