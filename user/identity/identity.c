// SPDX-License-Identifier: MIT
#include "identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "pod_logs.h"

#define NS_PER_SEC 1000000000LL

bool identity_uses_v1(const struct cgroup_mounts *mounts)
{
	return mounts->memory[0] != '\0';
}

/* The path that names the agent's own workload, as find_path() has it. */
static void find_node_root(struct identity *identity)
{
	char *root = identity->node_root;
	size_t size = sizeof(identity->node_root);

	if (!cgroup_own_path("", root, size) || strcmp(root, "/") == 0)
		if (!identity->v1 || !cgroup_own_path("memory", root, size))
			*root = '\0';
	root[workload_node_root(root)] = '\0';
}

static int name_node(struct identity *identity, const char *node)
{
	if (!node)
		return gethostname(identity->node, sizeof(identity->node) - 1) < 0 ? -errno : 0;
	if (strlen(node) >= sizeof(identity->node))
		return -ENAMETOOLONG;
	(void)strcpy(identity->node, node);
	return 0;
}

int identity_open(struct identity *identity, const struct cgroup_mounts *mounts, const char *node)
{
	int r = name_node(identity, node);

	if (r < 0)
		return r;
	if (mounts->v2[0]) {
		(void)cgroup_id(mounts->v2, &identity->v2_root);
		r = cgroup_names_new(mounts->v2, &identity->v2);
	}
	if (r == 0 && identity_uses_v1(mounts))
		r = cgroup_names_new(mounts->memory, &identity->v1);
	if (r == 0)
		r = processes_new(&identity->processes);
	find_node_root(identity);
	identity->facts = (struct workload_facts) { identity->node_root, identity->pods };
	return r;
}

void identity_close(struct identity *identity)
{
	cgroup_names_free(identity->v2);
	cgroup_names_free(identity->v1);
	processes_free(identity->processes);
}

/* What to add to CLOCK_BOOTTIME to have the wall clock, as it stands now. */
static long long boot_to_wall(void)
{
	struct timespec real = clock_wall();

	return real.tv_sec * NS_PER_SEC + real.tv_nsec - (long long)clock_boot_ns();
}

struct timespec identity_time(const struct identity *identity, uint64_t boot_ns)
{
	long long ns = identity->to_wall + (long long)boot_ns;

	return (struct timespec) { .tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC };
}

void identity_moment(struct identity *identity)
{
	identity->to_wall = boot_to_wall();
	identity->moment++;
	identity->last_path[0] = '\0';
	processes_ask_anew(identity->processes);
}

bool identity_names_cgroups(const struct identity *identity)
{
	return !identity->v2 || cgroup_name(identity->v2, identity->v2_root);
}

/* The path of a control group, or of its nearest ancestor that lives. NULL: not known. */
static const char *nearest_path(struct cgroup_names *names, uint64_t id, const __u64 *ancestors)
{
	const char *path = cgroup_name(names, id);

	for (size_t i = 0; i < HP_ANCESTORS && !path; i++)
		path = cgroup_name(names, ancestors[i]);
	return path;
}

/*
 * The most telling path: cgroup2's, or where that is the root v1's. A cgroup2 path that can't be
 * found is not replaced by v1's: that would be a wrong one. NULL: not known.
 */
static const char *find_path(struct identity *identity, const struct hp_event *record)
{
	static const __u64 none[HP_ANCESTORS];
	const __u64 *above = record->ancestors; /* of the hierarchy that the record goes by */
	bool is_v1 = record->cgroup_v1_id != 0;
	const char *path = nearest_path(identity->v2, record->cgroup_id, is_v1 ? none : above);
	const char *v1;

	if (!identity->v1 || (record->cgroup_id && record->cgroup_id != identity->v2_root))
		return path;
	v1 = nearest_path(identity->v1, record->cgroup_v1_id, is_v1 ? above : none);
	if (v1 && strcmp(v1, "/") != 0)
		return v1;
	v1 = processes_v1_path(identity->processes, record);
	return v1 && strlen(v1) < PATH_MAX ? v1 : path;
}

/* May a log directory tell a name that no source has told yet? */
static bool lacks_name(const struct workload *who)
{
	return who->kind == WORKLOAD_POD &&
	       (!*who->pod || (!*who->container && *who->container_id));
}

/*
 * Look which log directories the kubelet has made, not more often than once a second: some names
 * are never there. False: nothing new is known.
 */
static bool read_logs(struct identity *identity)
{
	uint64_t now_s = clock_boot_s();

	if (!identity->pods || now_s == identity->logs_read_s)
		return false;
	identity->logs_read_s = now_s;
	return pod_logs_read(&pod_logs_default, &identity->pods->logs, now_s) == 0;
}

/* Read a path, unless it is the one that was read last. */
static const struct workload *parse_path(struct identity *identity, const char *path)
{
	struct workload *who = &identity->last_workload;

	if (*path && strcmp(identity->last_path, path) == 0)
		return who;
	(void)snprintf(identity->last_path, sizeof(identity->last_path), "%s", path);
	workload_find(&identity->facts, path, who);
	if (lacks_name(who) && read_logs(identity))
		workload_find(&identity->facts, path, who);
	return who;
}

const char *identity_workload(struct identity *identity, const struct hp_event *record,
			      struct workload *ret_workload)
{
	const char *path = find_path(identity, record);

	if (!path)
		path = "";
	if (record->kernel_thread || record->key.how == HP_HOW_KERNEL)
		*ret_workload = (struct workload) { .kind = WORKLOAD_KERNEL };
	else
		*ret_workload = *parse_path(identity, path);
	return path;
}

struct owner_of identity_owner(struct identity *identity, uint64_t cgroup_id, uint32_t pid)
{
	const char *path = cgroup_name(identity->v2, cgroup_id);
	bool is_nameless = identity->v1 && cgroup_id == identity->v2_root;
	struct owner_of who = { 0 };

	if (!is_nameless)
		who = workload_owner(parse_path(identity, path ? path : ""));
	who.exe = owner_files_of(&identity->files, pid);
	return who;
}

const struct pod *identity_pod(struct identity *identity, uint64_t cgroup_id)
{
	const struct pods *pods = identity->pods;
	const struct pod_entry *entry = NULL;
	const struct workload *who;
	const char *path;

	if (!pods || !pods->len)
		return NULL;
	path = cgroup_name(identity->v2, cgroup_id);
	who = parse_path(identity, path ? path : "");
	if (who->kind == WORKLOAD_POD)
		entry = pods_find(pods, who->uid);
	return entry ? entry->pod : NULL;
}

const char *identity_exe(struct identity *identity, const struct hp_event *record)
{
	return processes_exe(identity->processes, record);
}
