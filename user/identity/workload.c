// SPDX-License-Identifier: MIT
/*
 * A workload's name is worth something only where the workload could not choose it. So a path
 * is read from the root, and reading stops at the first component below which processes other
 * than the kubelet and systemd make cgroups: a container's own, or a unit's own. A name that
 * looks like a pod's counts only where the kubelet puts it: in its hierarchy at the root, or at
 * the root of a node that is itself a container.
 */
#include "workload.h"

#include "../base/cleanup.h"
#include "../base/string_view.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_container_id(struct string_view p)
{
	for (size_t i = 0; i < p.len; i++)
		if (!is_hex(p.s[i]))
			return false;
	return p.len > 0 && p.len <= 64;
}

/* A pod's UID, its dashes written as `dash`, or a static pod's 32 digits. */
static bool is_pod_uid(struct string_view p, char dash)
{
	for (size_t i = 0; i < p.len; i++) {
		bool is_dash = p.len == 36 && (i == 8 || i == 13 || i == 18 || i == 23);

		if (is_dash ? p.s[i] != dash : !is_hex(p.s[i]))
			return false;
	}
	return p.len == 36 || p.len == 32;
}

static void set_pod(struct string_view uid, struct workload *ret)
{
	ret->kind = WORKLOAD_POD;
	STRING_VIEW_STORE(ret->uid, uid);
	for (char *c = ret->uid; *c; c++)
		if (*c == '_')
			*c = '-';
}

/* The name that a runtime gives to the cgroup of a container, or of its monitor, below the pod's.
 */
struct container_form {
	struct string_view prefix;
	struct string_view runtime;
	bool monitor;
};

static const struct container_form container_forms[] = {
	{ STRING_VIEW_INIT("crio-conmon-"), STRING_VIEW_INIT("crio"), true },
	{ STRING_VIEW_INIT("crio-"), STRING_VIEW_INIT("crio"), false },
	{ STRING_VIEW_INIT("cri-containerd-"), STRING_VIEW_INIT("containerd"), false },
	{ STRING_VIEW_INIT("docker-"), STRING_VIEW_INIT("docker"), false },
	{ STRING_VIEW_INIT(""), STRING_VIEW_INIT(""), false },
};

static void set_container(struct string_view p, struct workload *ret)
{
	(void)string_view_end(&p, STRING_VIEW(".scope"));
	for (size_t i = 0; i < ARRAY_LEN(container_forms); i++) {
		const struct container_form *form = &container_forms[i];
		struct string_view id = p;

		if (!string_view_front(&id, form->prefix) || !is_container_id(id))
			continue;
		if (!form->monitor)
			STRING_VIEW_STORE(ret->container_id, id);
		STRING_VIEW_STORE(ret->runtime, form->runtime);
		return;
	}
}

static const struct string_view qos_classes[] = {
	STRING_VIEW_INIT("burstable"),
	STRING_VIEW_INIT("besteffort"),
	STRING_VIEW_INIT("guaranteed"),
};

/* kubepods[/QOS]/podUID[/CONTAINER], as the cgroupfs driver makes them. */
static bool parse_cgroupfs_pod(const char *path, struct workload *ret)
{
	struct string_view uid;

	if (!string_view_next_is(&path, STRING_VIEW("kubepods")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(qos_classes); i++)
		if (string_view_next_is(&path, qos_classes[i]))
			break;
	uid = string_view_next(&path);
	if (!string_view_front(&uid, STRING_VIEW("pod")) || !is_pod_uid(uid, '-'))
		return false;
	set_pod(uid, ret);
	set_container(string_view_next(&path), ret);
	return true;
}

/* Skip "-QOS" at the front. False: it is not there. */
static bool skip_qos(struct string_view *p)
{
	for (size_t i = 0; i < ARRAY_LEN(qos_classes); i++) {
		struct string_view rest = *p;

		if (!string_view_front(&rest, STRING_VIEW("-")) ||
		    !string_view_front(&rest, qos_classes[i]))
			continue;
		*p = rest;
		return true;
	}
	return false;
}

/* Is this the name of a QoS class's slice below `root`? */
static bool is_qos_slice(struct string_view name, struct string_view root)
{
	return string_view_front(&name, root) && skip_qos(&name) && name.len == 0;
}

/* The path's next component without its suffix .slice; empty: it is no slice. */
static struct string_view next_slice(const char **path)
{
	struct string_view p = string_view_next(path);

	return string_view_end(&p, STRING_VIEW(".slice")) ? p : STRING_VIEW("");
}

/*
 * [kubelet.slice/kubelet-]kubepods.slice[/kubepods-QOS.slice]/
 * kubepods[-QOS]-podUID.slice[/CONTAINER], as the systemd driver makes them:
 * each name begins with the one above it.
 */
static bool parse_systemd_pod(const char *path, struct workload *ret)
{
	struct string_view root = STRING_VIEW("kubepods"), above, p;

	if (string_view_next_is(&path, STRING_VIEW("kubelet.slice")))
		root = STRING_VIEW("kubelet-kubepods");
	if (!string_view_same(next_slice(&path), root))
		return false;
	above = root;
	p = next_slice(&path);
	if (is_qos_slice(p, root)) {
		above = p;
		p = next_slice(&path);
	}
	if (!string_view_front(&p, above) || !string_view_front(&p, STRING_VIEW("-pod")) ||
	    !is_pod_uid(p, '_'))
		return false;
	set_pod(p, ret);
	set_container(string_view_next(&path), ret);
	return true;
}

/*
 * [kubelet-]kubepods[-QOS]-podUID.slice:cri-containerd:ID as one name: what
 * runc makes of the systemd driver's path when it was not told of that driver,
 * at the root or in the runtime's own cgroup.
 */
static bool parse_colon_pod(const char *path, struct workload *ret)
{
	const char *below = path;
	struct string_view p, uid;

	if (string_view_next_is(&below, STRING_VIEW("system.slice")) &&
	    string_view_next_is(&below, STRING_VIEW("containerd.service")))
		path = below;
	p = string_view_next(&path);
	(void)string_view_front(&p, STRING_VIEW("kubelet-"));
	if (!string_view_front(&p, STRING_VIEW("kubepods")))
		return false;
	(void)skip_qos(&p);
	if (!string_view_front(&p, STRING_VIEW("-pod")))
		return false;
	uid = (struct string_view) { p.s, strcspn(p.s, "./") };
	(void)string_view_front(&p, uid);
	if (!is_pod_uid(uid, '_') ||
	    !string_view_front(&p, STRING_VIEW(".slice:cri-containerd:")) || !is_container_id(p))
		return false;
	set_pod(uid, ret);
	STRING_VIEW_STORE(ret->container_id, p);
	STRING_VIEW_STORE(ret->runtime, STRING_VIEW("containerd"));
	return true;
}

/* A container engine's name for the cgroup of a container. */
struct engine_form {
	struct string_view parent, prefix, suffix;
};

static const struct engine_form engine_forms[] = {
	{ STRING_VIEW_INIT("docker"), STRING_VIEW_INIT(""), STRING_VIEW_INIT("") },
	{ STRING_VIEW_INIT("system.slice"), STRING_VIEW_INIT("docker-"),
	  STRING_VIEW_INIT(".scope") },
	{ STRING_VIEW_INIT("machine.slice"), STRING_VIEW_INIT("libpod-"),
	  STRING_VIEW_INIT(".scope") },
	{ STRING_VIEW_INIT("libpod_parent"), STRING_VIEW_INIT("libpod-"), STRING_VIEW_INIT("") },
};

/* Step into a container of an engine, if the path leads into one. */
static bool enter_container(const char **path)
{
	for (size_t i = 0; i < ARRAY_LEN(engine_forms); i++) {
		const struct engine_form *form = &engine_forms[i];
		const char *rest = *path;
		struct string_view id;

		if (!string_view_next_is(&rest, form->parent))
			continue;
		id = string_view_next(&rest);
		if (!string_view_front(&id, form->prefix) || !string_view_end(&id, form->suffix) ||
		    !is_container_id(id))
			continue;
		(void)string_view_next_is(&rest, STRING_VIEW("container"));
		*path = rest;
		return true;
	}
	return false;
}

static bool parse_pod(const char *path, struct workload *ret)
{
	do {
		const char *below = path;

		if (parse_systemd_pod(path, ret) || parse_colon_pod(path, ret))
			return true;
		(void)string_view_next_is(&below, STRING_VIEW("kubelet"));
		if (parse_cgroupfs_pod(below, ret))
			return true;
	} while (enter_container(&path));
	return false;
}

static bool is_unit_name(struct string_view p)
{
	static const struct string_view suffixes[] = {
		STRING_VIEW_INIT(".service"), STRING_VIEW_INIT(".scope"),
		STRING_VIEW_INIT(".socket"),  STRING_VIEW_INIT(".mount"),
		STRING_VIEW_INIT(".swap"),
	};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (string_view_end(&p, suffixes[i]))
			return p.len > 0;
	return false;
}

/* The first component that is not a slice, as systemd attributes processes. */
static bool parse_unit(const char *path, struct workload *ret)
{
	struct string_view p, stem;

	do
		stem = p = string_view_next(&path);
	while (string_view_end(&stem, STRING_VIEW(".slice")) && stem.len > 0);
	/* systemd puts an underscore before names that the kernel could mistake. */
	(void)string_view_front(&p, STRING_VIEW("_"));
	if (!is_unit_name(p) || p.len >= sizeof(ret->unit))
		return false;
	ret->kind = WORKLOAD_UNIT;
	STRING_VIEW_STORE(ret->unit, p);
	return true;
}

void workload_parse(const char *cgroup_path, struct workload *ret)
{
	*ret = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	if (*cgroup_path != '/')
		return;
	ret->kind = WORKLOAD_CGROUP;
	if (!parse_pod(cgroup_path, ret))
		(void)parse_unit(cgroup_path, ret);
}

static const char *const kind_words[] = {
	[WORKLOAD_UNKNOWN] = "unknown", [WORKLOAD_POD] = "pod",	      [WORKLOAD_UNIT] = "unit",
	[WORKLOAD_KERNEL] = "kernel",	[WORKLOAD_CGROUP] = "cgroup",
};

_Static_assert(ARRAY_LEN(kind_words) == WORKLOAD_KIND_MAX, "a word for each kind");

const char *workload_kind_word(enum workload_kind kind)
{
	return (unsigned int)kind < WORKLOAD_KIND_MAX ? kind_words[kind] : "unknown";
}

enum workload_kind workload_word_to_kind(const char *word)
{
	for (unsigned int kind = 0; kind < WORKLOAD_KIND_MAX; kind++)
		if (strcmp(kind_words[kind], word) == 0)
			return (enum workload_kind)kind;
	return WORKLOAD_UNKNOWN;
}
