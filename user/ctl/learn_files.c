// SPDX-License-Identifier: MIT
#include "learn_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../source/file_list.h"
#include "client.h"

#define SAID_MAX 16 /* faults that have a message each */

struct reading {
	struct learn_merge *merge;
	const char *path;
	size_t line; /* of the file; 0: it is the file itself */
	size_t faults;
};

/* Say what can't be used, and count it. */
static void complain(struct reading *reading, const char *why)
{
	learn_merge_miss(reading->merge);
	if (reading->faults++ >= SAID_MAX)
		return;
	if (reading->line)
		log_warning("learn: %s:%zu: %s", reading->path, reading->line, why);
	else
		log_warning("learn: %s: %s", reading->path, why);
}

static void report(void *data, const char *path, int error)
{
	struct reading *reading = data;

	reading->path = path;
	reading->line = 0;
	complain(reading, strerror(-error));
}

/* What a node is called that its document does not name. */
static void put_name(const struct reading *reading, struct buf *out)
{
	const char *slash = strrchr(reading->path, '/');
	const char *name = slash ? slash + 1 : reading->path;
	const char *dot = strrchr(name, '.');

	if (dot && dot > name && strcmp(dot, ".json") == 0)
		buf_add(out, name, (size_t)(dot - name));
	else
		buf_puts(out, name);
	if (reading->line > 1)
		buf_printf(out, ":%zu", reading->line);
}

static int add_document(struct reading *reading, const struct json *document)
{
	_cleanup_buf_ struct buf name = { 0 };
	int r;

	put_name(reading, &name);
	if (name.failed)
		return -ENOMEM;
	r = learn_merge_add(reading->merge, document, name.data);
	if (r == -EINVAL)
		complain(reading, "not what learn --json or listeners --json prints of one node");
	else if (r == -EEXIST)
		complain(reading, "its node is in an earlier document, which counts");
	else
		return r;
	return 0;
}

static int add_text(struct reading *reading, const char *text, size_t len)
{
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf err = { 0 }, why = { 0 };
	int r;

	if (len == strspn(text, " \t\r"))
		return 0;
	r = json_parse(text, len, &err, &document);
	if (r == 0)
		return add_document(reading, document);
	if (r != -EINVAL)
		return r;
	buf_printf(&why, "not a JSON document in one line: %s", err.data ? err.data : "?");
	complain(reading, why.data ? why.data : "not JSON");
	return 0;
}

/* Add the documents of an open file, by lines; the last one needs no end. */
static int add_lines(struct reading *reading, struct client *file)
{
	size_t len;
	char *text;
	int r;

	reading->line = 0;
	while ((r = client_line(file, &text, &len)) > 0) {
		reading->line++;
		r = add_text(reading, text, len);
		if (r < 0)
			return r;
	}
	if (r == 0 && file->in.len > file->at) {
		reading->line++;
		return add_text(reading, file->in.data + file->at, file->in.len - file->at);
	}
	if (r == 0 && !reading->line)
		complain(reading, "empty");
	if (r == 0 || r == -ENOMEM)
		return r;
	complain(reading, r == -EMSGSIZE ? "its next line is too long" : strerror(-r));
	return 0;
}

static int add_file(struct reading *reading, const char *path)
{
	_cleanup_client_ struct client file = { .fd = -1 };
	bool is_input = strcmp(path, "-") == 0;

	reading->path = is_input ? "standard input" : path;
	reading->line = 0;
	file.fd = is_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
			     open(path, O_RDONLY | O_CLOEXEC);
	if (file.fd < 0) {
		complain(reading, strerror(errno));
		return 0;
	}
	return add_lines(reading, &file);
}

static bool is_json(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".json") == 0;
}

/* Append a file, or what a directory has of answers: other files may lie there, such as layers. */
static int add_path(struct names *files, const char *path, struct reading *reading)
{
	const struct names none = { 0 };
	size_t before = files->len, kept = before;
	int r = file_list_add(files, path, &none, report, reading);

	for (size_t i = before; i < files->len; i++) {
		char *name = files->items[i];

		if (strcmp(name, path) == 0 || is_json(name))
			files->items[kept++] = name;
		else
			free(name);
	}
	files->len = kept;
	return r;
}

int learn_files_add(char **paths, int len, struct learn_merge *merge)
{
	_cleanup_names_ struct names files = { 0 };
	struct reading reading = { .merge = merge };
	int r = 0;

	for (int i = 0; r == 0 && i < len; i++)
		r = add_path(&files, paths[i], &reading);
	if (r == 0)
		r = file_list_drop_repeats(&files);
	for (size_t i = 0; r == 0 && i < files.len; i++)
		r = add_file(&reading, files.items[i]);
	if (reading.faults > SAID_MAX)
		log_warning("learn: %zu more documents can't be used", reading.faults - SAID_MAX);
	if (r == -E2BIG)
		log_error("learn: more than %d nodes or %d files", LEARN_MERGE_NODES_MAX,
			  FILE_LIST_FILES_MAX);
	else if (r < 0)
		log_error("learn: %s", strerror(-r));
	return r == -E2BIG ? EXIT_USAGE : r < 0 ? EXIT_SYSTEM : EXIT_OK;
}
