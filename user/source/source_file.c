// SPDX-License-Identifier: MIT
#include "source_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK 65536

int source_open(int dir, const char *name)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer */
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

int source_read_stream(int fd, size_t max, struct buf *out)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	ssize_t n;

	if (!chunk)
		return -ENOMEM;
	for (;;) {
		n = read(fd, chunk, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		/* the size of fstat() does not help: files grow, and those of /proc have none */
		buf_add(out, chunk, (size_t)n);
		if (out->failed)
			return -ENOMEM;
		if (out->len > max)
			return -EFBIG;
	}
}

int source_read(int fd, size_t max, struct buf *out)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return source_read_stream(fd, max, out);
}

bool source_is_visible(const char *name)
{
	return name[0] != '.';
}

bool source_is_layer(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (name[0] == '.' || !dot)
		return false;
	return strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0;
}

int names_add(struct names *names, size_t max, const char *name)
{
	char **items;

	if (names->len == max)
		return -E2BIG;
	items = reallocarray(names->items, names->len + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	names->items = items;
	items[names->len] = strdup(name);
	if (!items[names->len])
		return -ENOMEM;
	names->len++;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void names_sort(struct names *names)
{
	if (names->len)
		qsort(names->items, names->len, sizeof(*names->items), by_bytes);
}

static int read_names(DIR *dir, size_t max, bool (*is_wanted)(const char *name),
		      struct names *names)
{
	const struct dirent *entry;
	int r = 0;

	while (r == 0) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (is_wanted(entry->d_name))
			r = names_add(names, max, entry->d_name);
	}
	return r;
}

int source_list(int fd, size_t max, bool (*is_wanted)(const char *name), struct names *ret_names)
{
	_cleanup_close_ int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	_cleanup_names_ struct names names = { 0 };
	_cleanup_closedir_ DIR *dir = NULL;
	int r;

	if (copy < 0)
		return -errno;
	dir = fdopendir(copy);
	if (!dir)
		return -errno;
	(void)TAKE_FD(copy);
	r = read_names(dir, max, is_wanted, &names);
	if (r < 0)
		return r;
	names_sort(&names);
	*ret_names = names;
	names = (struct names) { 0 };
	return 0;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->len; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names) { 0 };
}
