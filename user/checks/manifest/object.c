// SPDX-License-Identifier: MIT
#include "object.h"

#include <errno.h>
#include <string.h>

#include "embedded.h"
#include "ignore.h"
#include "placeholder.h"
#include "podspec.h"
#include "service.h"

/* Kinds that have their pods in a known place. */
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
	struct pod pod;	   /* what its pods have in common */
};

static void read_object(struct cursor *cursor, const struct yaml_node *node, const char *of_list);

static const struct kind *find_kind(const struct object *o)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, o->pod.kind) == 0 &&
		    (!kinds[i].group || strcmp(kinds[i].group, o->group) == 0))
			return &kinds[i];
	return NULL;
}

/* ---- pods ---------------------------------------------------------------------------------- */
/*
 * A pod without a controller that asks for no node and is critical for nodes is a
 * static one, a file on some node: so are those of OpenShift and kubeadm.
 */
static bool is_static(struct cursor *cursor, const struct pod *pod, const struct yaml_node *spec)
{
	const char *class = yaml_query_text(&cursor->doc, spec, "priorityClassName");

	return pod->names == PODS_STATIC && pod->host_network && !pod->placement.selects && class &&
	       strcmp(class, "system-node-critical") == 0;
}

/* The registry is about nodes of Linux. */
static bool takes_ports(const struct pod *pod)
{
	bool takes = pod->host_network;

	for (const struct container *c = pod->containers; c; c = c->next)
		for (const struct port *p = c->ports; p; p = p->next)
			takes |= p->claims;
	return takes && !pod->placement.windows;
}

/* Does any rule need the pod? A workload without ports may be a patch or an alternative of one. */
static bool is_needed(const struct pod *pod)
{
	bool is_workload = pod->names != PODS_STATIC && pod->names != PODS_UNKNOWN && !pod->maker;

	return takes_ports(pod) || (is_workload && !pod->placement.windows);
}

static void read_spec(struct cursor *cursor, const struct object *o,
		      const struct yaml_node *metadata, const struct yaml_node *spec)
{
	struct model *model = cursor->model;
	struct arena_mark mark = arena_mark(&model->arena);
	struct pod *pod = podspec_read(cursor, &o->pod, metadata, spec);

	model->counts.pods++;
	if (!pod || model->arena.failed)
		return;
	if (!is_needed(pod)) {
		arena_rewind(&model->arena, mark);
		return;
	}
	if (is_static(cursor, pod, spec))
		pod->placement.roles = NODES_ANY;
	*model->pods_end = pod;
	model->pods_end = &pod->next;
}

/* Read a pod's metadata and specification. */
static void read_template(struct cursor *cursor, const struct object *o,
			  const struct yaml_node *node)
{
	const struct yaml_node *metadata = yaml_query(&cursor->doc, node, "metadata");
	const struct yaml_node *spec = yaml_query(&cursor->doc, node, "spec");
	struct ignore *outer = cursor->ignores;
	size_t mark;

	if (!spec)
		return;
	if (node != o->node)
		ignore_read(cursor, metadata);
	mark = cursor_key(cursor, "spec");
	read_spec(cursor, o, metadata, spec);
	cursor_leave(cursor, mark);
	cursor->ignores = outer;
}

static void search(struct cursor *cursor, struct object *o, const struct yaml_node *node);

static void search_values(struct cursor *cursor, struct object *o, const struct yaml_node *node)
{
	const struct yaml_tree *tree = cursor->doc.tree;
	const struct yaml_node *at, *value;
	size_t mark;

	for (at = yaml_tree_first(tree, node); at && cursor->doc.steps;
	     at = yaml_tree_next(tree, value)) {
		cursor->doc.steps--;
		value = yaml_tree_next(tree, at);
		if (value->kind == YAML_KIND_SCALAR)
			continue;
		mark = cursor_key(cursor, yaml_tree_text(tree, at));
		search(cursor, o, value);
		cursor_leave(cursor, mark);
	}
}

/*
 * Look for pods in an object of a kind that we don't know. One that has them on the host network
 * may say so for all of them, as a Workflow does.
 */
static void search(struct cursor *cursor, struct object *o, const struct yaml_node *node)
{
	const struct yaml_node *at;
	bool host_network = o->pod.host_network;
	unsigned int i = 0;
	size_t mark;

	for (at = yaml_query_first(&cursor->doc, node, ""); at;
	     at = yaml_query_next(&cursor->doc, at), i++) {
		if (at->kind == YAML_KIND_SCALAR)
			continue;
		mark = cursor_index(cursor, i);
		search(cursor, o, at);
		cursor_leave(cursor, mark);
	}
	if (node->kind != YAML_KIND_MAPPING)
		return;
	if (podspec_is(&cursor->doc, yaml_query(&cursor->doc, node, "spec"))) {
		read_template(cursor, o, node);
		return;
	}
	if (podspec_is(&cursor->doc, node)) {
		read_spec(cursor, o, NULL, node);
		return;
	}
	o->pod.host_network |= yaml_query_true(&cursor->doc, node, "hostNetwork");
	search_values(cursor, o, node);
	o->pod.host_network = host_network;
}

/* 0 and 0%: no pod more than there should be. */
static bool is_zero(const char *text)
{
	return text[strspn(text, "0")] == '\0' || strcmp(text, "0%") == 0;
}

/* A Deployment surges unless it says otherwise, a DaemonSet only if it says so. */
static void read_surge(struct cursor *cursor, struct object *o)
{
	bool deployment = strcmp(o->pod.kind, "Deployment") == 0;
	const char *strategy = deployment ? "spec.strategy" : "spec.updateStrategy";
	const struct yaml_node *spec = yaml_query(&cursor->doc, o->node, "spec");
	const struct yaml_node *how = yaml_query(&cursor->doc, o->node, strategy), *value;
	const char *type = yaml_query_text(&cursor->doc, how, "type");
	const char *text = yaml_query_text(&cursor->doc, how, "rollingUpdate.maxSurge");
	const char *replicas = yaml_query_text(&cursor->doc, spec, "replicas");
	size_t mark;

	if (!spec || (!deployment && strcmp(o->pod.kind, "DaemonSet") != 0) ||
	    (type && strcmp(type, "RollingUpdate") != 0) || (text ? is_zero(text) : !deployment))
		return;
	value = text ? yaml_query(&cursor->doc, how, "rollingUpdate.maxSurge") : spec;
	mark = cursor_path(cursor, text ? strategy : "spec");
	if (text)
		(void)cursor_path(cursor, "rollingUpdate.maxSurge");
	o->pod.surge.text = text ? arena_text_max(&cursor->model->arena, text, CURSOR_TEXT_MAX) :
				   "25% by default";
	o->pod.surge.place = cursor_place(cursor, value, NULL);
	o->pod.surge.several = replicas && strcmp(replicas, "1") != 0;
	cursor_leave(cursor, mark);
}

static void read_workload(struct cursor *cursor, struct object *o, const struct kind *kind)
{
	const struct yaml_node *template = yaml_query(&cursor->doc, o->node, kind->template);

	if (!template)
		return;
	read_surge(cursor, o);
	(void)cursor_path(cursor, kind->template);
	read_template(cursor, o, template);
}

/* ---- manifests in texts -------------------------------------------------------------------- */
/* Where a document stands that is in a text of the present one. */
static void enter_text(const struct cursor *cursor, const struct yaml_node *node, bool lines,
		       struct cursor *inner)
{
	bool outermost = !cursor->around.line;

	*inner = (struct cursor) {
		.model = cursor->model,
		.findings = cursor->findings,
		.file = cursor->file,
		.full_name = "?",
		.around = cursor->around,
	};
	inner->around.depth++;
	if (outermost || cursor->around.lines) {
		inner->around.line = cursor->around.line + node->line;
		inner->around.column = outermost ? node->column : 1;
		inner->around.lines = lines;
	}
	buf_puts(&inner->path, cursor->path.data);
}

/* Look for objects in a text that belongs to a node; `lines`: they are those of the file. */
static void read_text(struct cursor *cursor, const struct yaml_node *node, const char *text,
		      size_t len, bool lines)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct cursor inner;
	int r;

	if (cursor->around.depth == EMBEDDED_DEPTH_MAX || !embedded_is_manifest(text))
		return;
	/* Aliases can make one text many. */
	cursor->doc.steps -= len / 8 < cursor->doc.steps ? len / 8 : cursor->doc.steps;
	enter_text(cursor, node, lines, &inner);
	inner.doc.steps = cursor->doc.steps;
	r = yaml_stream_new(cursor->file, text, len, &diags, &stream);
	while (r >= 0 && inner.doc.steps) {
		_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;

		r = yaml_stream_next(stream, &tree);
		if (r != 1)
			break;
		inner.doc.tree = tree;
		object_read_document(&inner);
	}
	cursor->doc.steps = inner.doc.steps;
	cursor->model->arena.failed |= r == -ENOMEM || inner.path.failed;
	buf_free(&inner.path);
}

/* The values of a mapping that are texts: a ConfigMap's data. */
static void read_texts(struct cursor *cursor, const struct yaml_node *node, const char *key)
{
	const struct yaml_tree *tree = cursor->doc.tree;
	const struct yaml_node *mapping = yaml_query(&cursor->doc, node, key), *at, *value;
	size_t mark = cursor_key(cursor, key), inner;

	if (mapping && mapping->kind == YAML_KIND_MAPPING)
		for (at = yaml_tree_first(tree, mapping); at; at = yaml_tree_next(tree, value)) {
			value = yaml_tree_next(tree, at);
			if (value->kind != YAML_KIND_SCALAR)
				continue;
			inner = cursor_key(cursor, yaml_tree_text(tree, at));
			read_text(cursor, value, yaml_tree_text(tree, value), value->len,
				  value->block);
			cursor_leave(cursor, inner);
		}
	cursor_leave(cursor, mark);
}

/* The files that Ignition writes: static pods are among them. Butane has them inline. */
static void read_files(struct cursor *cursor, const struct yaml_node *node, const char *path)
{
	const struct yaml_node *item, *source, *text;
	struct cursor_list list;
	size_t mark;

	for (item = cursor_first(cursor, node, path, &list); item;
	     item = cursor_next(cursor, &list)) {
		_cleanup_buf_ struct buf decoded = { 0 };

		source = yaml_query(&cursor->doc, item, "contents.source");
		text = yaml_query(&cursor->doc, item, "contents.inline");
		mark = cursor_path(cursor, source ? "contents.source" : "contents.inline");
		if (source && source->kind == YAML_KIND_SCALAR &&
		    embedded_decode(yaml_tree_text(cursor->doc.tree, source), &decoded) == 0 &&
		    decoded.data)
			read_text(cursor, source, decoded.data, decoded.len, false);
		else if (!source && text && text->kind == YAML_KIND_SCALAR)
			read_text(cursor, text, yaml_tree_text(cursor->doc.tree, text), text->len,
				  text->block);
		cursor_leave(cursor, mark);
		cursor->model->arena.failed |= decoded.failed;
	}
}

static void read_embedded(struct cursor *cursor, const struct object *o)
{
	if (strcmp(o->pod.kind, "ConfigMap") == 0)
		read_texts(cursor, o->node, "data");
	else if (strcmp(o->pod.kind, "Secret") == 0)
		read_texts(cursor, o->node, "stringData");
	else if (strcmp(o->pod.kind, "MachineConfig") == 0)
		read_files(cursor, o->node, "spec.config.storage.files");
}

/* ---- objects ------------------------------------------------------------------------------- */
static void read_items(struct cursor *cursor, const struct yaml_node *node, const char *key,
		       const char *of_list)
{
	const struct yaml_node *item;
	struct cursor_list list;

	for (item = cursor_first(cursor, node, key, &list); item; item = cursor_next(cursor, &list))
		read_object(cursor, item, of_list);
}

/* Is it the outermost mapping of a document that comes in parts? Its kind may be in the last. */
static bool is_part(const struct cursor *cursor, const struct yaml_node *node)
{
	const struct yaml_tree *tree = cursor->doc.tree;

	return node == tree->nodes && (tree->more || tree->before);
}

/* "List" has objects of any kind, "PodList" pods that need not say so. */
static bool read_list(struct cursor *cursor, const struct object *o)
{
	const char *kind = o->pod.kind;
	size_t len = strlen(kind);
	const struct yaml_node *items = yaml_query(&cursor->doc, o->node, "items");

	if (strcmp(kind, "Template") == 0 && yaml_query(&cursor->doc, o->node, "objects")) {
		read_items(cursor, o->node, "objects", NULL);
		return true;
	}
	if (len < 4 || strcmp(kind + len - 4, "List") != 0 || !items)
		return false;
	read_items(cursor, o->node, "items",
		   len == 4 ? NULL : arena_text_max(&cursor->model->arena, kind, len - 4));
	return true;
}

/* The controller that made it, of an object that was read from a cluster. */
static void read_maker(struct cursor *cursor, struct object *o)
{
	const struct yaml_node *item =
		yaml_query_first(&cursor->doc, o->metadata, "ownerReferences");
	const char *phase = yaml_query_text(&cursor->doc, o->node, "status.phase");

	while (item && !yaml_query_true(&cursor->doc, item, "controller"))
		item = yaml_query_next(&cursor->doc, item);
	if (item) {
		o->pod.maker_kind = cursor_text(cursor, item, "kind");
		o->pod.maker = cursor_text(cursor, item, "name");
	}
	o->pod.ended = phase && (strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0);
}

/* A name that is still to be filled in belongs to a template; it matters where ports are taken. */
static void check_name(struct cursor *cursor, const struct object *o, const char *key)
{
	const char *text = yaml_query_text(&cursor->doc, o->metadata, key);
	_cleanup_buf_ struct buf what = { 0 };
	size_t mark;

	if (!text || !placeholder_in(text))
		return;
	buf_printf(&what, "the %s of a %s", key, o->pod.kind);
	cursor->findings->failed |= what.failed;
	if (what.failed)
		return;
	mark = cursor_key(cursor, "metadata");
	cursor_add_template(cursor, yaml_query(&cursor->doc, o->metadata, key), key, what.data,
			    text);
	cursor_leave(cursor, mark);
}

/* Its kind, namespace and name. False: it is no object. */
static bool read_identity(struct cursor *cursor, struct object *o, const char *of_list)
{
	struct arena *arena = &cursor->model->arena;
	const char *version = yaml_query_text(&cursor->doc, o->node, "apiVersion");
	const char *slash = version ? strchr(version, '/') : NULL;
	struct pod *pod = &o->pod;
	const char *name;

	pod->kind = cursor_text(cursor, o->node, "kind");
	if (!pod->kind || !version) {
		if (!of_list)
			return false;
		pod->kind = of_list;
	}
	o->group = slash ? arena_text_max(arena, version, (size_t)(slash - version)) : "";
	o->metadata = yaml_query(&cursor->doc, o->node, "metadata");
	pod->namespace_ = cursor_text(cursor, o->metadata, "namespace");
	pod->placeless = !pod->namespace_ || !*pod->namespace_;
	if (pod->placeless)
		pod->namespace_ = arena_text(arena, cursor->model->namespace_);
	pod->name = cursor_text(cursor, o->metadata, "name");
	pod->names = PODS_UNKNOWN;
	if (!pod->name) {
		name = yaml_query_text(&cursor->doc, o->metadata, "generateName");
		pod->nameless = !name;
		pod->name = name ? arena_printf(arena, "%sxxxxx", name) : "?";
	}
	pod->full_name = arena_printf(arena, "%s %s/%s", pod->kind, pod->namespace_, pod->name);
	cursor->full_name = pod->full_name;
	return o->group && pod->namespace_ && pod->name && pod->full_name;
}

static void read_contents(struct cursor *cursor, struct object *o)
{
	const struct kind *kind = find_kind(o);
	struct pod **pods = cursor->model->pods_end;
	size_t path = cursor->path.len;

	ignore_read(cursor, o->metadata);
	read_maker(cursor, o);
	if (kind) {
		o->pod.names = kind->names;
		read_workload(cursor, o, kind);
	} else if (strcmp(o->pod.kind, "Service") == 0 && !*o->group) {
		service_read(cursor, &o->pod, o->node);
	} else {
		search(cursor, o, o->node);
		read_embedded(cursor, o);
	}
	cursor_leave(cursor, path);
	for (const struct pod *p = *pods; p; p = p->next)
		if (takes_ports(p)) {
			check_name(cursor, o, "name");
			check_name(cursor, o, "namespace");
		}
}

static void read_object(struct cursor *cursor, const struct yaml_node *node, const char *of_list)
{
	struct model *model = cursor->model;
	struct arena_mark start = arena_mark(&model->arena);
	struct object o = { .node = node };
	struct pod **pods = model->pods_end;
	struct service **services = model->services_end;
	const struct ignore *ignores = model->ignores;
	const struct node_port *node_ports = model->node_ports;
	size_t path = cursor->path.len;

	if (is_part(cursor, node) && !yaml_query(&cursor->doc, node, "kind")) {
		read_items(cursor, node, "items", NULL);
		return;
	}
	if (!read_identity(cursor, &o, of_list)) {
		model->counts.others++;
		if (yaml_query(&cursor->doc, node, "ignition.version") ||
		    yaml_query(&cursor->doc, node, "variant"))
			read_files(cursor, node, "storage.files");
		if (!*pods)
			arena_rewind(&model->arena, start);
		return;
	}
	if (read_list(cursor, &o))
		return;
	model->counts.objects++;
	cursor->ignores = NULL;
	read_contents(cursor, &o);
	cursor->ignores = NULL;
	cursor_leave(cursor, path);
	if (*pods && model->settle)
		model->settle(model->settle_data, start);
	if (!*pods && !*services && ignores == model->ignores && node_ports == model->node_ports)
		arena_rewind(&model->arena, start);
}

void object_read_document(struct cursor *cursor)
{
	read_object(cursor, cursor->doc.tree->nodes, NULL);
}
