// SPDX-License-Identifier: MIT
#include "owners.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "../base/log.h"

#define REFRESH_MS 30000 /* for what inotify does not tell: groups that are gone, other files */

/* ---- entries ------------------------------------------------------------------------------- */

static void say_left_out(struct owners *owners, int error)
{
	if (!owners->warned)
		log_warning("owners: not all are known to the programs: %s: they are judged as if"
			    " clients and exceptions with owners were not there",
			    strerror(-error));
	owners->warned = true;
}

/* Tell the programs what an owner is granted in each set of the policy. */
static void tell(struct owners *owners, const struct owner_of *who, uint64_t id, uint32_t dev)
{
	const struct owned *owned = &owners->policy->owned;
	int r;

	if (!owned_grants_by_set(owned, who, owners->grants))
		return;
	for (size_t i = 0; i < owned->sets_len; i++) {
		const struct hp_owner_key key = {
			.id = id,
			.dev = dev,
			.set = owned->from + (uint32_t)i,
		};

		if (!owners->grants[i])
			continue;
		r = kernel_set_owner(owners->kernel, &key, owners->grants[i]);
		owners->entries += r == 0;
		owners->left_out += r < 0;
		if (r < 0)
			say_left_out(owners, r);
	}
}

static void tell_group(void *data, const struct unit_group *group)
{
	const struct owner_of who = { .unit = group->unit };

	tell(data, &who, group->id, 0);
}

static void tell_all(struct owners *owners)
{
	const struct owner_files *files = &owners->identity->files;
	const struct unit_group *groups = NULL;
	size_t len = 0;

	owners->entries = owners->left_out = 0;
	if (owners->groups)
		groups = unit_groups_list(owners->groups, &len);
	for (size_t i = 0; i < len; i++)
		tell_group(owners, &groups[i]);
	for (size_t i = 0; i < files->len; i++) {
		const struct owner_of who = { .exe = files->list[i].path };

		if (files->list[i].inode)
			tell(owners, &who, files->list[i].inode, files->list[i].dev);
	}
}

/* ---- files --------------------------------------------------------------------------------- */

static bool has_path(const struct owner_files *files, const char *path)
{
	for (size_t i = 0; i < files->len; i++)
		if (strcmp(files->list[i].path, path) == 0)
			return true;
	return false;
}

static size_t count_files(const struct owned *owned)
{
	size_t n = 0;

	for (size_t i = 0; i < owned->rows_len; i++)
		for (size_t j = 0; j < owned->rows[i].row->owners_len; j++)
			n += owned->rows[i].row->owners[j].exe != NULL;
	return n;
}

/* The programs that the policy's rows name, each once. */
static int name_files(struct owners *owners)
{
	const struct owned *owned = &owners->policy->owned;
	struct owner_files files = { 0 };

	free(owners->identity->files.list);
	owners->identity->files = files;
	files.list = calloc(count_files(owned) + 1, sizeof(*files.list));
	if (!files.list)
		return -ENOMEM;
	for (size_t i = 0; i < owned->rows_len; i++) {
		const struct reg_row *row = owned->rows[i].row;

		for (size_t j = 0; j < row->owners_len; j++)
			if (row->owners[j].exe && !has_path(&files, row->owners[j].exe))
				files.list[files.len++].path = row->owners[j].exe;
	}
	owners->identity->files = files;
	return 0;
}

static void find_files(const struct owners *owners)
{
	struct owner_files *files = &owners->identity->files;

	for (size_t i = 0; i < files->len; i++) {
		files->list[i].inode = 0;
		(void)owner_file_find(files->list[i].path, &files->list[i]);
	}
}

/* ---- changes ------------------------------------------------------------------------------- */

static bool stays(void *data, const struct hp_owner_key *key)
{
	const struct owners *owners = data;
	const struct owned *owned = &owners->policy->owned;

	if (key->set < owned->from || key->set - owned->from >= owned->sets_len)
		return false;
	return key->dev ? owner_files_has(&owners->identity->files, key->id, key->dev) :
			  owners->groups && unit_groups_has(owners->groups, key->id);
}

static bool is_needed(const struct owners *owners)
{
	return owners->policy && owners->policy->owned.sets_len;
}

static void scan(struct owners *owners)
{
	int r = owners->groups ? unit_groups_scan(owners->groups) : 0;

	if (r < 0)
		log_debug("owners: control groups: %s", strerror(-r));
	find_files(owners);
}

/* Owners of other policies, and those that are gone. */
static void forget(struct owners *owners)
{
	int r = owners->policy ? kernel_keep_owners(owners->kernel, stays, owners) : 0;

	if (r >= 0)
		owners->entries = (size_t)r;
}

static void refresh(struct owners *owners)
{
	if (!is_needed(owners))
		return;
	scan(owners);
	tell_all(owners);
	forget(owners);
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	refresh(data);
}

static void on_groups(void *data, uint32_t events)
{
	struct owners *owners = data;

	(void)events;
	if (unit_groups_take(owners->groups, tell_group, owners))
		refresh(owners);
}

/* Without inotify, or without cgroup2, owners by unit are found by the timer, or not at all. */
static void watch_groups(struct owners *owners)
{
	struct loop_source *source;
	int r;

	if (owners->groups || !owners->cgroup2[0])
		return;
	r = unit_groups_new(owners->cgroup2, owners->identity->node_root, &owners->groups);
	if (r == 0)
		r = loop_add(owners->loop, unit_groups_fd(owners->groups), EPOLLIN, on_groups,
			     owners, &source);
	if (r < 0)
		log_warning("owners: control groups can't be watched: %s", strerror(-r));
}

/* Go by a policy from now on. 0, or -ENOMEM: then none is gone by. */
static int use(struct owners *owners, const struct policy *policy)
{
	free(owners->grants);
	owners->grants = calloc(policy->owned.sets_len + 1, sizeof(*owners->grants));
	owners->policy = owners->grants ? policy : NULL;
	owners->warned = false;
	return owners->policy ? name_files(owners) : -ENOMEM;
}

int owners_prepare(struct owners *owners, struct policy *policy)
{
	int r;

	policy_number_sets(policy, owners->next);
	owners->next += (uint32_t)policy->owned.sets_len;
	r = use(owners, policy);
	if (r < 0 || !is_needed(owners))
		return r;
	watch_groups(owners);
	scan(owners);
	tell_all(owners);
	(void)loop_timer_set(owners->timer, REFRESH_MS, REFRESH_MS);
	return 0;
}

void owners_return(struct owners *owners)
{
	(void)use(owners, owners->in_force->policy);
	find_files(owners);
}

void owners_settle(struct owners *owners)
{
	forget(owners);
}

/* ---- start --------------------------------------------------------------------------------- */

/* Owners of an agent before this one: their sets must not have a number of ours. */
static bool find_last(void *data, const struct hp_owner_key *key)
{
	struct owners *owners = data;

	if (key->set >= owners->next)
		owners->next = key->set + 1;
	return true;
}

int owners_start(struct owners *owners, struct kernel *kernel, struct loop *loop)
{
	int r;

	owners->kernel = kernel;
	owners->loop = loop;
	owners->next = 1;
	r = kernel_keep_owners(kernel, find_last, owners);
	if (r >= 0)
		r = loop_timer(loop, on_timer, owners, &owners->timer);
	return r < 0 ? r : owners_prepare(owners, owners->in_force->policy);
}

void owners_stop(struct owners *owners)
{
	unit_groups_free(owners->groups);
	free(owners->grants);
	free(owners->identity->files.list);
	owners->identity->files = (struct owner_files) { 0 };
}
