// SPDX-License-Identifier: MIT
/*
 * A workload's name is worth something only where the workload could not choose
 * it. So a path is read from the root, and reading stops at the first component
 * below which others than the kubelet and systemd make cgroups: a container's
 * own, or a unit's own. A name that looks like a pod's counts only where the
 * kubelet puts it: in its hierarchy at the root, or at the root of a node that
 * is itself a container.
 */
#include "workload.h"

#include "../base/cleanup.h"
#include "part.h"

static bool hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool container_id(struct part p)
{
	for (size_t i = 0; i < p.len; i++)
		if (!hex(p.s[i]))
			return false;
	return p.len > 0 && p.len <= 64;
}

/* A pod's UID, its dashes written as `dash`, or a static pod's 32 digits. */
static bool pod_uid(struct part p, char dash)
{
	for (size_t i = 0; i < p.len; i++) {
		bool is_dash = p.len == 36 && (i == 8 || i == 13 || i == 18 || i == 23);

		if (is_dash ? p.s[i] != dash : !hex(p.s[i]))
			return false;
	}
	return p.len == 36 || p.len == 32;
}

static void found_pod(struct part uid, struct workload *ret)
{
	ret->kind = WORKLOAD_POD;
	PART_STORE(ret->uid, uid);
	for (char *c = ret->uid; *c; c++)
		if (*c == '_')
			*c = '-';
}

/* What a runtime calls the cgroup of a container, or of its monitor, below the pod's. */
struct container_form {
	struct part prefix;
	struct part runtime;
	bool monitor;
};

static const struct container_form container_forms[] = {
	{ PART_INIT("crio-conmon-"), PART_INIT("crio"), true },
	{ PART_INIT("crio-"), PART_INIT("crio"), false },
	{ PART_INIT("cri-containerd-"), PART_INIT("containerd"), false },
	{ PART_INIT("docker-"), PART_INIT("docker"), false },
	{ PART_INIT(""), PART_INIT(""), false },
};

static void found_container(struct part p, struct workload *ret)
{
	(void)part_end(&p, PART(".scope"));
	for (size_t i = 0; i < ARRAY_LEN(container_forms); i++) {
		const struct container_form *form = &container_forms[i];
		struct part id = p;

		if (!part_front(&id, form->prefix) || !container_id(id))
			continue;
		if (!form->monitor)
			PART_STORE(ret->container_id, id);
		PART_STORE(ret->runtime, form->runtime);
		return;
	}
}

static const struct part qos_classes[] = {
	PART_INIT("burstable"),
	PART_INIT("besteffort"),
	PART_INIT("guaranteed"),
};

/* kubepods[/QOS]/podUID[/CONTAINER], as the cgroupfs driver makes them. */
static bool cgroupfs_pod(const char *path, struct workload *ret)
{
	struct part uid;

	if (!part_next_is(&path, PART("kubepods")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(qos_classes); i++)
		if (part_next_is(&path, qos_classes[i]))
			break;
	uid = part_next(&path);
	if (!part_front(&uid, PART("pod")) || !pod_uid(uid, '-'))
		return false;
	found_pod(uid, ret);
	found_container(part_next(&path), ret);
	return true;
}

/* Take "-QOS" off the front, if it is there. */
static bool take_qos(struct part *p)
{
	for (size_t i = 0; i < ARRAY_LEN(qos_classes); i++) {
		struct part rest = *p;

		if (!part_front(&rest, PART("-")) || !part_front(&rest, qos_classes[i]))
			continue;
		*p = rest;
		return true;
	}
	return false;
}

/* Is this the name of a QoS class's slice below `root`? */
static bool qos_slice(struct part name, struct part root)
{
	return part_front(&name, root) && take_qos(&name) && name.len == 0;
}

/* Take a slice off the path; its name without the suffix, empty if it is none. */
static struct part next_slice(const char **path)
{
	struct part p = part_next(path);

	return part_end(&p, PART(".slice")) ? p : PART("");
}

/*
 * [kubelet.slice/kubelet-]kubepods.slice[/kubepods-QOS.slice]/
 * kubepods[-QOS]-podUID.slice[/CONTAINER], as the systemd driver makes them:
 * each name begins with the one above it.
 */
static bool systemd_pod(const char *path, struct workload *ret)
{
	struct part root = PART("kubepods"), above, p;

	if (part_next_is(&path, PART("kubelet.slice")))
		root = PART("kubelet-kubepods");
	if (!part_same(next_slice(&path), root))
		return false;
	above = root;
	p = next_slice(&path);
	if (qos_slice(p, root)) {
		above = p;
		p = next_slice(&path);
	}
	if (!part_front(&p, above) || !part_front(&p, PART("-pod")) || !pod_uid(p, '_'))
		return false;
	found_pod(p, ret);
	found_container(part_next(&path), ret);
	return true;
}

/*
 * [kubelet-]kubepods[-QOS]-podUID.slice:cri-containerd:ID as one name: what
 * runc makes of the systemd driver's path when it was not told of that driver,
 * at the root or in the runtime's own cgroup.
 */
static bool colon_pod(const char *path, struct workload *ret)
{
	const char *below = path;
	struct part p, uid;

	if (part_next_is(&below, PART("system.slice")) &&
	    part_next_is(&below, PART("containerd.service")))
		path = below;
	p = part_next(&path);
	(void)part_front(&p, PART("kubelet-"));
	if (!part_front(&p, PART("kubepods")))
		return false;
	(void)take_qos(&p);
	if (!part_front(&p, PART("-pod")))
		return false;
	uid = (struct part) { p.s, strcspn(p.s, "./") };
	(void)part_front(&p, uid);
	if (!pod_uid(uid, '_') || !part_front(&p, PART(".slice:cri-containerd:")) ||
	    !container_id(p))
		return false;
	found_pod(uid, ret);
	PART_STORE(ret->container_id, p);
	PART_STORE(ret->runtime, PART("containerd"));
	return true;
}

/* What a container engine calls the cgroup of a container. */
struct engine_form {
	struct part parent, prefix, suffix;
};

static const struct engine_form engine_forms[] = {
	{ PART_INIT("docker"), PART_INIT(""), PART_INIT("") },
	{ PART_INIT("system.slice"), PART_INIT("docker-"), PART_INIT(".scope") },
	{ PART_INIT("machine.slice"), PART_INIT("libpod-"), PART_INIT(".scope") },
	{ PART_INIT("libpod_parent"), PART_INIT("libpod-"), PART_INIT("") },
};

/* Step into a container of an engine, if the path leads into one. */
static bool enter_container(const char **path)
{
	for (size_t i = 0; i < ARRAY_LEN(engine_forms); i++) {
		const struct engine_form *form = &engine_forms[i];
		const char *rest = *path;
		struct part id;

		if (!part_next_is(&rest, form->parent))
			continue;
		id = part_next(&rest);
		if (!part_front(&id, form->prefix) || !part_end(&id, form->suffix) ||
		    !container_id(id))
			continue;
		(void)part_next_is(&rest, PART("container"));
		*path = rest;
		return true;
	}
	return false;
}

static bool pod(const char *path, struct workload *ret)
{
	do {
		const char *below = path;

		if (systemd_pod(path, ret) || colon_pod(path, ret))
			return true;
		(void)part_next_is(&below, PART("kubelet"));
		if (cgroupfs_pod(below, ret))
			return true;
	} while (enter_container(&path));
	return false;
}

static bool unit_name(struct part p)
{
	static const struct part suffixes[] = {
		PART_INIT(".service"), PART_INIT(".scope"), PART_INIT(".socket"),
		PART_INIT(".mount"),   PART_INIT(".swap"),
	};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (part_end(&p, suffixes[i]))
			return p.len > 0;
	return false;
}

/* The first component that is not a slice, as systemd attributes processes. */
static bool unit(const char *path, struct workload *ret)
{
	struct part p, stem;

	do
		stem = p = part_next(&path);
	while (part_end(&stem, PART(".slice")) && stem.len > 0);
	/* systemd puts an underscore before names that the kernel could mistake. */
	(void)part_front(&p, PART("_"));
	if (!unit_name(p) || p.len >= sizeof(ret->unit))
		return false;
	ret->kind = WORKLOAD_UNIT;
	PART_STORE(ret->unit, p);
	return true;
}

void workload_parse(const char *cgroup_path, struct workload *ret)
{
	*ret = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	if (*cgroup_path != '/')
		return;
	ret->kind = WORKLOAD_CGROUP;
	if (!pod(cgroup_path, ret))
		(void)unit(cgroup_path, ret);
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
