// SPDX-License-Identifier: MIT
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/log.h"
#include "verb.h"

static int write_all(int fd, const struct buf *text)
{
	size_t at = 0;

	while (at < text->len) {
		ssize_t n = write(fd, text->data + at, text->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	return 0;
}

static int write_to(const char *path, const struct buf *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_all(fd, text);
}

/* Fill the new file and give it the name. */
static int fill(int fd, const char *beside, const char *path, const struct buf *text)
{
	int r = write_all(fd, text);

	if (r == 0 && (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || rename(beside, path) < 0))
		r = -errno;
	if (r < 0)
		(void)unlink(beside);
	return r;
}

static int replace(const char *path, const struct buf *text)
{
	_cleanup_buf_ struct buf beside = { 0 };
	_cleanup_close_ int fd = -1;

	buf_printf(&beside, "%s.XXXXXX", path);
	if (beside.failed)
		return -ENOMEM;
	fd = mkostemp(beside.data, O_CLOEXEC);
	return fd < 0 ? -errno : fill(fd, beside.data, path, text);
}

/* A symbolic link stays; the file that it leads to is replaced. */
static int write_path(const char *path, const struct buf *text)
{
	_cleanup_free_ char *real = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? replace(path, text) : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return write_to(path, text);
	real = realpath(path, NULL);
	return real ? replace(real, text) : -errno;
}

int outfile_write(const char *path, const struct buf *text)
{
	int r;

	if (strcmp(path, "-") == 0)
		return verb_print(text);
	r = text->failed ? -ENOMEM : write_path(path, text);
	if (r == 0)
		return EXIT_OK;
	log_error("output: %s: %s", path, strerror(-r));
	return EXIT_SYSTEM;
}
