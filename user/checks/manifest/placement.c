// SPDX-License-Identifier: MIT
#include "placement.h"

#include <string.h>

#define ROLE_PREFIX "node-role.kubernetes.io/"
#define REQUIRED    "requiredDuringSchedulingIgnoredDuringExecution"

/* ---- reading ------------------------------------------------------------------------------- */
static struct word *read_words(struct cursor *cursor, const struct yaml_node *mapping,
			       const char *path)
{
	const struct yaml_node *item;
	struct word *words = NULL, *word;

	for (item = yaml_query_first(&cursor->doc, mapping, path); item;
	     item = yaml_query_next(&cursor->doc, item)) {
		word = item->kind == YAML_KIND_SCALAR ?
			       arena_take(&cursor->model->arena, sizeof(*word)) :
			       NULL;
		if (!word)
			continue;
		word->text =
			arena_text(&cursor->model->arena, yaml_tree_text(cursor->doc.tree, item));
		word->next = words;
		if (word->text)
			words = word;
	}
	return words;
}

static enum requirement_op op_of(const char *text)
{
	static const char *const words[] = {
		[REQUIRE_IN] = "In",
		[REQUIRE_NOT_IN] = "NotIn",
		[REQUIRE_EXISTS] = "Exists",
		[REQUIRE_NOT_EXISTS] = "DoesNotExist",
	};

	for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
		if (strcmp(text, words[i]) == 0)
			return (enum requirement_op)i;
	return REQUIRE_OTHER;
}

static void add_requirement(struct cursor *cursor, const char *key, enum requirement_op op,
			    struct word *values, struct requirement **list)
{
	struct requirement *requirement = arena_take(&cursor->model->arena, sizeof(*requirement));

	if (!requirement || !key)
		return;
	*requirement = (struct requirement) {
		.next = *list,
		.key = key,
		.op = op,
		.values = values,
	};
	*list = requirement;
}

static void read_expressions(struct cursor *cursor, const struct yaml_node *mapping,
			     const char *path, struct requirement **requirements)
{
	const struct yaml_node *item;

	for (item = yaml_query_first(&cursor->doc, mapping, path); item;
	     item = yaml_query_next(&cursor->doc, item))
		add_requirement(cursor, cursor_text(cursor, item, "key"),
				op_of(yaml_query_text(&cursor->doc, item, "operator")),
				read_words(cursor, item, "values"), requirements);
}

/* A mapping of labels requires each of them, with its value. */
static void read_labels(struct cursor *cursor, const struct yaml_node *mapping, const char *path,
			struct requirement **requirements)
{
	struct word *word;

	for (struct label *l = cursor_labels(cursor, mapping, path); l; l = l->next) {
		word = arena_take(&cursor->model->arena, sizeof(*word));
		if (!word)
			return;
		word->text = l->value;
		add_requirement(cursor, l->key, REQUIRE_IN, word, requirements);
	}
}

static void add_term(struct cursor *cursor, struct requirement *requirements,
		     struct placement *placement)
{
	struct term *term = arena_take(&cursor->model->arena, sizeof(*term));

	if (!term)
		return;
	*term = (struct term) { .next = placement->terms, .requirements = requirements };
	placement->terms = term;
}

/* The nodeSelector holds with each term of the affinity. */
static void read_terms(struct cursor *cursor, const struct yaml_node *spec,
		       struct placement *placement)
{
	const struct yaml_node *item = yaml_query_first(
		&cursor->doc, spec, "affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms");
	struct requirement *selector = NULL, *requirements;

	read_labels(cursor, spec, "nodeSelector", &selector);
	placement->selects = selector || item;
	if (!item && selector)
		add_term(cursor, selector, placement);
	for (; item; item = yaml_query_next(&cursor->doc, item)) {
		requirements = selector;
		read_expressions(cursor, item, "matchExpressions", &requirements);
		if (!placement->node) /* the only field is its name */
			read_expressions(cursor, item, "matchFields", &requirements);
		add_term(cursor, requirements, placement);
	}
}

static void read_apart(struct cursor *cursor, const struct yaml_node *spec,
		       struct placement *placement)
{
	const struct yaml_node *item =
		yaml_query_first(&cursor->doc, spec, "affinity.podAntiAffinity." REQUIRED);
	struct apart *apart;
	const char *key;

	for (; item; item = yaml_query_next(&cursor->doc, item)) {
		key = yaml_query_text(&cursor->doc, item, "topologyKey");
		if (!key || strcmp(key, "kubernetes.io/hostname") != 0 ||
		    !yaml_query(&cursor->doc, item, "labelSelector"))
			continue;
		apart = arena_take(&cursor->model->arena, sizeof(*apart));
		if (!apart)
			return;
		read_labels(cursor, item, "labelSelector.matchLabels", &apart->labels);
		read_expressions(cursor, item, "labelSelector.matchExpressions", &apart->labels);
		apart->namespaces = read_words(cursor, item, "namespaces");
		apart->next = placement->apart;
		placement->apart = apart;
	}
}

/* ---- roles --------------------------------------------------------------------------------- */
static bool is_control_plane(const char *key)
{
	return strcmp(key, ROLE_PREFIX "control-plane") == 0 ||
	       strcmp(key, ROLE_PREFIX "master") == 0;
}

/* Does it tolerate what keeps pods from control-plane nodes, a taint NoSchedule? */
static bool read_tolerates(struct cursor *cursor, const struct yaml_node *spec)
{
	const struct yaml_node *item = yaml_query_first(&cursor->doc, spec, "tolerations");
	const char *key, *effect, *op;

	for (; item; item = yaml_query_next(&cursor->doc, item)) {
		key = yaml_query_text(&cursor->doc, item, "key");
		op = yaml_query_text(&cursor->doc, item, "operator");
		effect = yaml_query_text(&cursor->doc, item, "effect");
		if (effect && *effect && strcmp(effect, "NoSchedule") != 0)
			continue;
		if (key && *key ? is_control_plane(key) : op && strcmp(op, "Exists") == 0)
			return true;
	}
	return false;
}

/* The roles of the nodes that meet the requirement. */
static unsigned int roles_of(const struct requirement *q)
{
	bool there = q->op == REQUIRE_IN || q->op == REQUIRE_EXISTS;

	if (strncmp(q->key, ROLE_PREFIX, strlen(ROLE_PREFIX)) != 0 || q->op == REQUIRE_OTHER)
		return NODES_CONTROL_PLANE | NODES_WORKER;
	if (is_control_plane(q->key))
		return there ? NODES_CONTROL_PLANE : NODES_WORKER;
	if (there)
		return NODES_WORKER;
	return strcmp(q->key, ROLE_PREFIX "worker") == 0 ? NODES_CONTROL_PLANE :
							   NODES_CONTROL_PLANE | NODES_WORKER;
}

static unsigned int roles(const struct placement *p)
{
	unsigned int open = NODES_WORKER | (p->tolerates ? NODES_CONTROL_PLANE : 0);
	unsigned int all = 0, term;

	if (p->node)
		return NODES_ANY;
	if (!p->terms)
		return open;
	for (const struct term *t = p->terms; t; t = t->next) {
		term = NODES_CONTROL_PLANE | NODES_WORKER;
		for (const struct requirement *q = t->requirements; q; q = q->next)
			term &= roles_of(q);
		/* A pod that selects control-plane nodes is meant to run there. */
		all |= term == NODES_CONTROL_PLANE ? term : term & open;
	}
	return all ? all : NODES_ANY;
}

/* ---- the operating system ------------------------------------------------------------------- */
static bool requires_windows(const struct requirement *q)
{
	if (q->op != REQUIRE_IN || (strcmp(q->key, "kubernetes.io/os") != 0 &&
				    strcmp(q->key, "beta.kubernetes.io/os") != 0))
		return false;
	for (const struct word *w = q->values; w; w = w->next)
		if (strcmp(w->text, "windows") != 0)
			return false;
	return q->values;
}

static bool term_requires_windows(const struct term *term)
{
	for (const struct requirement *q = term->requirements; q; q = q->next)
		if (requires_windows(q))
			return true;
	return false;
}

static bool is_windows(struct cursor *cursor, const struct yaml_node *spec,
		       const struct term *terms)
{
	const char *os = yaml_query_text(&cursor->doc, spec, "os.name");

	if ((os && strcmp(os, "windows") == 0) ||
	    yaml_query_true(&cursor->doc, spec, "securityContext.windowsOptions.hostProcess"))
		return true;
	for (const struct term *t = terms; t; t = t->next)
		if (!term_requires_windows(t))
			return false;
	return terms;
}

void placement_read(struct cursor *cursor, const struct yaml_node *spec, struct placement *ret)
{
	*ret = (struct placement) { .node = cursor_text(cursor, spec, "nodeName") };
	ret->tolerates = read_tolerates(cursor, spec);
	read_terms(cursor, spec, ret);
	read_apart(cursor, spec, ret);
	ret->roles = roles(ret);
	ret->windows = is_windows(cursor, spec, ret->terms);
}

void placement_why(const struct placement *p, unsigned int role, struct buf *out)
{
	const struct requirement *q = p->terms ? p->terms->requirements : NULL;
	const char *node = role == NODES_WORKER ? "worker" : "control-plane";

	if (q)
		buf_printf(out, "its node selector or affinity (%.64s) lets it run on %s nodes",
			   q->key, node);
	else if (role == NODES_WORKER)
		buf_puts(out, "no node selector or affinity keeps it from worker nodes");
	else
		buf_puts(out, "it tolerates the taint of control-plane nodes");
}
