// SPDX-License-Identifier: MIT
#include "file_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exclude.h"

struct walk {
	struct names *files;
	const struct names *excluded;
	file_list_fn report;
	void *data;
};

static int walk_directory(const struct walk *walk, const char *path, int fd, unsigned int depth);

static bool is_manifest(const char *name)
{
	static const char *const ends[] = { ".yaml", ".yml", ".json" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return true;
	return false;
}

static int open_directory(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);

	return fd < 0 ? -errno : fd;
}

static int list(int fd, struct names *names)
{
	_cleanup_close_ int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int r = 0;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir)
		return -errno;
	(void)TAKE_FD(copy);
	for (errno = 0; r == 0 && (entry = readdir(dir)); errno = 0)
		if (entry->d_name[0] != '.')
			r = names_add(names, FILE_LIST_FILES_MAX, entry->d_name);
	if (r == 0)
		r = -errno;
	names_sort(names);
	return r;
}

static int walk_below(const struct walk *walk, const char *path, int dir, const char *name,
		      unsigned int depth)
{
	_cleanup_close_ int fd = open_directory(dir, name, O_NOFOLLOW);

	if (fd >= 0)
		return walk_directory(walk, path, fd, depth);
	walk->report(walk->data, path, fd);
	return 0;
}

static int walk_entry(const struct walk *walk, const char *path, int dir, const char *name,
		      unsigned int depth)
{
	const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
	_cleanup_buf_ struct buf full = { 0 };
	struct stat st;

	buf_printf(&full, "%s%s%s", path, slash, name);
	if (full.failed)
		return -ENOMEM;
	if (exclude_has(walk->excluded, full.data))
		return 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		walk->report(walk->data, full.data, -errno);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return walk_below(walk, full.data, dir, name, depth + 1);
	if (!is_manifest(name))
		return 0;
	/* A dangling link is reported when it is read. */
	if (S_ISLNK(st.st_mode) && fstatat(dir, name, &st, 0) < 0)
		return names_add(walk->files, FILE_LIST_FILES_MAX, full.data);
	return S_ISREG(st.st_mode) ? names_add(walk->files, FILE_LIST_FILES_MAX, full.data) : 0;
}

static int walk_directory(const struct walk *walk, const char *path, int fd, unsigned int depth)
{
	_cleanup_names_ struct names names = { 0 };
	int r;

	if (depth == FILE_LIST_DEPTH_MAX) {
		walk->report(walk->data, path, -ELOOP);
		return 0;
	}
	r = list(fd, &names);
	if (r == -ENOMEM || r == -E2BIG)
		return r;
	if (r < 0)
		walk->report(walk->data, path, r);
	r = 0;
	for (size_t i = 0; r == 0 && i < names.len; i++)
		r = walk_entry(walk, path, fd, names.items[i], depth);
	return r;
}

int file_list_add(struct names *files, const char *path, const struct names *excluded,
		  file_list_fn report, void *data)
{
	const struct walk walk = {
		.files = files,
		.excluded = excluded,
		.report = report,
		.data = data,
	};
	_cleanup_close_ int fd = -1;

	if (exclude_has(excluded, path))
		return 0;
	fd = open_directory(AT_FDCWD, path, 0);
	if (fd == -ENOTDIR || fd == -ENOENT || !*path)
		return names_add(files, FILE_LIST_FILES_MAX, path);
	if (fd >= 0)
		return walk_directory(&walk, path, fd, 0);
	report(data, path, fd);
	return 0;
}

/* ---- names of one file ---------------------------------------------------------------------- */
struct identity {
	dev_t device;
	ino_t inode;
	size_t at; /* among the names */
};

struct identity_list {
	struct identity *items;
	size_t len;
};

static int compare_identities(const struct identity *a, const struct identity *b)
{
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static int by_file(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;
	int order = compare_identities(x, y);

	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

/* Standard input counts as a file, whatever it is. */
static bool identify(const char *name, struct stat *st)
{
	if (strcmp(name, "-") == 0)
		return fstat(STDIN_FILENO, st) == 0;
	return stat(name, st) == 0 && S_ISREG(st->st_mode);
}

static void collect(const struct names *files, struct identity_list *found)
{
	struct stat st;

	for (size_t i = 0; i < files->len; i++)
		if (identify(files->items[i], &st))
			found->items[found->len++] = (struct identity) {
				.device = st.st_dev,
				.inode = st.st_ino,
				.at = i,
			};
	qsort(found->items, found->len, sizeof(*found->items), by_file);
}

static void close_gaps(struct names *files)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->len; i++)
		if (files->items[i])
			files->items[kept++] = files->items[i];
	files->len = kept;
}

int file_list_drop_repeats(struct names *files)
{
	_cleanup_free_ struct identity *items = calloc(files->len + 1, sizeof(*items));
	struct identity_list found = { .items = items };

	if (!items)
		return -ENOMEM;
	collect(files, &found);
	for (size_t i = 1; i < found.len; i++)
		if (compare_identities(&items[i - 1], &items[i]) == 0) {
			free(files->items[items[i].at]);
			files->items[items[i].at] = NULL;
		}
	close_gaps(files);
	return 0;
}
