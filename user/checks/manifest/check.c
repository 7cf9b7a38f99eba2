// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "check_state.h"
#include "conflict.h"
#include "declared.h"
#include "ignore.h"
#include "object.h"
#include "dedup.h"
#include "registered.h"
#include "service.h"

#define BROKEN_MAX  100 /* documents of one file, of which each is said */
#define BROKEN_MORE "; so many documents of the file are broken that the rest was not read"

/* ---- saying -------------------------------------------------------------------------------- */
struct finding *check_add_finding(struct check *check, enum manifest_rule rule,
				  const struct place *place, struct ignore *ignores,
				  struct ignore *more, uint8_t proto, uint16_t port,
				  const char *fmt, ...)
{
	const struct ignore *first = ignore_match(ignores, rule, port);
	const struct ignore *second = ignore_match(more, rule, port);
	_cleanup_buf_ struct buf message = { 0 };
	struct finding *f;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	if (message.failed) {
		check->arena.failed = true;
		return NULL;
	}
	f = findings_add(&check->findings, manifest_rule(rule), place->file, place->line,
			 place->column, "%s", message.data);
	if (place->path)
		finding_set_path(f, place->path);
	if (port)
		finding_set_port(f, proto, port);
	if (first || second)
		finding_accept(f, first ? first->reason : second->reason);
	return f;
}

void check_add_spent(struct check *check, const char *what)
{
	const char *file = check->pods ? check->pods->place.file : "";

	(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN), file, 0, 0, "%s", what);
}

const char *check_who(struct arena *arena, const char *kind, const char *namespace_,
		      const char *name)
{
	return arena_printf(arena, "%s %s/%s", kind, namespace_, name);
}

void check_pod(struct check *check, struct pod *pod)
{
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				registered_check(check, pod, c, p);
	declared_check(check, pod);
}

/* ---- files --------------------------------------------------------------------------------- */
/* The line of the first placeholder outside of comments, or 0. */
static unsigned int template_line(const char *text, size_t len, unsigned int *ret_column)
{
	static const char *const marks[] = { "{{", "{%" };
	unsigned int line = 1;
	const char *end = text + len, *eol, *at;

	for (const char *s = text; s < end; s = eol + 1, line++) {
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
			*ret_column = (unsigned int)(at - s) + 1;
			return line;
		}
	}
	return 0;
}

/* The first placeholder of a file outside of comments. */
struct placeholder {
	bool looked;
	unsigned int line, column; /* line 0: there is none */
};

/* A fault at or after a placeholder is no fault of the file: it is a template. */
static bool say_template(struct check *check, struct placeholder *first, const struct diag *diag,
			 const char *text, size_t len)
{
	if (!first->looked)
		first->line = template_line(text, len, &first->column);
	first->looked = true;
	if (!first->line || (diag->line && diag->line < first->line))
		return false;
	(void)findings_add(
		&check->findings, manifest_rule(RULE_TEMPLATE), diag->file, first->line,
		first->column,
		"a template, not a manifest: render it first (helm template, oc process, "
		"envsubst)");
	return true;
}

static void say_broken(struct check *check, const struct diag *diag, const char *more)
{
	if (diag->file && diag->message)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN), diag->file,
				   diag->line, diag->column, "%s%s", diag->message, more);
}

/* What is wrong with a document that was read all the same. */
static void say_diags(struct check *check, const struct diags *diags)
{
	for (size_t i = 0; i < diags->len; i++)
		say_broken(check, &diags->items[i], "");
	if (diags->total > diags->len)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN),
				   diags->items[0].file, 0, 0, "and %zu faults more",
				   diags->total - diags->len);
}

static bool is_empty(const struct yaml_tree *tree)
{
	const struct yaml_node *root = tree->nodes;

	return root->kind == YAML_KIND_SCALAR && root->plain && root->len == 0;
}

static void read_document(struct check *check, const char *file, const struct yaml_tree *tree)
{
	struct cursor cursor = {
		.check = check,
		.file = file,
		.who = "?",
		.doc = { .tree = tree, .steps = YAML_QUERY_STEPS_MAX },
	};

	if (is_empty(tree))
		return;
	check->counts.documents++;
	buf_puts(&cursor.path, "$");
	object_read_document(&cursor);
	if (!cursor.doc.steps)
		(void)findings_add(&check->findings, manifest_rule(RULE_BROKEN), file,
				   tree->nodes->line, tree->nodes->column,
				   "too much in one document: its aliases stand for more than can "
				   "be read");
	check->arena.failed |= cursor.path.failed;
	buf_free(&cursor.path);
}

/*
 * What is said of a document that leaves a tree, such as a key given twice, is none
 * of ours where it is no object.
 */
static int read_stream(struct check *check, const char *file, struct yaml_stream *stream,
		       struct diags *diags)
{
	size_t objects;
	int r;

	for (;;) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r != 1)
			return r;
		objects = check->counts.objects;
		read_document(check, file, tree);
		if (check->counts.objects > objects)
			say_diags(check, diags);
		diags_free(diags);
		if (check->arena.failed || check->findings.failed)
			return -ENOMEM;
	}
}

/* Read a file's documents, those behind a broken one as well. */
static int read_file(struct check *check, const char *file, const char *text, size_t len)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct placeholder first = { 0 };
	int r = yaml_stream_new(file, text, len, &diags, &stream), more = 1;

	if (r == 0)
		r = read_stream(check, file, stream, &diags);
	for (int faults = 1; r == -EINVAL && diags.len && more == 1; faults++) {
		const struct diag *fault = &diags.items[diags.len - 1]; /* what ended the reading */

		more = stream ? yaml_stream_resume(stream) : 0;
		if (more < 0)
			return more;
		if (say_template(check, &first, fault, text, len))
			return 0;
		if (more == 1 && faults == BROKEN_MAX) {
			say_broken(check, fault, BROKEN_MORE);
			return 0;
		}
		say_broken(check, fault, "");
		diags_free(&diags);
		if (more == 1)
			r = read_stream(check, file, stream, &diags);
	}
	return r == -ENOMEM ? r : 0;
}

int check_file(struct check *check, const char *file, const char *text, size_t len)
{
	struct arena_mark mark = arena_mark(&check->arena);
	struct pod **pods = check->pods_end;
	struct service **services = check->services_end;
	const struct ignore_list *ignores = check->ignores;
	const char *name = arena_text(&check->arena, file);
	int r;

	if (!name)
		return -ENOMEM;
	r = read_file(check, name, text, len);
	if (r < 0)
		return r;
	if (!*pods && !*services && ignores == check->ignores)
		arena_rewind(&check->arena, mark);
	return check->arena.failed || check->findings.failed ? -ENOMEM : 0;
}

/* ---- a check ------------------------------------------------------------------------------- */
int check_new(const struct manifest_options *options, struct check **ret_check)
{
	static const enum reg_role roles[POLICY_MAX] = {
		[POLICY_ANY] = REG_ROLE_ANY,
		[POLICY_CONTROL_PLANE] = REG_ROLE_CONTROL_PLANE,
		[POLICY_WORKER] = REG_ROLE_WORKER,
	};
	_cleanup_(check_freep) struct check *check = calloc(1, sizeof(*check));
	struct node_facts facts = options->facts;
	int r = check ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < POLICY_MAX; i++) {
		facts.role = roles[i];
		r = policy_build(options->registry, &facts, &check->policies[i]);
	}
	if (r < 0)
		return r;
	check->options = *options;
	check_reset(check);
	documented_fill(options->registry, &check->documented);
	*ret_check = TAKE_PTR(check);
	return 0;
}

void check_reset(struct check *check)
{
	dedup_forget(check);
	findings_free(&check->findings);
	arena_free(&check->arena);
	check->pods = NULL;
	check->pods_end = &check->pods;
	check->services = NULL;
	check->services_end = &check->services;
	check->ignores = NULL;
	check->counts = (struct manifest_counts) { 0 };
}

int check_finish(struct check *check, struct findings *ret_findings)
{
	int r = conflict_check(check);

	if (r == 0)
		r = service_check(check);
	if (r < 0)
		return r;
	ignore_judge(check);
	if (check->arena.failed || check->findings.failed)
		return -ENOMEM;
	findings_sort(&check->findings);
	*ret_findings = check->findings;
	check->findings = (struct findings) { 0 };
	return 0;
}

struct manifest_counts check_counts(const struct check *check)
{
	return check->counts;
}

void check_free(struct check *check)
{
	if (!check)
		return;
	for (size_t i = 0; i < POLICY_MAX; i++)
		policy_free(check->policies[i]);
	check_reset(check);
	free(check);
}
