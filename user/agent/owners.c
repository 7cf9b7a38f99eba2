// SPDX-License-Identifier: MIT
#include "owners.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../pods/pod_ports.h"

#define REFRESH_MS 30000 /* for what inotify does not tell: groups that are gone, other files */
#define PODS_MS	   20
#define UNKNOWN_S  10 /* how long a pod that is not known may become known */
#define TOLD_MAX   (4 * HP_OWNERS_MAX)
#define ROOT_ID	   1 /* of a hierarchy's root; that of a control group namespace has another one */

/* ---- entries ------------------------------------------------------------------------------- */

static void say_left_out(struct owners *owners, int error)
{
	if (!owners->warned)
		log_warning("owners: not all are known to the programs: %s: they are judged as if"
			    " they owned nothing",
			    strerror(-error));
	owners->warned = true;
}

/* What was told stays when the others are forgotten. */
static void note_told(struct told *told, const void *key)
{
	size_t cap = told->cap ? 2 * told->cap : 256;
	char *grown = told->keys;

	if (told->len == told->cap) {
		grown = cap > TOLD_MAX ? NULL : reallocarray(told->keys, cap, told->size);
		if (grown) {
			told->keys = grown;
			told->cap = cap;
		}
	}
	if (grown)
		memcpy(grown + told->len++ * told->size, key, told->size);
	told->all = told->all && grown;
}

static void set_owner(struct owners *owners, const struct hp_owner_key *key, uint32_t grants)
{
	int r = kernel_set_owner(owners->kernel, key, grants);

	note_told(&owners->told, key);
	owners->entries += r == 0;
	owners->left_out += r < 0;
	if (r < 0)
		say_left_out(owners, r);
}

/* Tell the programs what an owner is granted in each set of the policy. */
static void tell(struct owners *owners, const struct owner_of *who, uint64_t id, uint32_t dev)
{
	const struct owned *owned = &owners->policy->owned;

	if (!owned_grants_by_set(owned, who, owners->grants))
		return;
	for (size_t i = 0; i < owned->sets_len; i++) {
		const struct hp_owner_key key = {
			.id = id,
			.dev = dev,
			.set = owned->from + (uint32_t)i,
		};

		if (owners->grants[i])
			set_owner(owners, &key, owners->grants[i]);
	}
}

/*
 * Tell them of the ports that a pod declares, by one of its control groups, which is to have the
 * mark that is returned. Of a pod for which there is no room nothing is said.
 */
static uint32_t tell_ports(struct owners *owners, uint64_t cgroup, const struct pod *pod)
{
	struct hp_declared_key key;
	int r = 0;

	if (pod->incomplete)
		return HP_GRANTS_ANY_PORT;
	for (size_t i = 0; i < pod->ports_len && r == 0; i++) {
		if (!pod_ports_key(pod, &pod->ports[i], &key))
			continue;
		key.cgroup = cgroup;
		r = kernel_set_declared(owners->kernel, &key);
		note_told(&owners->declared, &key);
		owners->ports += r == 0;
	}
	if (r == 0)
		return HP_GRANTS_DECLARED;
	if (!owners->ports_left_out++)
		log_warning(
			"owners: ports that pods declare are too many for the programs: %s: some"
			" pods may have any port",
			strerror(-r));
	return HP_GRANTS_ANY_PORT;
}

/* Tell them of a control group of pods: whether it is known whose it is. */
static void tell_pods(struct owners *owners, const struct watched_group *group, uint32_t grants)
{
	const struct hp_owner_key key = { .id = group->id, .set = HP_SET_PODS };

	set_owner(owners, &key, grants);
}

/*
 * No source has told of the pod. Until each has told of all its pods, what an agent before this one
 * told of its ports still holds; but whose the pod is must be found out anew.
 */
static void tell_unknown(struct owners *owners, const struct watched_group *group)
{
	const struct hp_owner_key key = { .id = group->id, .set = HP_SET_PODS };
	uint32_t marks = kernel_owner(owners->kernel, &key);

	if (!marks)
		return;
	if (pods_were_listed(owners->pods))
		marks = 0;
	tell_pods(owners, group, marks & (HP_GRANTS_DECLARED | HP_GRANTS_ANY_PORT));
}

/*
 * What is granted to all containers of a pod, its own control group has. If some rows are for
 * some of its containers, each of them has what it is granted, once its name is known.
 */
static void tell_pod(struct owners *owners, const struct watched_group *group)
{
	const struct pod_entry *entry = pods_find(owners->pods, group->uid);
	struct owner_of who = { .exe = "" };
	uint32_t marks;

	if (!entry) {
		tell_unknown(owners, group);
		return;
	}
	who.namespace_ = entry->pod->namespace_;
	who.pod = entry->pod->name;
	who.container = pods_container(entry->pod, group->container);
	tell(owners, &who, group->id, 0);
	marks = tell_ports(owners, group->id, entry->pod);
	if (owned_knows(&owners->policy->owned, &who))
		marks |= HP_GRANTS_KNOWN;
	tell_pods(owners, group, marks);
}

static void tell_group(void *data, const struct watched_group *group)
{
	const struct owner_of who = { .unit = group->unit, .exe = "" };

	if (group->uid)
		tell_pod(data, group);
	else if (group->unit)
		tell(data, &who, group->id, 0);
	else
		tell_pods(data, group, HP_GRANTS_POD);
}

static void tell_all(struct owners *owners)
{
	const struct owner_files *files = &owners->identity->files;
	struct watched_group *const *groups = NULL;
	size_t len = 0;

	owners->entries = owners->left_out = owners->ports = 0;
	owners->told.len = owners->declared.len = 0;
	owners->told.all = owners->declared.all = true;
	if (owners->groups)
		groups = watched_groups_list(owners->groups, &len);
	for (size_t i = 0; i < len; i++)
		tell_group(owners, groups[i]);
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

static int by_owner(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hp_owner_key));
}

static int by_declared(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hp_declared_key));
}

static bool stays(void *data, const void *key)
{
	const struct told *told = data;

	return bsearch(key, told->keys, told->len, told->size, told->compare) != NULL;
}

static void sort(const struct told *told)
{
	if (told->len)
		qsort(told->keys, told->len, told->size, told->compare);
}

static bool is_needed(const struct owners *owners)
{
	return owners->policy && (owners->policy->owned.sets_len || owners->has_pod_sources);
}

static void scan(struct owners *owners)
{
	int r = owners->groups ? watched_groups_scan(owners->groups) : 0;

	if (r < 0)
		log_debug("owners: control groups: %s", strerror(-r));
	find_files(owners);
}

/* Once it is told whose the control groups of pods are: where those are, as far as it is known. */
static void place_pods(const struct owners *owners)
{
	uint32_t level = 0;
	uint64_t root = 0;
	bool any = owners->groups && owners->has_pod_sources &&
		   watched_groups_pods(owners->groups, &level, &root);

	if (owners->identity->v2_root != ROOT_ID)
		root = 0;
	kernel_set_pods(owners->kernel, any, level, root);
}

/* Tell all, and forget what was told before: of other policies, of who is gone or is another. */
static void tell_anew(struct owners *owners)
{
	int r = -ENOMEM;

	tell_all(owners);
	sort(&owners->told);
	sort(&owners->declared);
	if (owners->told.all)
		r = kernel_keep_owners(owners->kernel, stays, &owners->told);
	if (r >= 0)
		owners->entries = (size_t)r;
	if (owners->declared.all && pods_were_listed(owners->pods))
		(void)kernel_keep_declared(owners->kernel, stays, &owners->declared);
}

static void refresh(struct owners *owners)
{
	if (!is_needed(owners))
		return;
	scan(owners);
	tell_anew(owners);
	place_pods(owners);
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
	if (watched_groups_take(owners->groups, tell_group, owners))
		refresh(owners);
	else
		place_pods(owners);
}

/* A bind() that was let through because its pod was not known: whose it was may be known now. */
static void look_again(struct owners *owners)
{
	uint64_t now_s = clock_boot_s();

	if (kernel_take_unknown(owners->kernel))
		owners->unknown_until_s = now_s + UNKNOWN_S;
	if (now_s < owners->unknown_until_s && owners->on_known)
		owners->on_known(owners->data);
}

static void on_pods_timer(void *data, uint32_t events)
{
	struct owners *owners = data;

	(void)events;
	owners->pods_changed = false;
	if (!is_needed(owners))
		return;
	tell_anew(owners);
	look_again(owners);
}

/* Pods come in crowds. */
void owners_pods_changed(struct owners *owners)
{
	if (owners->pods_changed || !owners->pods_timer)
		return;
	owners->pods_changed = loop_timer_set(owners->pods_timer, PODS_MS, 0) == 0;
}

void owners_facts(const struct owners *owners, struct node_facts *facts)
{
	facts->knows_units = owners->mounts->v2[0] != '\0';
	facts->knows_pods = facts->knows_units && owners->has_pod_sources;
}

/* Without inotify, or without cgroup2, owners by unit are found by the timer, or not at all. */
static void watch_groups(struct owners *owners)
{
	struct loop_source *source;
	int r;

	if (owners->groups || !owners->mounts->v2[0])
		return;
	r = watched_groups_new(owners->mounts->v2, owners->identity->node_root,
			       owners->has_pod_sources, &owners->groups);
	if (r == 0)
		r = loop_add(owners->loop, watched_groups_fd(owners->groups), EPOLLIN, on_groups,
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
	place_pods(owners);
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
	if (owners->policy)
		tell_anew(owners);
}

/* ---- start --------------------------------------------------------------------------------- */

/* Owners of an agent before this one: their sets must not have a number of ours. */
static bool find_last(void *data, const void *key)
{
	const struct hp_owner_key *owner = key;
	struct owners *owners = data;

	if (owner->set >= owners->next)
		owners->next = owner->set + 1;
	return true;
}

static void say_unchecked(const struct in_force *in_force)
{
	const struct owned *owned = &in_force->policy->owned;

	if (in_force->decision.denies & 1U << HP_CLASS_UNDECLARED && !in_force->facts.knows_pods)
		log_warning("--enforce=undeclared: nothing is denied by this class: no pods are"
			    " known without --pods (see PODS in hostportd(8))");
	if (owned->unchecked)
		log_info("owners: %zu entries hold for any process: it can't be told which process"
			 " is which pod or unit (see OWNERS in hostportd(8))",
			 owned->unchecked);
}

int owners_start(struct owners *owners, struct kernel *kernel, struct loop *loop)
{
	int r;

	owners->kernel = kernel;
	owners->loop = loop;
	owners->next = 1;
	owners->told = (struct told) { .size = sizeof(struct hp_owner_key), .compare = by_owner };
	owners->declared =
		(struct told) { .size = sizeof(struct hp_declared_key), .compare = by_declared };
	r = kernel_keep_owners(kernel, find_last, owners);
	if (r >= 0)
		r = loop_timer(loop, on_timer, owners, &owners->timer);
	if (r >= 0)
		r = loop_timer(loop, on_pods_timer, owners, &owners->pods_timer);
	if (r >= 0)
		say_unchecked(owners->in_force);
	return r < 0 ? r : owners_prepare(owners, owners->in_force->policy);
}

void owners_stop(struct owners *owners)
{
	watched_groups_free(owners->groups);
	free(owners->grants);
	free(owners->told.keys);
	free(owners->declared.keys);
	free(owners->identity->files.list);
	owners->identity->files = (struct owner_files) { 0 };
}
