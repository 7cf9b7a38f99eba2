// SPDX-License-Identifier: MIT
#include "pod_files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../pods/pod_json.h"
#include "../pods/pod_yaml.h"
#include "../registry/registry.h"
#include "../registry/yaml_json.h"

#define CHUNK	   65536
#define SUFFIX_MAX (POD_TEXT_MAX + 2)

struct reading {
	const char *node;
	char suffix[SUFFIX_MAX + 1]; /* of static pods' names; empty: they are no static pods */
	struct pod_files *files;
	struct buf *err; /* the first thing that is wrong */
};

/* Only the first fault is kept: it is one line of a status. */
static int refuse(const struct reading *reading, const char *path, const char *why)
{
	if (!reading->err->len)
		buf_printf(reading->err, "%s: %s", path, why);
	return -EINVAL;
}

/* ---- pods ---------------------------------------------------------------------------------- */

static int add_pod(struct pod_files *files, struct pod *pod)
{
	struct pod **pods;

	if (files->len == POD_FILES_PODS_MAX) {
		files->left_out++;
		free(pod);
		return 0;
	}
	pods = files->len % 64 ? files->pods :
				 reallocarray(files->pods, files->len + 64, sizeof(struct pod *));
	if (!pods) {
		free(pod);
		return -ENOMEM;
	}
	files->pods = pods;
	pods[files->len++] = pod;
	return 0;
}

static int on_read(void *data, const struct pod_read *read)
{
	struct reading *reading = data;
	struct pod_record record;
	int r;

	if (read->kind != POD_READ_POD)
		return 0;
	if (*read->node && strcmp(read->node, reading->node) != 0) {
		reading->files->others++;
		return 0;
	}
	r = pod_record_parse(read->record->data, read->record->len, &record);
	if (r == -EINVAL)
		reading->files->unusable++;
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	return add_pod(reading->files, record.pod);
}

/* ---- files --------------------------------------------------------------------------------- */

static ssize_t read_chunk(int fd, char *chunk)
{
	ssize_t n;

	do
		n = read(fd, chunk, CHUNK);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int feed_rest(int fd, char *chunk, ssize_t n, struct pod_json *json, struct buf *why)
{
	size_t total = 0;
	int r = 0;

	for (; n > 0 && r == 0; n = read_chunk(fd, chunk)) {
		total += (size_t)n;
		r = pod_json_feed(json, chunk, (size_t)n, why);
		if (r == 0 && total > POD_FILES_BYTES_MAX) {
			buf_printf(why, "larger than %lu bytes", POD_FILES_BYTES_MAX);
			return -EINVAL;
		}
	}
	if (r == 0 && n < 0)
		buf_puts(why, strerror((int)-n));
	return r == 0 && n == 0 ? pod_json_end(json, why) : r < 0 ? r : (int)n;
}

static int read_json(struct pod_reader *reader, int fd, char *chunk, ssize_t n, struct buf *why)
{
	_cleanup_(pod_json_freep) struct pod_json *json = NULL;
	int r = pod_json_new(reader, &json);

	return r == 0 ? feed_rest(fd, chunk, n, json, why) : r;
}

static int read_yaml(struct pod_reader *reader, const char *path, int fd, const char *chunk,
		     ssize_t n, struct buf *why)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	buf_add(&text, chunk, (size_t)n);
	r = source_read_stream(fd, REGISTRY_FILE_MAX, &text);
	if (r == 0)
		r = text.failed ? -ENOMEM :
				  pod_yaml_read(reader, path, text.data, text.len, &diags);
	if (r == -EINVAL && diags.len)
		buf_printf(why, "line %u, column %u: %s", diags.items[0].line,
			   diags.items[0].column, diags.items[0].message);
	else if (r < 0)
		buf_puts(why, strerror(-r));
	return r;
}

static int read_text(struct pod_reader *reader, const char *path, int fd, struct buf *why)
{
	_cleanup_free_ char *chunk = malloc(CHUNK);
	ssize_t n = chunk ? read_chunk(fd, chunk) : -ENOMEM;
	int r;

	if (n < 0) {
		buf_puts(why, strerror((int)-n));
		return (int)n;
	}
	r = yaml_json_is(chunk, (size_t)n) ? read_json(reader, fd, chunk, n, why) :
					     read_yaml(reader, path, fd, chunk, n, why);
	if (r == 0 && !reader->objects) {
		buf_puts(why, "neither a Pod nor a list of them");
		return -EINVAL;
	}
	return r;
}

static int read_file(struct reading *reading, const char *path, int fd)
{
	_cleanup_(pod_reader_free) struct pod_reader reader;
	_cleanup_buf_ struct buf why = { 0 };
	int r;

	pod_reader_init(&reader, on_read, reading);
	if (*reading->suffix)
		reader.suffix = reading->suffix;
	r = read_text(&reader, path, fd, &why);
	if (r == -ENOMEM || why.failed)
		return -ENOMEM;
	return r < 0 ? refuse(reading, path, why.data ? why.data : strerror(-r)) : 0;
}

/* A file of a directory: others than regular ones are no manifests. */
static int read_member(struct reading *reading, const char *path, int dir, const char *name)
{
	_cleanup_close_ int fd = source_open(dir, name);
	_cleanup_buf_ struct buf full = { 0 };
	struct stat st;

	buf_printf(&full, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", name);
	if (full.failed)
		return -ENOMEM;
	if (fd < 0)
		return refuse(reading, full.data, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return refuse(reading, full.data, strerror(errno));
	return S_ISREG(st.st_mode) ? read_file(reading, full.data, fd) : 0;
}

/* The kubelet's name of a static pod is NAME-NODE. */
static void set_suffix(struct reading *reading)
{
	(void)snprintf(reading->suffix, sizeof(reading->suffix), "-%s", reading->node);
	for (char *c = reading->suffix; *c; c++)
		*c = (char)tolower((unsigned char)*c);
}

static int read_directory(struct reading *reading, const char *path, int fd)
{
	_cleanup_names_ struct names names = { 0 };
	int r = source_list(fd, SOURCE_LIST_MAX, source_is_visible, &names), broken = 0;

	if (r == -E2BIG)
		return refuse(reading, path, "too many files");
	if (r < 0)
		return r == -ENOMEM ? r : refuse(reading, path, strerror(-r));
	set_suffix(reading);
	reading->files->static_only = true;
	for (size_t i = 0; i < names.len; i++) {
		r = read_member(reading, path, fd, names.items[i]);
		if (r == -ENOMEM)
			return r;
		broken = broken ? broken : r;
	}
	return broken;
}

int pod_files_read(const char *path, const char *node, struct pod_files *ret_files, struct buf *err)
{
	struct reading reading = { .node = node, .files = ret_files, .err = err };
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);
	struct stat st;

	*ret_files = (struct pod_files) { 0 };
	if (fd < 0)
		return refuse(&reading, path, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return refuse(&reading, path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return read_directory(&reading, path, fd);
	if (!S_ISREG(st.st_mode))
		return refuse(&reading, path, "neither a regular file nor a directory");
	return read_file(&reading, path, fd);
}

void pod_files_free(struct pod_files *files)
{
	for (size_t i = 0; i < files->len; i++)
		free(files->pods[i]);
	free(files->pods);
	*files = (struct pod_files) { 0 };
}
