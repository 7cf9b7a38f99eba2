// SPDX-License-Identifier: MIT
/* hostportctl check: Kubernetes manifests against the registry. */
#include "verb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/log.h"
#include "../checks/manifest/check.h"
#include "../source/exclude.h"
#include "../source/file_list.h"
#include "registry_argument.h"
#include "report_options.h"

#define EXCLUDE_FILE_MAX (1UL << 20)

struct asked {
	struct node_options node;
	const char *namespace_;
	struct names excluded; /* globs */
	enum report_format format;
	enum severity severity;
	size_t unreadable; /* what could not be read, which was said */
};

static int add_excluded(void *field, const char *value, struct buf *err)
{
	int r = names_add(field, EXCLUDE_MAX, value);

	if (r != -E2BIG)
		return r;
	buf_printf(err, "more than %d globs", EXCLUDE_MAX);
	return -EINVAL;
}

static int read_excluded(void *field, const char *value, struct buf *err)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, value);
	_cleanup_buf_ struct buf text = { 0 };
	int r = fd < 0 ? fd : source_read(fd, EXCLUDE_FILE_MAX, &text);

	if (r == 0)
		r = exclude_read(text.data ? text.data : "", field);
	if (r == 0 || r == -ENOMEM)
		return r;
	buf_printf(err, "cannot be read: %s",
		   r == -E2BIG	? "too many globs" :
		   r == -EINVAL ? "not a file" :
				  strerror(-r));
	return -EINVAL;
}

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct asked),
	REPORT_OPTIONS(struct asked, format, severity),
	{ "namespace", "NAME", "of objects that name none (default)",
	  OPTION_TEXT(struct asked, namespace_) },
	{ "exclude", "GLOB", "files and directories to leave out: a name, or a path's end (none)",
	  OPTION_PARSED(struct asked, excluded, add_excluded), .repeatable = true },
	{ "exclude-from", "FILE", "the same, from a file with a glob a line",
	  OPTION_PARSED(struct asked, excluded, read_excluded), .repeatable = true },
	NODE_OPTION_PLATFORM(struct asked, NODE_PLATFORM_HELP),
	NODE_OPTION_VERSION(struct asked, NODE_VERSION_HELP),
	NODE_OPTION_ROLE(
		struct asked,
		"what all nodes are, as in a cluster of one node (as the manifests select them)"),
};

static const struct options options = {
	.program = "hostportctl check",
	.usage = "[options] FILE|DIR...",
	.summary = "Check Kubernetes manifests against the registry; - is standard input, of a"
		   " directory all *.yaml, *.yml and *.json. Needs no agent and no privilege.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* ---- files --------------------------------------------------------------------------------- */
static void say_unreadable(void *data, const char *path, int error)
{
	struct asked *asked = data;

	asked->unreadable++;
	log_error("check: %s: cannot be read: %s", path,
		  error == -EINVAL ? "not a file" : strerror(-error));
}

/*
 * A descriptor, or a negative errno. A pipe is waited for, which must not happen with a file of a
 * directory: those are none.
 */
static int open_path(const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	else if (stat(path, &st) < 0)
		fd = -1;
	else if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	else
		return S_ISREG(st.st_mode) ? source_open(AT_FDCWD, path) : -EINVAL;
	return fd < 0 ? -errno : fd;
}

/* A file that is too long to be kept: what was read of it already, and the rest. */
struct long_file {
	struct asked *asked;
	const char *path;
	struct buf *begin;
	size_t taken; /* of it */
	int fd;
};

static ssize_t read_long(void *data, char *into, size_t size)
{
	struct long_file *file = data;
	size_t left = file->begin->len - file->taken;
	ssize_t n;

	if (left) {
		n = (ssize_t)(size < left ? size : left);
		memcpy(into, file->begin->data + file->taken, (size_t)n);
		file->taken += (size_t)n;
		return n;
	}
	buf_free(file->begin); /* it is large */
	file->taken = 0;
	do
		n = read(file->fd, into, size);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	n = -errno;
	say_unreadable(file->asked, file->path, (int)n);
	return n;
}

/* The buffer is the caller's, to be used again. */
static int check_path(struct check *check, struct asked *asked, const char *path, struct buf *text)
{
	const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	struct long_file file = { .asked = asked, .path = path, .begin = text };
	_cleanup_close_ int fd = open_path(path);
	int r = fd;

	buf_reset(text);
	if (fd >= 0)
		r = source_read_stream(fd, MANIFEST_WHOLE_MAX, text);
	if (r == 0)
		return check_file(check, name, text->data ? text->data : "", text->len);
	if (r == -ENOMEM)
		return r;
	if (r != -EFBIG) {
		say_unreadable(asked, path, r);
		return 0;
	}
	file.fd = fd;
	return check_long_file(check, name, read_long, &file);
}

static int check_paths(struct check *check, struct asked *asked, const struct names *files)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < files->len; i++)
		r = check_path(check, asked, files->items[i], &text);
	return r;
}

/* A mistyped name may be that of another directory, which must not pass unseen. */
static int add_operand(struct asked *asked, const char *operand, struct names *files)
{
	size_t len = files->len, unreadable = asked->unreadable;
	int r;

	if (strcmp(operand, "-") == 0)
		return names_add(files, FILE_LIST_FILES_MAX, operand);
	r = file_list_add(files, operand, &asked->excluded, say_unreadable, asked);
	if (r == 0 && files->len == len && asked->unreadable == unreadable &&
	    !exclude_has(&asked->excluded, operand))
		log_warning("check: %s: no manifests in it", operand);
	return r;
}

static int find_files(struct asked *asked, char **operands, size_t n, struct names *files)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_operand(asked, operands[i], files);
	return r < 0 ? r : file_list_drop_repeats(files);
}

/* ---- the report ---------------------------------------------------------------------------- */
/* Take findings below a severity out. 0, or -ENOMEM. */
static int drop_below(struct findings *findings, enum severity least)
{
	_cleanup_findings_ struct findings dropped = { 0 };
	size_t kept = 0;

	dropped.items = calloc(findings->len + 1, sizeof(*dropped.items));
	if (!dropped.items)
		return -ENOMEM;
	for (size_t i = 0; i < findings->len; i++) {
		if (findings->items[i].rule->severity < least)
			dropped.items[dropped.len++] = findings->items[i];
		else
			findings->items[kept++] = findings->items[i];
	}
	findings->len = kept;
	return 0;
}

static void put_count(size_t n, const char *what, const char *after, struct buf *out)
{
	buf_printf(out, "%zu %s%s%s", n, what, n == 1 ? "" : "s", after);
}

static void put_counts(struct manifest_counts n, struct buf *out)
{
	put_count(n.documents, "document", ": ", out);
	put_count(n.objects, "object", " with ", out);
	put_count(n.pods, "pod", " and ", out);
	put_count(n.services, "Service", "", out);
	if (n.others)
		buf_printf(out, "; %zu of no object of Kubernetes", n.others);
	buf_putc(out, '\n');
}

static int print(const struct asked *asked, const struct check *check,
		 const struct findings *findings, const struct names *files)
{
	_cleanup_buf_ struct buf text = { 0 };
	const struct report report = {
		.tool = "hostportctl check",
		.rules = manifest_rules(),
		.findings = findings,
		.files = (const char *const *)files->items,
		.files_len = files->len,
	};
	int status;

	report_put(&report, asked->format, &text);
	if (asked->format == REPORT_TEXT)
		put_counts(check_counts(check), &text);
	status = verb_print(&text);
	if (status != EXIT_OK)
		return status;
	if (asked->unreadable)
		return EXIT_USAGE;
	return findings_count(findings, SEVERITY_ERROR) || findings->left_out ||
			       findings_count(findings, SEVERITY_WARNING) ?
		       EXIT_FINDINGS :
		       EXIT_OK;
}

static int run(struct asked *asked, const struct registry *registry, char **operands, size_t n)
{
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_names_ struct names files = { 0 };
	_cleanup_(check_freep) struct check *check = NULL;
	const struct manifest_options how = {
		.registry = registry,
		.facts = node_options_facts(&asked->node),
		.role = asked->node.role,
		.namespace_ = asked->namespace_,
	};
	int r = find_files(asked, operands, n, &files);

	if (r == 0)
		r = check_new(&how, &check);
	if (r == 0)
		r = check_paths(check, asked, &files);
	if (r == 0)
		r = check_finish(check, &findings);
	if (r == 0)
		r = drop_below(&findings, asked->severity);
	if (r == 0)
		return print(asked, check, &findings, &files);
	log_error("check: %s", r == -E2BIG ? "too many files" : strerror(-r));
	return r == -E2BIG ? EXIT_USAGE : EXIT_SYSTEM;
}

static int check_operands(const struct ctl *ctl, struct asked *asked, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	int operands, status;

	if (verb_parse(&options, asked, argc, argv, &operands, &status) != 0)
		return status;
	if (operands == argc) {
		log_error("check: a FILE or DIR is needed, or - for standard input: try --help");
		return EXIT_USAGE;
	}
	status = registry_argument_find(ctl, &asked->node, NULL, &registry);
	if (status != EXIT_OK)
		return status;
	return run(asked, registry, argv + operands, (size_t)(argc - operands));
}

int verb_check(const struct ctl *ctl, int argc, char **argv)
{
	struct asked asked = { .node.role = REG_ROLE_MAX, .namespace_ = "default" };
	int status;

	status = check_operands(ctl, &asked, argc, argv);
	names_free(&asked.excluded);
	return status;
}
