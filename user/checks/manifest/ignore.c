// SPDX-License-Identifier: MIT
#include "ignore.h"

#include <string.h>

#include "../../base/parse.h"

#define PREFIX "ignore.hostportd.io/"

/* Take RULE or RULE.PORT apart, and say what is wrong with it. */
static const char *take_name(struct arena *arena, const char *name, struct ignore *ignore)
{
	const char *dot = strchr(name, '.');
	uint16_t port = 0;

	ignore->rule = dot ? arena_printf(arena, "%.*s", (int)(dot - name), name) :
			     arena_text(arena, name);
	if (!ignore->rule)
		return NULL;
	if (!rules_find(manifest_rules(), ignore->rule))
		return "no rule has this name";
	if (dot && parse_port(dot + 1, &port) < 0)
		return "what follows the rule is not a port";
	ignore->port = port;
	return NULL;
}

static void add(void *data, const struct yaml_node *key, const struct yaml_node *value)
{
	struct cursor *cursor = data;
	struct arena *arena = &cursor->check->arena;
	const char *name = yaml_tree_text(cursor->doc.tree, key), *reason = "";
	struct ignore_list *all;
	struct ignore *ignore;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return;
	ignore = arena_take(arena, sizeof(*ignore));
	all = arena_take(arena, sizeof(*all));
	if (!ignore || !all)
		return;
	ignore->name = arena_text_max(arena, name + strlen(PREFIX), CURSOR_TEXT_MAX);
	if (!ignore->name)
		return;
	ignore->fault = take_name(arena, ignore->name, ignore);
	if (value->kind == YAML_KIND_SCALAR)
		reason = yaml_tree_text(cursor->doc.tree, value);
	ignore->reason = arena_text_max(arena, reason, CURSOR_TEXT_MAX);
	if (!ignore->fault && reason[strspn(reason, " \t\n")] == '\0')
		ignore->fault = "it has no reason";
	ignore->place = cursor_place(cursor, key, name);
	ignore->next = cursor->ignores;
	cursor->ignores = ignore;
	*all = (struct ignore_list) { .next = cursor->check->ignores, .ignore = ignore };
	cursor->check->ignores = all;
}

void ignore_read(struct cursor *cursor, const struct yaml_node *metadata)
{
	size_t outer = cursor_key(cursor, "metadata");
	size_t inner = cursor_key(cursor, "annotations");

	yaml_query_pairs(&cursor->doc, yaml_query(&cursor->doc, metadata, "annotations"), add,
			 cursor);
	cursor_leave(cursor, inner);
	cursor_leave(cursor, outer);
}

const struct ignore *ignore_match(struct ignore *ignores, enum manifest_rule rule, uint16_t port)
{
	const struct ignore *first = NULL;

	for (struct ignore *i = ignores; i; i = i->next) {
		if (i->fault || !i->rule || strcmp(i->rule, manifest_rule(rule)->id) != 0)
			continue;
		if (i->port && i->port != port)
			continue;
		i->used = true;
		if (!first)
			first = i;
	}
	return first;
}

void ignore_judge(struct check *check)
{
	for (const struct ignore_list *l = check->ignores; l; l = l->next) {
		const struct ignore *i = l->ignore;
		const char *why = i->fault ? i->fault : "it silences nothing";
		struct finding *f;

		if (i->used && !i->fault)
			continue;
		f = check_add_finding(check, RULE_BAD_ANNOTATION, &i->place, NULL, NULL, 0, 0,
				      "annotation " PREFIX "%s: %s", i->name, why);
		if (!i->fault)
			finding_suggest(f, "remove it");
	}
}
