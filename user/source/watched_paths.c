// SPDX-License-Identifier: MIT
#include "watched_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/hash.h"
#include "source.h"

bool watched_paths_any(const struct watched_paths *watched)
{
	for (size_t i = 0; i < watched->len; i++)
		if (!source_is_builtin(watched->specs[i]))
			return true;
	return false;
}

static int add_path(struct names *paths, const char *path)
{
	int r;

	for (size_t i = 0; i < paths->len; i++)
		if (strcmp(paths->items[i], path) == 0)
			return 0;
	r = names_add(paths, WATCHED_PATHS_MAX, path);
	return r == -E2BIG ? 0 : r; /* changes elsewhere are found by the stamp */
}

/* The parent directory: cuts the last name off, in place. */
static const char *parent_of(char *path)
{
	size_t len = strlen(path);
	char *slash;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return strcpy(path, ".");
	slash[slash == path] = '\0';
	return path;
}

/* The directory of a path, or the nearest one above it that exists. */
static int add_parent(struct names *paths, const char *path)
{
	char dir[PATH_MAX];
	struct stat st;

	if (!*path || strlen(path) >= sizeof(dir))
		return 0;
	(void)strcpy(dir, path);
	do
		(void)parent_of(dir);
	while (stat(dir, &st) < 0 && strcmp(dir, "/") != 0 && strcmp(dir, ".") != 0);
	return add_path(paths, dir);
}

/* The directory of a path, and that of the file to which it links. */
static int add_file(struct names *paths, const char *path)
{
	char real[PATH_MAX];
	int r = add_parent(paths, path);

	if (r == 0 && realpath(path, real))
		r = add_parent(paths, real);
	return r;
}

static int list_files(const struct watched_paths *watched, int fd, struct names *names)
{
	return fd < 0 ? fd : source_list(fd, SOURCE_LIST_MAX, watched->is_wanted, names);
}

static int list_dir(const struct watched_paths *watched, const char *path, struct names *names)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);

	return list_files(watched, fd, names);
}

static int add_dir(const struct watched_paths *watched, struct names *paths, const char *path)
{
	_cleanup_names_ struct names names = { 0 };
	char real[PATH_MAX], full[PATH_MAX];
	int r = add_path(paths, path);

	if (r == 0 && list_dir(watched, path, &names) == -ENOMEM)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < names.len; i++)
		if ((size_t)snprintf(full, sizeof(full), "%s/%s", path, names.items[i]) <
			    sizeof(full) &&
		    realpath(full, real))
			r = add_parent(paths, real);
	return r;
}

int watched_paths_find(const struct watched_paths *watched, struct names *ret_paths)
{
	_cleanup_names_ struct names paths = { 0 };
	struct stat st;
	int r = 0;

	for (size_t i = 0; r == 0 && i < watched->len; i++) {
		const char *spec = watched->specs[i];

		if (source_is_builtin(spec))
			continue;
		r = add_file(&paths, spec);
		if (r == 0 && stat(spec, &st) == 0 && S_ISDIR(st.st_mode))
			r = add_dir(watched, &paths, spec);
	}
	if (r < 0)
		return r;
	*ret_paths = paths;
	paths = (struct names) { 0 };
	return 0;
}

static uint64_t mix_file(uint64_t stamp, const char *name, const struct stat *st)
{
	const uint64_t facts[] = {
		(uint64_t)st->st_dev,	      (uint64_t)st->st_ino,
		(uint64_t)st->st_mode,	      (uint64_t)st->st_size,
		(uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
		(uint64_t)st->st_ctim.tv_sec, (uint64_t)st->st_ctim.tv_nsec,
	};

	return hash_bytes(hash_text(stamp, name), facts, sizeof(facts));
}

static uint64_t mix_error(uint64_t stamp, const char *name, int error)
{
	return hash_bytes(hash_text(stamp, name), &error, sizeof(error));
}

/* Only the wanted files of a directory: temporary files of an editor do not count. */
static uint64_t mix_dir(const struct watched_paths *watched, uint64_t stamp, const char *path)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);
	_cleanup_names_ struct names names = { 0 };
	int r = list_files(watched, fd, &names);
	struct stat st;

	stamp = mix_error(stamp, path, r);
	for (size_t i = 0; i < names.len; i++) {
		if (fstatat(fd, names.items[i], &st, 0) < 0)
			stamp = mix_error(stamp, names.items[i], errno);
		else
			stamp = mix_file(stamp, names.items[i], &st);
	}
	return stamp;
}

uint64_t watched_paths_stamp(const struct watched_paths *watched)
{
	uint64_t stamp = HASH_START;
	struct stat st;

	for (size_t i = 0; i < watched->len; i++) {
		const char *spec = watched->specs[i];

		if (source_is_builtin(spec))
			continue;
		if (stat(spec, &st) < 0)
			stamp = mix_error(stamp, spec, errno);
		else if (S_ISDIR(st.st_mode))
			stamp = mix_dir(watched, stamp, spec);
		else
			stamp = mix_file(stamp, spec, &st);
	}
	return stamp ? stamp : 1;
}
