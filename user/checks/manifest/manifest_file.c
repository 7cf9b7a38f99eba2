// SPDX-License-Identifier: MIT
#include "manifest_file.h"

#include <errno.h>
#include <string.h>

#include "object.h"

#define BROKEN_MAX  100 /* documents of one file that have a finding each */
#define BROKEN_MORE "; so many documents of the file are broken that the rest was not read"

struct file {
	struct model *model;
	struct findings *findings;
	const char *name, *text;
	size_t len;
	struct yaml_stream *stream; /* NULL: it could not be begun */
	struct diags diags;	    /* of the document that is read */
	/* The first placeholder outside of comments; line 0: there is none. */
	bool searched;
	unsigned int template_line, template_column;
};

/* ---- what is wrong with it ----------------------------------------------------------------- */
static void find_template(struct file *file)
{
	static const char *const marks[] = { "{{", "{%" };
	const char *end = file->text + file->len, *eol, *at;
	unsigned int line = 1;

	for (const char *s = file->text; s < end; s = eol + 1, line++) {
		eol = memchr(s, '\n', (size_t)(end - s));
		if (!eol)
			eol = end;
		at = s;
		while (at < eol && (*at == ' ' || *at == '\t'))
			at++;
		if (at < eol && *at == '#')
			continue;
		for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
			at = memmem(s, (size_t)(eol - s), marks[i], 2);
			if (!at)
				continue;
			file->template_line = line;
			file->template_column = (unsigned int)(at - s) + 1;
			return;
		}
	}
}

/* A fault at or after a placeholder is no fault of the file: it is a template. */
static bool is_template(struct file *file, const struct diag *diag)
{
	if (!file->searched)
		find_template(file);
	file->searched = true;
	return file->template_line && (!diag->line || diag->line >= file->template_line);
}

static void add_template(const struct file *file)
{
	(void)findings_add(
		file->findings, manifest_rule(RULE_TEMPLATE), file->name, file->template_line,
		file->template_column,
		"a template, not a manifest: render it first (helm template, oc process, "
		"envsubst)");
}

static void add_broken(const struct file *file, const struct diag *diag, const char *more)
{
	if (diag->file && diag->message)
		(void)findings_add(file->findings, manifest_rule(RULE_BROKEN), diag->file,
				   diag->line, diag->column, "%s%s", diag->message, more);
	else
		file->findings->failed = true;
}

/* What is wrong with a document that was read all the same. */
static void add_diags(const struct file *file)
{
	const struct diags *diags = &file->diags;

	for (size_t i = 0; i < diags->len; i++)
		add_broken(file, &diags->items[i], "");
	if (diags->total > diags->len)
		(void)findings_add(file->findings, manifest_rule(RULE_BROKEN), diags->items[0].file,
				   0, 0, "and %zu faults more", diags->total - diags->len);
}

/* ---- documents ----------------------------------------------------------------------------- */
static bool is_empty(const struct yaml_tree *tree)
{
	const struct yaml_node *root = tree->nodes;

	return root->kind == YAML_KIND_SCALAR && root->plain && root->len == 0;
}

static void read_document(struct file *file, const struct yaml_tree *tree)
{
	struct cursor cursor = {
		.model = file->model,
		.findings = file->findings,
		.file = file->name,
		.full_name = "?",
		.doc = { .tree = tree, .steps = YAML_QUERY_STEPS_MAX },
	};

	if (is_empty(tree))
		return;
	file->model->counts.documents++;
	buf_puts(&cursor.path, "$");
	object_read_document(&cursor);
	if (!cursor.doc.steps)
		(void)findings_add(file->findings, manifest_rule(RULE_BROKEN), file->name,
				   tree->nodes->line, tree->nodes->column,
				   "too much in one document: its aliases stand for more than can "
				   "be read");
	file->model->arena.failed |= cursor.path.failed;
	buf_free(&cursor.path);
}

/*
 * Read the documents up to the end (0), or to a broken one (-EINVAL). Diagnostics of
 * a document that leaves a tree, such as a key given twice, matter in objects only.
 */
static int read_documents(struct file *file)
{
	size_t objects;
	int r;

	for (;;) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(file->stream, &tree);
		if (r != 1)
			return r;
		objects = file->model->counts.objects;
		read_document(file, tree);
		if (file->model->counts.objects > objects)
			add_diags(file);
		diags_free(&file->diags);
		if (file->model->arena.failed || file->findings->failed)
			return -ENOMEM;
	}
}

/* Step over a broken document. 1: go on behind it; 0: nothing more is read; or -ENOMEM. */
static int skip_broken(struct file *file, int faults)
{
	const struct diag *fault = &file->diags.items[file->diags.len - 1]; /* what ended it */
	int more = file->stream ? yaml_stream_resume(file->stream) : 0;

	if (more < 0)
		return more;
	if (is_template(file, fault)) {
		add_template(file);
		return 0;
	}
	if (more == 1 && faults == BROKEN_MAX) {
		add_broken(file, fault, BROKEN_MORE);
		return 0;
	}
	add_broken(file, fault, "");
	diags_free(&file->diags);
	return more;
}

static int read_file(struct file *file)
{
	int r = yaml_stream_new(file->name, file->text, file->len, &file->diags, &file->stream);

	if (r == 0)
		r = read_documents(file);
	for (int faults = 1; r == -EINVAL && file->diags.len; faults++) {
		r = skip_broken(file, faults);
		if (r == 1)
			r = read_documents(file);
	}
	return r == -ENOMEM ? r : 0;
}

int manifest_file_read(struct model *model, struct findings *findings, const char *name,
		       const char *text, size_t len)
{
	struct file file = {
		.model = model,
		.findings = findings,
		.name = name,
		.text = text,
		.len = len,
	};
	int r = read_file(&file);

	diags_free(&file.diags);
	yaml_stream_free(file.stream);
	return r;
}
