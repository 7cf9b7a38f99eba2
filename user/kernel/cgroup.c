// SPDX-License-Identifier: MIT
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mountinfo.h"

/* The id of a hierarchy's root, which kernfs creates first. */
#define ROOT_ID 1

/*
 * Use a mount of cgroup2, unless a better one was found: a container may have one that
 * shows its own part of the hierarchy, beside the host's.
 */
static void use_v2_mount(const char *point, struct cgroup_mounts *mounts)
{
	uint64_t id = 0;
	bool is_root = cgroup_id(point, &id) == 0 && id == ROOT_ID;

	if (mounts->v2[0] && (mounts->v2_is_root || !is_root))
		return;
	(void)snprintf(mounts->v2, sizeof(mounts->v2), "%s", point);
	mounts->v2_is_root = is_root;
}

static void read_mount(const char *line, struct cgroup_mounts *mounts)
{
	struct mountinfo mount;

	if (!mountinfo_parse(line, &mount))
		return;
	if (mount.kind == MOUNTINFO_CGROUP2)
		use_v2_mount(mount.point, mounts);
	else if (!mounts->memory[0])
		(void)snprintf(mounts->memory, sizeof(mounts->memory), "%s", mount.point);
}

int cgroup_mounts(struct cgroup_mounts *ret_mounts)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	struct cgroup_mounts mounts = { 0 };
	size_t cap = 0;

	if (!f)
		return -errno;
	while (getline(&line, &cap, f) > 0)
		read_mount(line, &mounts);
	*ret_mounts = mounts;
	return 0;
}

int cgroup_id(const char *path, uint64_t *ret_id)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	*ret_id = st.st_ino;
	return 0;
}

bool cgroup_own_path(const char *controller, char *ret_path, size_t size)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/cgroup", "re");
	_cleanup_free_ char *line = NULL;
	char mark[32];
	size_t cap = 0;

	if (!f)
		return false;
	(void)snprintf(mark, sizeof(mark), ":%s:/", controller);
	while (getline(&line, &cap, f) > 0) {
		const char *from = line + strspn(line, "0123456789");

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(from, mark, strlen(mark)) != 0)
			continue;
		from += strlen(mark) - 1;
		return (size_t)snprintf(ret_path, size, "%s", from) < size;
	}
	return false;
}

bool cgroup_contains_self(const char *v2, const char *dir)
{
	char own[PATH_MAX], path[2 * PATH_MAX];
	uint64_t wanted = 0, id = 0;
	char *slash;

	if (cgroup_id(dir, &wanted) < 0 || !cgroup_own_path("", own, sizeof(own)))
		return false;
	(void)snprintf(path, sizeof(path), "%s%s", v2, own);
	for (;;) {
		if (cgroup_id(path, &id) == 0 && id == wanted)
			return true;
		slash = strrchr(path, '/');
		if (!slash || (size_t)(slash - path) < strlen(v2))
			return false;
		*slash = '\0';
	}
}

/* ---- names --------------------------------------------------------------------------- */

#define NAMES_MAX 4096

struct cgroup_names {
	int mount_fd;
	size_t mount_len; /* of the mount point's path, as /proc tells it */
	struct {
		uint64_t id;
		char *path;
	} slots[NAMES_MAX]; /* direct-mapped by id */
};

/* What kernfs calls a file handle: type 0xfe and the 64-bit id. */
struct kernfs_handle {
	struct file_handle head;
	uint64_t id;
} __attribute__((packed, aligned(8)));

int cgroup_names_new(const char *mount_point, struct cgroup_names **ret_names)
{
	_cleanup_(cgroup_names_freep) struct cgroup_names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->mount_fd = open(mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (names->mount_fd < 0)
		return -errno;
	names->mount_len = strcmp(mount_point, "/") == 0 ? 0 : strlen(mount_point);
	*ret_names = TAKE_PTR(names);
	return 0;
}

void cgroup_names_free(struct cgroup_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < NAMES_MAX; i++)
		free(names->slots[i].path);
	if (names->mount_fd >= 0)
		(void)close(names->mount_fd);
	free(names);
}

/*
 * The kernel adds this mark to the path of a directory that was removed after it was
 * opened. A group may also have it in its name: then its path exists.
 */
static bool was_removed(const char *path, uint64_t id)
{
	static const char mark[] = " (deleted)";
	size_t len = strlen(path), mark_len = sizeof(mark) - 1;
	uint64_t found = 0;

	return len > mark_len && strcmp(path + len - mark_len, mark) == 0 &&
	       (cgroup_id(path, &found) < 0 || found != id);
}

/* The path of an open directory. Its length, or a negative errno. */
static ssize_t path_of(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return n;
}

/*
 * A path that the kernel has no room to tell has more than UP_STEPS directories, because a
 * name has at most NAME_MAX bytes: so these steps end below the mount point.
 */
#define UP_STEPS 8
#define UP_TRIES 4096

/* The same of the directory, or of an ancestor whose path is short enough. */
static ssize_t path_of_nearest(int fd, char path[PATH_MAX])
{
	_cleanup_close_ int at = -1;
	ssize_t n = path_of(fd, path);

	for (int i = 0; i < UP_TRIES && n == -ENAMETOOLONG; i++) {
		int up = openat(at < 0 ? fd : at, "../../../../../../../..", O_PATH | O_CLOEXEC);

		if (up < 0)
			return -errno;
		if (at >= 0)
			(void)close(at);
		at = up;
		n = path_of(at, path);
	}
	return n;
}

_Static_assert(UP_STEPS *(NAME_MAX + 1) < PATH_MAX, "no step beyond the mount point");

/* Ask the kernel. NULL: the cgroup is gone, or CAP_DAC_READ_SEARCH is missing. */
static char *look_up(const struct cgroup_names *names, uint64_t id)
{
	struct kernfs_handle handle = {
		.head = { .handle_bytes = sizeof(uint64_t), .handle_type = 0xfe },
		.id = id,
	};
	char path[PATH_MAX];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	fd = open_by_handle_at(names->mount_fd, &handle.head, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	n = path_of_nearest(fd, path);
	if (n < 0 || (size_t)n < names->mount_len)
		return NULL;
	if (was_removed(path, id))
		return NULL;
	return strdup((size_t)n == names->mount_len ? "/" : path + names->mount_len);
}

const char *cgroup_name(struct cgroup_names *names, uint64_t id)
{
	size_t i = (id ^ id >> 32) % NAMES_MAX;
	char *path;

	if (!names || !id)
		return NULL;
	if (names->slots[i].id == id)
		return names->slots[i].path;
	path = look_up(names, id);
	if (!path)
		return NULL;
	free(names->slots[i].path);
	names->slots[i].id = id;
	names->slots[i].path = path;
	return path;
}
