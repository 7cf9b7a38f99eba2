// SPDX-License-Identifier: MIT
/*
 * A workload's name is worth something only where the workload could not choose it. So a path
 * is read from the root, and reading stops at the first component below which processes other
 * than the kubelet and systemd make cgroups: a container's own, or a unit's own. A name that
 * looks like a pod's counts only where the kubelet puts it: in its hierarchy at the root, or at
 * the root of the agent's own node, if that is itself a container.
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

/* What a manifest states as its pod's UID. */
static bool is_stated_uid(struct string_view p, char dash)
{
	for (size_t i = 0; i < p.len; i++)
		if (!(is_hex(p.s[i]) || (p.s[i] >= 'g' && p.s[i] <= 'z') ||
		      (p.s[i] >= 'A' && p.s[i] <= 'Z') || p.s[i] == '.' || p.s[i] == dash))
			return false;
	return p.len > 0 && p.len < sizeof(((struct workload *)0)->uid);
}

/* Does a text have the form of a pod's UID? */
typedef bool (*uid_fn)(struct string_view p, char dash);

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
static bool parse_cgroupfs_pod(const char *path, uid_fn is_uid, struct workload *ret)
{
	struct string_view uid;

	if (!string_view_next_is(&path, STRING_VIEW("kubepods")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(qos_classes); i++)
		if (string_view_next_is(&path, qos_classes[i]))
			break;
	uid = string_view_next(&path);
	if (!string_view_front(&uid, STRING_VIEW("pod")) || !is_uid(uid, '-'))
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
 * Step over the slices that lead to the kubelet's, A.slice/A-B.slice/A-B-kubepods.slice: each
 * name begins with the one above it. Sets the last one's name without its suffix.
 */
static bool enter_kubepods_slice(const char **path, struct string_view *ret_root)
{
	const char *rest = *path;
	struct string_view above = STRING_VIEW(""), name;

	for (;;) {
		struct string_view own = name = next_slice(&rest);

		if (name.len == 0 || !string_view_front(&own, above) ||
		    (above.len && !string_view_front(&own, STRING_VIEW("-"))))
			return false;
		if (string_view_same(own, STRING_VIEW("kubepods")))
			break;
		above = name;
	}
	*ret_root = name;
	*path = rest;
	return true;
}

/*
 * [ROOT.slice/ROOT-]kubepods.slice[/kubepods-QOS.slice]/kubepods[-QOS]-podUID.slice[/CONTAINER],
 * as the systemd driver makes them: each name begins with the one above it. ROOT is the
 * kubelet's --cgroup-root; kind has "kubelet".
 */
static bool parse_systemd_pod(const char *path, uid_fn is_uid, struct workload *ret)
{
	struct string_view root, above, p;

	if (!enter_kubepods_slice(&path, &root))
		return false;
	above = root;
	p = next_slice(&path);
	if (is_qos_slice(p, root)) {
		above = p;
		p = next_slice(&path);
	}
	if (!string_view_front(&p, above) || !string_view_front(&p, STRING_VIEW("-pod")) ||
	    !is_uid(p, '_'))
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
static bool parse_colon_pod(const char *path, uid_fn is_uid, struct workload *ret)
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
	if (!is_uid(uid, '_') || !string_view_front(&p, STRING_VIEW(".slice:cri-containerd:")) ||
	    !is_container_id(p))
		return false;
	set_pod(uid, ret);
	STRING_VIEW_STORE(ret->container_id, p);
	STRING_VIEW_STORE(ret->runtime, STRING_VIEW("containerd"));
	return true;
}

/* A pod's path at the root of a node. */
static bool parse_pod(const char *path, uid_fn is_uid, struct workload *ret)
{
	if (parse_systemd_pod(path, is_uid, ret) || parse_colon_pod(path, is_uid, ret))
		return true;
	(void)string_view_next_is(&path, STRING_VIEW("kubelet"));
	return parse_cgroupfs_pod(path, is_uid, ret);
}

/*
 * kata_overhead/SANDBOX: the virtual machine monitor of a Kata pod. The path does not name the
 * pod.
 */
static bool parse_kata(const char *path, struct workload *ret)
{
	struct string_view id;

	if (!string_view_next_is(&path, STRING_VIEW("kata_overhead")))
		return false;
	id = string_view_next(&path);
	if (!is_container_id(id))
		return false;
	STRING_VIEW_STORE(ret->container_id, id);
	STRING_VIEW_STORE(ret->runtime, STRING_VIEW("kata"));
	return true;
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

/* One name for the monitors of all containers: an id in it would make a unit of each. */
static struct string_view monitor_name(struct string_view unit)
{
	static const struct string_view monitors[] = {
		STRING_VIEW_INIT("crio-conmon"),
		STRING_VIEW_INIT("libpod-conmon"),
	};

	for (size_t i = 0; i < ARRAY_LEN(monitors); i++) {
		struct string_view id = unit;

		if (string_view_front(&id, monitors[i]) &&
		    string_view_front(&id, STRING_VIEW("-")) &&
		    string_view_end(&id, STRING_VIEW(".scope")) && is_container_id(id))
			return monitors[i];
	}
	return unit;
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
	STRING_VIEW_STORE(ret->unit, monitor_name(p));
	return true;
}

/* Where a node begins: what systemd and the kubelet make there follows. */
static bool is_top_of_node(const char *path)
{
	static const struct string_view tops[] = {
		STRING_VIEW_INIT("system.slice"),
		STRING_VIEW_INIT("user.slice"),
		STRING_VIEW_INIT("machine.slice"),
		STRING_VIEW_INIT("init.scope"),
	};
	struct workload ignored;

	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		const char *rest = path;

		if (string_view_next_is(&rest, tops[i]))
			return true;
	}
	return parse_pod(path, is_pod_uid, &ignored);
}

/* The path as the node has it; a path that is not below the node's is left as it is. */
static const char *below_node(const char *node_root, const char *path)
{
	size_t len = strlen(node_root);

	return strncmp(path, node_root, len) == 0 && path[len] == '/' ? path + len : path;
}

void workload_parse(const char *node_root, const char *cgroup_path, struct workload *ret)
{
	const char *path;

	*ret = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	if (*cgroup_path != '/')
		return;
	ret->kind = WORKLOAD_CGROUP;
	path = below_node(node_root, cgroup_path);
	if (!parse_pod(path, is_pod_uid, ret) && !parse_unit(path, ret))
		(void)parse_kata(path, ret);
}

bool workload_parse_stated(const char *node_root, const char *cgroup_path, struct workload *ret)
{
	*ret = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	return parse_pod(below_node(node_root, cgroup_path), is_stated_uid, ret);
}

size_t workload_node_root(const char *own_path)
{
	size_t own_len = strlen(own_path);
	struct workload own;

	for (size_t len = own_len; len-- > 0;)
		if (own_path[len] == '/' && is_top_of_node(own_path + len))
			return len;
	workload_parse("", own_path, &own);
	return own.kind == WORKLOAD_CGROUP && own_len > 1 ? own_len : 0;
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
