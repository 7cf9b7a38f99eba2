// SPDX-License-Identifier: MIT
#include "ignore.h"

#include <string.h>

#include "../../base/parse.h"

#define PREFIX "ignore.hostportd.io/"

/* Take RULE or RULE.PORT apart. Returns what is wrong with it, or NULL. */
static const char *parse_name(struct arena *arena, struct ignore *ignore)
{
	const char *dot = strchr(ignore->name, '.');

	ignore->rule = arena_text_max(arena, ignore->name, strcspn(ignore->name, "."));
	if (!ignore->rule)
		return NULL;
	if (!rules_find(manifest_rules(), ignore->rule))
		return "no rule has this name";
	if (dot && parse_port(dot + 1, &ignore->port) < 0)
		return "what follows the rule is not a port";
	return NULL;
}

static void add_annotation(void *data, const struct yaml_node *key, const struct yaml_node *value)
{
	struct cursor *cursor = data;
	struct model *model = cursor->model;
	const char *name = yaml_tree_text(cursor->doc.tree, key), *reason = "";
	struct ignore *ignore;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return;
	if (value->kind == YAML_KIND_SCALAR)
		reason = yaml_tree_text(cursor->doc.tree, value);
	ignore = arena_take(&model->arena, sizeof(*ignore));
	if (!ignore)
		return;
	ignore->name = arena_text_max(&model->arena, name + strlen(PREFIX), CURSOR_TEXT_MAX);
	ignore->reason = arena_text_max(&model->arena, reason, CURSOR_TEXT_MAX);
	if (!ignore->name || !ignore->reason)
		return;
	ignore->fault = parse_name(&model->arena, ignore);
	if (!ignore->fault && reason[strspn(reason, " \t\n")] == '\0')
		ignore->fault = "it has no reason";
	ignore->place = cursor_place(cursor, key, name);
	ignore->next = cursor->ignores;
	cursor->ignores = ignore;
	ignore->earlier = model->ignores;
	model->ignores = ignore;
}

void ignore_read(struct cursor *cursor, const struct yaml_node *metadata)
{
	size_t mark = cursor_path(cursor, "metadata.annotations");

	yaml_query_pairs(&cursor->doc, metadata, "annotations", add_annotation, cursor);
	cursor_leave(cursor, mark);
}

void ignore_judge(const struct model *model, struct findings *findings)
{
	struct finding *f;

	for (const struct ignore *i = model->ignores; i; i = i->earlier) {
		if (i->used && !i->fault)
			continue;
		f = manifest_add_finding(findings, RULE_BAD_ANNOTATION, &i->place, NULL, NULL, 0, 0,
					 "annotation " PREFIX "%s: %s", i->name,
					 i->fault ? i->fault : "it silences nothing");
		if (!i->fault)
			finding_suggest(f, "remove it");
	}
}
