// SPDX-License-Identifier: MIT
#include "manifest_file.h"

#include <errno.h>
#include <string.h>

#include "object.h"
#include "placeholder.h"
#include "template.h"

#define BROKEN_MAX  100 /* documents of one file that have a finding each */
#define BROKEN_LONG "; the file is so long that nothing behind this was read"
#define BROKEN_MORE "; so many documents of the file are broken that the rest was not read"

struct file {
	struct model *model;
	struct findings *findings;
	const char *name, *text;
	size_t len;
	struct yaml_stream *stream; /* NULL: it could not be begun */
	struct diags diags;	    /* of the document that is read */
	bool searched;
	struct placeholder_place first; /* that was searched for */
};

/* ---- what is wrong with it ----------------------------------------------------------------- */
/* The placeholder that makes it a template; line 0: a fault is one of the file. */
static struct placeholder_place find_template(struct file *file, const struct diag *diag)
{
	const struct placeholder_place none = { 0 };

	if (!file->searched)
		file->first = placeholder_first(file->text, file->len);
	file->searched = true;
	if (file->first.line && (!diag->line || diag->line >= file->first.line))
		return file->first;
	return diag->line ? placeholder_near(file->text, file->len, diag->line) : none;
}

static bool mentions(const struct file *file, const char *word)
{
	return memmem(file->text, file->len, word, strlen(word));
}

/* Is what could not be read meant for Kubernetes? Other programs have YAML and JSON of their own.
 */
static bool is_manifest(const struct file *file)
{
	return mentions(file, "apiVersion") && mentions(file, "kind");
}

/* One of a chart may take its pods from elsewhere; any other must take ports of a node itself. */
static bool may_take_ports(const struct file *file)
{
	return file->model->chart || mentions(file, "hostNetwork") || mentions(file, "hostPort");
}

static void add_template(const struct file *file, const struct placeholder_place *place)
{
	struct finding *f;

	if (!may_take_ports(file) || !template_is_new(file->model))
		return;
	f = findings_add(file->findings, manifest_rule(RULE_TEMPLATE), file->name, place->line,
			 place->column, "%s, not a manifest: render it first",
			 file->model->chart ? "a template of a chart" : "a template");
	template_suggest(file->model, f);
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
	file->model->counts.documents += !tree->before;
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
	struct placeholder_place template;

	if (more < 0)
		return more;
	if (!is_manifest(file)) {
		file->model->counts.documents++;
		file->model->counts.others++;
		diags_free(&file->diags);
		return more;
	}
	template = find_template(file, fault);
	if (template.line) {
		add_template(file, &template);
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

	if (r == 0) {
		yaml_stream_in_parts(file->stream);
		r = read_documents(file);
	}
	for (int faults = 1; r == -EINVAL && file->diags.len; faults++) {
		r = skip_broken(file, faults);
		if (r == 1)
			r = read_documents(file);
	}
	return r == -ENOMEM ? r : 0;
}

/* Objects before a fault tell that the file was meant for Kubernetes. */
static void end_long(struct file *file, size_t objects)
{
	if (!file->diags.len)
		return;
	if (file->model->counts.objects > objects) {
		add_broken(file, &file->diags.items[file->diags.len - 1], BROKEN_LONG);
	} else {
		file->model->counts.documents++;
		file->model->counts.others++;
	}
}

static int read_long(struct file *file, yaml_read_fn read, void *data)
{
	size_t objects = file->model->counts.objects;
	int r = yaml_stream_read(file->name, read, data, &file->diags, &file->stream);

	if (r == 0) {
		yaml_stream_in_parts(file->stream);
		r = read_documents(file);
	}
	if (r != -EINVAL)
		return r;
	end_long(file, objects);
	return file->findings->failed ? -ENOMEM : 0;
}

int manifest_file_read_long(struct model *model, struct findings *findings, const char *name,
			    yaml_read_fn read, void *data)
{
	struct file file = { .model = model, .findings = findings, .name = name };
	int r = read_long(&file, read, data);

	diags_free(&file.diags);
	yaml_stream_free(file.stream);
	return r;
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
