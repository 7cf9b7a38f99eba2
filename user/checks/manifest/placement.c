// SPDX-License-Identifier: MIT
#include "placement.h"

#include <string.h>

#include "podspec.h"

#define ROLE_PREFIX "node-role.kubernetes.io/"

/* ---- reading ------------------------------------------------------------------------------- */
static struct word *read_words(struct cursor *cursor, const struct yaml_node *list)
{
	const struct yaml_node *item;
	struct word *words = NULL, *word;

	for (item = yaml_query_first(&cursor->doc, list); item;
	     item = yaml_query_next(&cursor->doc, item)) {
		word = item->kind == YAML_KIND_SCALAR ?
			       arena_take(&cursor->check->arena, sizeof(*word)) :
			       NULL;
		if (!word)
			continue;
		word->text =
			arena_text(&cursor->check->arena, yaml_tree_text(cursor->doc.tree, item));
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
	struct requirement *requirement = arena_take(&cursor->check->arena, sizeof(*requirement));

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

static void read_expressions(struct cursor *cursor, const struct yaml_node *list,
			     struct requirement **requirements)
{
	const struct yaml_node *item;

	for (item = yaml_query_first(&cursor->doc, list); item;
	     item = yaml_query_next(&cursor->doc, item))
		add_requirement(cursor, cursor_text(cursor, item, "key"),
				op_of(yaml_query_text(&cursor->doc, item, "operator")),
				read_words(cursor, yaml_query(&cursor->doc, item, "values")),
				requirements);
}

/* What a mapping of labels asks for, of each that it is there with that value. */
static void read_labels(struct cursor *cursor, const struct yaml_node *mapping,
			struct requirement **requirements)
{
	struct word *word;

	for (struct label *l = labels_read(cursor, mapping); l; l = l->next) {
		word = arena_take(&cursor->check->arena, sizeof(*word));
		if (!word)
			return;
		word->text = l->value;
		add_requirement(cursor, l->key, REQUIRE_IN, word, requirements);
	}
}

static void add_term(struct cursor *cursor, struct requirement *requirements,
		     struct placement *placement)
{
	struct term *term = arena_take(&cursor->check->arena, sizeof(*term));

	if (!term)
		return;
	*term = (struct term) { .next = placement->terms, .requirements = requirements };
	placement->terms = term;
}

/* The nodeSelector holds with each term of the affinity. */
static void read_terms(struct cursor *cursor, const struct yaml_node *spec,
		       struct placement *placement)
{
	const struct yaml_node *affinity = yaml_query_path(
		&cursor->doc, spec,
		"affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
	const struct yaml_node *item;
	struct requirement *selector = NULL, *requirements;

	read_labels(cursor, yaml_query(&cursor->doc, spec, "nodeSelector"), &selector);
	item = yaml_query_first(&cursor->doc,
				yaml_query(&cursor->doc, affinity, "nodeSelectorTerms"));
	placement->selects = selector || item;
	if (!item && selector)
		add_term(cursor, selector, placement);
	for (; item; item = yaml_query_next(&cursor->doc, item)) {
		requirements = selector;
		read_expressions(cursor, yaml_query(&cursor->doc, item, "matchExpressions"),
				 &requirements);
		read_expressions(cursor, yaml_query(&cursor->doc, item, "matchFields"),
				 &requirements);
		add_term(cursor, requirements, placement);
	}
}

static void read_apart(struct cursor *cursor, const struct yaml_node *spec,
		       struct placement *placement)
{
	const struct yaml_node *list = yaml_query_path(
		&cursor->doc, spec,
		"affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution");
	const struct yaml_node *item, *selector;
	struct apart *apart;
	const char *key;

	for (item = yaml_query_first(&cursor->doc, list); item;
	     item = yaml_query_next(&cursor->doc, item)) {
		key = yaml_query_text(&cursor->doc, item, "topologyKey");
		selector = yaml_query(&cursor->doc, item, "labelSelector");
		if (!key || strcmp(key, "kubernetes.io/hostname") != 0 || !selector)
			continue;
		apart = arena_take(&cursor->check->arena, sizeof(*apart));
		if (!apart)
			return;
		read_labels(cursor, yaml_query(&cursor->doc, selector, "matchLabels"),
			    &apart->labels);
		read_expressions(cursor, yaml_query(&cursor->doc, selector, "matchExpressions"),
				 &apart->labels);
		apart->namespaces =
			read_words(cursor, yaml_query(&cursor->doc, item, "namespaces"));
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
	const struct yaml_node *item =
		yaml_query_first(&cursor->doc, yaml_query(&cursor->doc, spec, "tolerations"));
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

/* On nodes of which roles is the requirement met? */
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
		/* Who asks for control-plane nodes means to run there, whatever he tolerates. */
		all |= term == NODES_CONTROL_PLANE ? term : term & open;
	}
	return all ? all : NODES_ANY;
}

void placement_read(struct cursor *cursor, const struct yaml_node *spec, struct placement *ret)
{
	*ret = (struct placement) { .node = cursor_text(cursor, spec, "nodeName") };
	ret->tolerates = read_tolerates(cursor, spec);
	read_terms(cursor, spec, ret);
	read_apart(cursor, spec, ret);
	ret->roles = roles(ret);
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

/* ---- meeting ------------------------------------------------------------------------------- */
static bool has_word(const struct word *words, const char *text, size_t *steps)
{
	for (; words && *steps; words = words->next, (*steps)--)
		if (strcmp(words->text, text) == 0)
			return true;
	return false;
}

/* Do all, or any, of the words of one list stand in the other? */
static bool words_in(const struct word *words, const struct word *list, bool all, size_t *steps)
{
	for (; words && *steps; words = words->next) {
		(*steps)--;
		if (*steps && has_word(list, words->text, steps) != all)
			return !all;
	}
	return all;
}

/* Is there no value that meets both? */
static bool contradict(const struct requirement *a, const struct requirement *b, size_t *steps)
{
	if (strcmp(a->key, b->key) != 0)
		return false;
	if (a->op == REQUIRE_IN && b->op == REQUIRE_IN)
		return !words_in(a->values, b->values, false, steps) && *steps;
	if (a->op == REQUIRE_IN && b->op == REQUIRE_NOT_IN)
		return words_in(a->values, b->values, true, steps) && *steps;
	if (a->op == REQUIRE_NOT_IN && b->op == REQUIRE_IN)
		return words_in(b->values, a->values, true, steps) && *steps;
	if (a->op == REQUIRE_NOT_EXISTS)
		return b->op == REQUIRE_IN || b->op == REQUIRE_EXISTS;
	if (b->op == REQUIRE_NOT_EXISTS)
		return a->op == REQUIRE_IN || a->op == REQUIRE_EXISTS;
	return false;
}

static bool terms_contradict(const struct term *a, const struct term *b, size_t *steps)
{
	for (const struct requirement *x = a->requirements; x; x = x->next)
		for (const struct requirement *y = b->requirements; y && *steps; y = y->next) {
			(*steps)--;
			if (contradict(x, y, steps))
				return true;
		}
	return false;
}

static bool never_same_node(const struct placement *a, const struct placement *b, size_t *steps)
{
	if (a->node && b->node && strcmp(a->node, b->node) != 0)
		return true;
	if (!a->terms || !b->terms)
		return false;
	for (const struct term *x = a->terms; x; x = x->next)
		for (const struct term *y = b->terms; y; y = y->next) {
			if (!*steps)
				return false;
			(*steps)--;
			if (!terms_contradict(x, y, steps))
				return false;
		}
	return true;
}

/* Do the labels meet all requirements? */
static bool labelled(const struct label *labels, const struct requirement *requirements,
		     size_t *steps)
{
	for (const struct requirement *q = requirements; q && *steps; q = q->next) {
		const struct label *l = labels;

		for ((*steps)--; l && *steps && strcmp(l->key, q->key) != 0; (*steps)--)
			l = l->next;
		if (q->op == REQUIRE_OTHER || (q->op == REQUIRE_NOT_EXISTS && l) ||
		    (q->op == REQUIRE_EXISTS && !l))
			return false;
		if (q->op == REQUIRE_IN && !(l && has_word(q->values, l->value, steps)))
			return false;
		if (q->op == REQUIRE_NOT_IN && l && has_word(q->values, l->value, steps))
			return false;
	}
	return true;
}

/* Does the pod's anti-affinity keep the other one away? */
static bool keeps_away(const struct pod *pod, const struct pod *other, size_t *steps)
{
	bool there;

	for (const struct apart *a = pod->placement.apart; a && *steps; a = a->next, (*steps)--) {
		there = a->namespaces ? has_word(a->namespaces, other->namespace_, steps) :
					strcmp(pod->namespace_, other->namespace_) == 0;
		if (there && labelled(other->labels, a->labels, steps))
			return true;
	}
	return false;
}

bool placement_meet(const struct pod *a, const struct pod *b, size_t *steps)
{
	unsigned int x = a->placement.roles, y = b->placement.roles;

	if (!((x | y) & NODES_ANY) && !(x & y))
		return false;
	/* Used up: the caller concludes nothing. */
	return !never_same_node(&a->placement, &b->placement, steps) && !keeps_away(a, b, steps) &&
	       !keeps_away(b, a, steps);
}
