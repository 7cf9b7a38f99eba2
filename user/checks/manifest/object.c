// SPDX-License-Identifier: MIT
#include "object.h"

#include <string.h>

#include "ignore.h"
#include "podspec.h"
#include "service.h"

/* Kinds whose pods are in a place that is known. */
static const struct kind {
	const char *kind;
	const char *group;    /* of the apiVersion, "" the core; NULL: not looked at */
	const char *template; /* where the metadata and spec of its pods are */
	enum pod_names names;
} kinds[] = {
	{ "Pod", "", "", PODS_STATIC },
	{ "PodTemplate", "", "template", PODS_SUFFIXED },
	{ "ReplicationController", "", "spec.template", PODS_SUFFIXED },
	{ "ReplicaSet", NULL, "spec.template", PODS_SUFFIXED },
	{ "DaemonSet", NULL, "spec.template", PODS_SUFFIXED },
	{ "Deployment", NULL, "spec.template", PODS_HASHED },
	{ "StatefulSet", NULL, "spec.template", PODS_NUMBERED },
	{ "DeploymentConfig", NULL, "spec.template", PODS_ROLLED },
	{ "Job", "batch", "spec.template", PODS_SUFFIXED },
	{ "CronJob", NULL, "spec.jobTemplate.spec.template", PODS_TIMED },
};

/* What a document's object is. */
struct object {
	const struct yaml_node *node;
	const struct yaml_node *metadata;
	const char *group; /* of its apiVersion, "" the core */
	struct pod_owner owner;
};

static void read_object(struct reading *r, const struct yaml_node *node, const char *of_list);

static const struct kind *find_kind(const struct object *o)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, o->owner.kind) == 0 &&
		    (!kinds[i].group || strcmp(kinds[i].group, o->group) == 0))
			return &kinds[i];
	return NULL;
}

/* ---- pods ---------------------------------------------------------------------------------- */
/*
 * A pod without a controller that asks for no node and is critical for nodes is a
 * static one, a file on some node: so are those of OpenShift and kubeadm.
 */
static bool is_static(struct reading *r, const struct pod *pod, const struct yaml_node *spec)
{
	const char *class = lookup_text(&r->doc, spec, "priorityClassName");

	return pod->names == PODS_STATIC && pod->host_network && !pod->placement.selects && class &&
	       strcmp(class, "system-node-critical") == 0;
}

static void set_role(const struct check *check, struct pod *pod)
{
	static const unsigned int roles[REG_ROLE_MAX] = {
		[REG_ROLE_ANY] = NODES_ANY,
		[REG_ROLE_CONTROL_PLANE] = NODES_CONTROL_PLANE,
		[REG_ROLE_WORKER] = NODES_WORKER,
	};

	if (check->options.role != REG_ROLE_MAX)
		pod->placement.roles = roles[check->options.role];
}

/* Does anything of it outlive the document? */
static bool takes_ports(const struct pod *pod)
{
	if (pod->host_network)
		return true;
	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			if (p->claims)
				return true;
	return false;
}

static void read_spec(struct reading *r, const struct object *o, const struct yaml_node *metadata,
		      const struct yaml_node *spec)
{
	struct check *check = r->check;
	struct arena_mark mark = arena_mark(&check->arena);
	struct pod *pod = podspec_read(r, &o->owner, metadata, spec);

	check->counts.pods++;
	if (!pod || check->arena.failed)
		return;
	if (!takes_ports(pod)) {
		arena_rewind(&check->arena, mark);
		return;
	}
	if (is_static(r, pod, spec))
		pod->placement.roles = NODES_ANY;
	set_role(check, pod);
	check_pod(check, pod);
	*check->pods_end = pod;
	check->pods_end = &pod->next;
}

/* Read a pod's metadata and specification. */
static void read_template(struct reading *r, const struct object *o, const struct yaml_node *node)
{
	const struct yaml_node *metadata = lookup(&r->doc, node, "metadata");
	const struct yaml_node *spec = lookup(&r->doc, node, "spec");
	struct ignore *outer = r->ignores;
	size_t mark;

	if (!spec)
		return;
	if (node != o->node)
		ignore_read(r, metadata);
	mark = reading_key(r, "spec");
	read_spec(r, o, metadata, spec);
	reading_leave(r, mark);
	r->ignores = outer;
}

/* Look for pods in an object of a kind that we don't know. */
static void search(struct reading *r, const struct object *o, const struct yaml_node *node)
{
	const struct yaml_tree *tree = r->doc.tree;
	const struct yaml_node *at, *value;
	unsigned int i = 0;
	size_t mark;

	if (node->kind == YAML_KIND_SEQUENCE) {
		for (at = lookup_first(&r->doc, node); at; at = lookup_next(&r->doc, at), i++) {
			if (at->kind == YAML_KIND_SCALAR)
				continue;
			mark = reading_index(r, i);
			search(r, o, at);
			reading_leave(r, mark);
		}
	}
	if (node->kind != YAML_KIND_MAPPING)
		return;
	if (podspec_is(&r->doc, lookup(&r->doc, node, "spec"))) {
		read_template(r, o, node);
		return;
	}
	if (podspec_is(&r->doc, node)) {
		read_spec(r, o, NULL, node);
		return;
	}
	for (at = yaml_tree_first(tree, node); at && r->doc.steps;
	     at = yaml_tree_next(tree, value)) {
		r->doc.steps--;
		value = yaml_tree_next(tree, at);
		if (value->kind == YAML_KIND_SCALAR)
			continue;
		mark = reading_key(r, yaml_tree_text(tree, at));
		search(r, o, value);
		reading_leave(r, mark);
	}
}

static void read_workload(struct reading *r, const struct object *o, const struct kind *kind)
{
	const struct yaml_node *template = lookup_path(&r->doc, o->node, kind->template);
	const char *key = kind->template;
	char part[16];
	size_t len;

	if (!template)
		return;
	for (; *key; key += len + (key[len] == '.')) {
		len = strcspn(key, ".");
		(void)snprintf(part, sizeof(part), "%.*s", (int)len, key);
		(void)reading_key(r, part);
	}
	read_template(r, o, template);
}

/* ---- objects ------------------------------------------------------------------------------- */
static void read_items(struct reading *r, const struct yaml_node *node, const char *key,
		       const char *of_list)
{
	const struct yaml_node *item = lookup_first(&r->doc, lookup(&r->doc, node, key));
	size_t outer = reading_key(r, key), inner;

	for (unsigned int i = 0; item; i++, item = lookup_next(&r->doc, item)) {
		inner = reading_index(r, i);
		read_object(r, item, of_list);
		reading_leave(r, inner);
	}
	reading_leave(r, outer);
}

/* "List" has objects of any kind, "PodList" pods that need not say so. */
static bool read_list(struct reading *r, const struct object *o)
{
	const char *kind = o->owner.kind;
	size_t len = strlen(kind);
	const struct yaml_node *items = lookup(&r->doc, o->node, "items");

	if (strcmp(kind, "Template") == 0 && lookup(&r->doc, o->node, "objects")) {
		read_items(r, o->node, "objects", NULL);
		return true;
	}
	if (len < 4 || strcmp(kind + len - 4, "List") != 0 || !items)
		return false;
	read_items(r, o->node, "items",
		   len == 4 ? NULL : arena_printf(&r->check->arena, "%.*s", (int)len - 4, kind));
	return true;
}

static const char *group_of(struct reading *r, const char *version)
{
	const char *slash = version ? strchr(version, '/') : NULL;

	if (!slash)
		return "";
	return arena_printf(&r->check->arena, "%.*s", (int)(slash - version), version);
}

/* The controller that made it, of an object that was read from a cluster. */
static void read_maker(struct reading *r, struct object *o)
{
	const struct yaml_node *item =
		lookup_first(&r->doc, lookup(&r->doc, o->metadata, "ownerReferences"));
	const char *phase = lookup_text(&r->doc, lookup(&r->doc, o->node, "status"), "phase");

	while (item && !lookup_true(&r->doc, item, "controller"))
		item = lookup_next(&r->doc, item);
	if (item) {
		o->owner.maker_kind = reading_text(r, item, "kind");
		o->owner.maker = reading_text(r, item, "name");
	}
	o->owner.ended = phase && (strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0);
}

/* A name that is to be filled in is a template's. */
static void say_placeholder(struct reading *r, const struct object *o, const char *key)
{
	const struct yaml_node *value = lookup(&r->doc, o->metadata, key);
	const char *text = lookup_text(&r->doc, o->metadata, key);
	struct place place;
	size_t mark;

	if (!text || r->templated || !reading_is_placeholder(text))
		return;
	r->templated = true;
	mark = reading_key(r, "metadata");
	place = reading_place(r, value, key);
	reading_leave(r, mark);
	(void)check_say(r->check, RULE_TEMPLATE, &place, r->ignores, NULL, 0, 0,
			"the %s of a %s is a placeholder, %.64s: render the template first (helm "
			"template, oc process, envsubst)",
			key, o->owner.kind, text);
}

/* Its kind, namespace and name. False: it is no object. */
static bool read_identity(struct reading *r, struct object *o, const char *of_list)
{
	struct arena *arena = &r->check->arena;
	const char *version = lookup_text(&r->doc, o->node, "apiVersion");
	const char *name;

	o->owner.kind = reading_text(r, o->node, "kind");
	if (!o->owner.kind || !version) {
		if (!of_list)
			return false;
		o->owner.kind = of_list;
	}
	o->group = group_of(r, version);
	o->metadata = lookup(&r->doc, o->node, "metadata");
	o->owner.namespace_ = reading_text(r, o->metadata, "namespace");
	if (!o->owner.namespace_ || !*o->owner.namespace_)
		o->owner.namespace_ = arena_text(arena, r->check->options.namespace_);
	o->owner.name = reading_text(r, o->metadata, "name");
	o->owner.names = PODS_UNKNOWN;
	if (!o->owner.name) {
		name = lookup_text(&r->doc, o->metadata, "generateName");
		o->owner.name = name ? arena_printf(arena, "%sxxxxx", name) : "?";
	}
	r->who = check_who(arena, o->owner.kind, o->owner.namespace_, o->owner.name);
	return o->group && o->owner.namespace_ && o->owner.name && r->who;
}

static void read_contents(struct reading *r, struct object *o)
{
	const struct kind *kind = find_kind(o);

	ignore_read(r, o->metadata);
	say_placeholder(r, o, "name");
	say_placeholder(r, o, "namespace");
	read_maker(r, o);
	if (kind) {
		o->owner.names = kind->names;
		read_workload(r, o, kind);
	} else if (strcmp(o->owner.kind, "Service") == 0 && !*o->group) {
		service_read(r, o->owner.namespace_, o->owner.name,
			     lookup(&r->doc, o->node, "spec"));
	} else {
		search(r, o, o->node);
	}
}

static void read_object(struct reading *r, const struct yaml_node *node, const char *of_list)
{
	struct check *check = r->check;
	struct arena_mark start = arena_mark(&check->arena);
	struct object o = { .node = node };
	const struct pod *const *pods = (const struct pod *const *)check->pods_end;
	const struct service *const *services = (const struct service *const *)check->services_end;
	const struct ignore_list *ignores = check->ignores;
	size_t path = r->path.len;

	if (!read_identity(r, &o, of_list)) {
		check->counts.others++;
		arena_rewind(&check->arena, start);
		return;
	}
	if (read_list(r, &o))
		return;
	check->counts.objects++;
	r->ignores = NULL;
	read_contents(r, &o);
	r->ignores = NULL;
	reading_leave(r, path);
	if (!*pods && !*services && ignores == check->ignores)
		arena_rewind(&check->arena, start);
}

void object_read_document(struct reading *r)
{
	read_object(r, r->doc.tree->nodes, NULL);
}
