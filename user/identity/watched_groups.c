// SPDX-License-Identifier: MIT
#include "watched_groups.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "workload.h"

#define DEPTH_MAX 16 /* of slices in slices */
#define ANY_POD	  "00000000000000000000000000000000"

/* A directory that is watched, by its path below the mount point. */
struct slice {
	int watch;
	char *path;
};

struct watched_groups {
	int mount, inotify;
	const char *node_root;
	bool pods;
	struct watched_group **groups;
	size_t len, cap;
	struct slice slices[WATCHED_DIRECTORIES_MAX];
	size_t slices_len;
	char *pods_path; /* of the first group below which there are pods; NULL: there is none */
	uint64_t pods_id;
	bool pods_elsewhere;	  /* there are some, or such groups, that are not below it */
	watched_groups_fn on_new; /* while events are taken */
	void *data;
	bool partial; /* not all of the tree could be looked at */
};

int watched_groups_new(const char *mount, const char *node_root, bool pods,
		       struct watched_groups **ret_groups)
{
	_cleanup_(watched_groups_freep) struct watched_groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return -ENOMEM;
	groups->node_root = node_root;
	groups->pods = pods;
	groups->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	groups->mount = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (groups->mount < 0 || groups->inotify < 0)
		return -errno;
	*ret_groups = TAKE_PTR(groups);
	return 0;
}

static void forget_groups(struct watched_groups *groups)
{
	for (size_t i = 0; i < groups->len; i++)
		free(groups->groups[i]);
	groups->len = 0;
}

static void forget_slices(struct watched_groups *groups)
{
	for (size_t i = 0; i < groups->slices_len; i++)
		free(groups->slices[i].path);
	groups->slices_len = 0;
}

static void forget_pods(struct watched_groups *groups)
{
	free(groups->pods_path);
	groups->pods_path = NULL;
	groups->pods_elsewhere = false;
}

void watched_groups_free(struct watched_groups *groups)
{
	if (!groups)
		return;
	forget_groups(groups);
	forget_slices(groups);
	forget_pods(groups);
	free(groups->groups);
	cleanup_close(&groups->inotify);
	cleanup_close(&groups->mount);
	free(groups);
}

int watched_groups_fd(const struct watched_groups *groups)
{
	return groups->inotify;
}

struct watched_group *const *watched_groups_list(const struct watched_groups *groups,
						 size_t *ret_len)
{
	*ret_len = groups->len;
	return groups->groups;
}

bool watched_groups_pods(const struct watched_groups *groups, uint32_t *ret_level,
			 uint64_t *ret_root)
{
	*ret_level = 0;
	*ret_root = 0;
	if (groups->pods_path && !groups->pods_elsewhere) {
		*ret_root = groups->pods_id;
		for (const char *at = groups->pods_path; *at; at++)
			*ret_level += *at == '/';
	}
	return groups->pods_path || groups->pods_elsewhere;
}

static bool has(const struct watched_groups *groups, uint64_t id)
{
	for (size_t i = 0; i < groups->len; i++)
		if (groups->groups[i]->id == id)
			return true;
	return false;
}

static char *put_text(char **at, const char *text)
{
	char *copy = *at;

	if (!*text)
		return NULL;
	*at = stpcpy(copy, text) + 1;
	return copy;
}

/* NULL: no memory. Texts that are empty are NULL. */
static struct watched_group *new_group(uint64_t id, const struct workload *who)
{
	size_t size = strlen(who->unit) + strlen(who->uid) + strlen(who->container_id) + 3;
	struct watched_group *group = malloc(sizeof(*group) + size);
	char *at;

	if (!group)
		return NULL;
	at = group->text;
	group->id = id;
	group->unit = put_text(&at, who->unit);
	group->uid = put_text(&at, who->uid);
	group->container = group->uid ? put_text(&at, who->container_id) : NULL;
	return group;
}

static int add_group(struct watched_groups *groups, uint64_t id, const struct workload *who)
{
	size_t cap = groups->cap ? groups->cap * 2 : 128;
	struct watched_group **grown, *group;

	if (groups->len == WATCHED_GROUPS_MAX || has(groups, id))
		return groups->len == WATCHED_GROUPS_MAX ? -E2BIG : 0;
	if (groups->len == groups->cap) {
		grown = reallocarray(groups->groups, cap, sizeof(struct watched_group *));
		if (!grown)
			return -ENOMEM;
		groups->groups = grown;
		groups->cap = cap;
	}
	group = new_group(id, who);
	if (!group)
		return -ENOMEM;
	groups->groups[groups->len++] = group;
	if (groups->on_new)
		groups->on_new(groups->data, group);
	return 0;
}

/* A watch of the same directory has the same number. */
static struct slice *find_slice(struct watched_groups *groups, int watch)
{
	for (size_t i = 0; i < groups->slices_len; i++)
		if (groups->slices[i].watch == watch)
			return &groups->slices[i];
	return NULL;
}

/* Through the descriptor: the mount point's own path may lead elsewhere meanwhile. */
static int watch_slice(struct watched_groups *groups, int dir, const char *path)
{
	char link[64], *copy;
	int watch;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	if (groups->slices_len == WATCHED_DIRECTORIES_MAX)
		return -E2BIG;
	watch = inotify_add_watch(groups->inotify, link, IN_CREATE | IN_ONLYDIR);
	if (watch < 0)
		return -errno;
	if (find_slice(groups, watch))
		return 0;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	groups->slices[groups->slices_len++] = (struct slice) { .watch = watch, .path = copy };
	return 0;
}

static bool is_slice(const char *name)
{
	size_t len = strlen(name), end = strlen(".slice");

	return len > end && strcmp(name + len - end, ".slice") == 0;
}

static int scan_slice(struct watched_groups *groups, const char *path, int depth);

/* Is the path that of the group below which there are pods, or of one below that? */
static bool is_below_pods(const struct watched_groups *groups, const char *path)
{
	size_t len = groups->pods_path ? strlen(groups->pods_path) : 0;

	return len && strncmp(path, groups->pods_path, len) == 0 &&
	       (!path[len] || path[len] == '/');
}

/* There are pods below the control group; it is read before those that are below it. */
static void note_pods(struct watched_groups *groups, const char *path)
{
	struct stat st;

	if (is_below_pods(groups, path) || fstatat(groups->mount, path + 1, &st, 0) < 0)
		return;
	if (!groups->pods_path) {
		groups->pods_path = strdup(path);
		groups->pods_id = st.st_ino;
		groups->pods_elsewhere |= !groups->pods_path;
	} else {
		groups->pods_elsewhere = true;
	}
}

/* By its path, the control group is what `who` says. */
static int add_path(struct watched_groups *groups, const char *path, const struct workload *who)
{
	struct stat st;

	/* one that has gone meanwhile needs no entry */
	if (fstatat(groups->mount, path + 1, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return add_group(groups, st.st_ino, who);
}

/* Would a directory that the kubelet makes in this one for a pod be read as a pod's? */
static bool may_hold_pods(const struct watched_groups *groups, const char *path, const char *name)
{
	_cleanup_buf_ struct buf below = { 0 };
	struct workload who;

	if (is_slice(name))
		buf_printf(&below, "%s/%.*s-pod" ANY_POD ".slice", path,
			   (int)(strlen(name) - strlen(".slice")), name);
	else
		buf_printf(&below, "%s/pod" ANY_POD, path);
	workload_parse(groups->node_root, below.data ? below.data : "", &who);
	return who.kind == WORKLOAD_POD;
}

/* A pod's control groups are the pod's, and those of its containers in it. */
static int look_at_pod(struct watched_groups *groups, const char *path, const struct workload *who,
		       int depth)
{
	int r = add_path(groups, path, who), below = 0;

	if (!is_below_pods(groups, path))
		groups->pods_elsewhere = true;
	if (!who->container_id[0] && !who->runtime[0])
		below = scan_slice(groups, path, depth + 1);
	return r ? r : below;
}

/* A control group in a slice, or where pods are: a unit's, a pod's, a slice, or of no workload. */
static int look_at(struct watched_groups *groups, const char *above, const char *name, int depth)
{
	char path[PATH_MAX];
	struct workload who;
	bool holds_pods;
	int r = 0, below = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", above, name) >= sizeof(path))
		return -ENAMETOOLONG;
	/* a UID that a manifest states is told from other names by whoever knows the pods */
	if (!groups->pods || !workload_parse_stated(groups->node_root, path, &who))
		workload_parse(groups->node_root, path, &who);
	if (who.kind == WORKLOAD_UNIT)
		return add_path(groups, path, &who);
	if (who.kind == WORKLOAD_POD)
		return groups->pods ? look_at_pod(groups, path, &who, depth) : 0;
	if (who.kind != WORKLOAD_CGROUP)
		return 0;
	holds_pods = groups->pods && may_hold_pods(groups, path, name);
	if (holds_pods) {
		note_pods(groups, path);
		r = add_path(groups, path, &who);
	}
	if (holds_pods || is_slice(name) || (groups->pods && strcmp(name, "kubelet") == 0))
		below = scan_slice(groups, path, depth + 1);
	return r ? r : below;
}

/* Watch first: what appears while it is read is either read or told. */
static int scan_slice(struct watched_groups *groups, const char *path, int depth)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int fd, r, error = 0;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	fd = openat(groups->mount, path[0] ? path + 1 : ".",
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		(void)close(fd);
		return -ENOMEM;
	}
	error = watch_slice(groups, fd, path);
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		r = look_at(groups, path, entry->d_name, depth);
		error = error ? error : r;
	}
	return error;
}

/* Watches of slices that are gone end by themselves; the others are found again. */
int watched_groups_scan(struct watched_groups *groups)
{
	int r, below = 0;

	forget_groups(groups);
	forget_slices(groups);
	forget_pods(groups);
	r = scan_slice(groups, "", 0);
	if (groups->node_root[0])
		below = scan_slice(groups, groups->node_root, 0);
	return r ? r : below;
}

static void take_event(struct watched_groups *groups, const struct inotify_event *event)
{
	const struct slice *slice = find_slice(groups, event->wd);

	if (event->mask & IN_Q_OVERFLOW)
		groups->partial = true;
	else if (slice && event->mask & IN_CREATE && event->mask & IN_ISDIR)
		groups->partial |= look_at(groups, slice->path, event->name, 0) < 0;
}

bool watched_groups_take(struct watched_groups *groups, watched_groups_fn fn, void *data)
{
	char events[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	groups->partial = false;
	groups->on_new = fn;
	groups->data = data;
	while ((n = read(groups->inotify, events, sizeof(events))) > 0) {
		for (const char *at = events; at < events + n;) {
			const struct inotify_event *event = (const void *)at;

			take_event(groups, event);
			at += sizeof(*event) + event->len;
		}
	}
	groups->on_new = NULL;
	return groups->partial;
}
