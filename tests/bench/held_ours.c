// SPDX-License-Identifier: MIT
/* Our own programs, with what the agent would do for them and no more. */
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "../../user/base/parse.h"
#include "../../user/kernel/cgroup.h"
#include "../../user/kernel/kernel.h"
#include "../../user/kernel/netns.h"
#include "../../user/policy/policy.h"
#include "../../user/registry/registry.h"
#include "binder.h"
#include "held.h"
#include "ports.h"

/* From where the kernel chooses unless told otherwise; a new netns is as it comes. */
#define DRAIN	     1024 /* records at once */
#define CHOSEN_FIRST 32768
#define CHOSEN_LAST  60999

struct ours {
	struct kernel *kernel;
	int cgroup_fd; /* borrowed */
};

/* ---- the policy ---------------------------------------------------------------------------- */

static void put_row(struct buf *text, uint16_t first, uint16_t count, const char *protocol)
{
	buf_printf(text, "  - {ports: %u-%u, protocol: %s, process: bench}\n", first,
		   first + count - 1, protocol);
}

static int build_policy(uint32_t rows, struct policy **ret_policy, struct buf *err)
{
	static const struct node_facts facts = { .role = REG_ROLE_ANY };
	uint16_t first = ports_first(rows), count = ports_count(rows);
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_buf_ struct buf text = { 0 };
	struct reg_layer *layer;
	struct diags diags = { 0 };
	int r;

	buf_puts(&text, "version: 1\nname: bench\nentries:\n");
	put_row(&text, first, count, "tcp");
	put_row(&text, first, count, "udp");
	if (rows > 2U * count)
		put_row(&text, first, (uint16_t)(rows - 2U * count), "udplite");
	if (!reg || text.failed)
		return -ENOMEM;
	r = layer_parse("bench", text.data, text.len, &diags, &layer);
	if (r == 0)
		r = registry_add(reg, layer, &diags);
	if (r == 0)
		r = policy_build(reg, &facts, ret_policy);
	if (r < 0)
		buf_puts(err, "the registry was not taken");
	diags_free(&diags);
	return r;
}

static int publish(struct kernel *kernel, bool enforce, uint32_t rows, struct buf *err)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct hp_config config = {
		.mode = enforce ? HP_MODE_ENFORCE : HP_MODE_AUDIT,
		.denies = POLICY_DENIES_DEFAULT,
		.errno_code = EPERM,
	};
	int r = build_policy(rows, &policy, err);

	return r < 0 ? r : kernel_publish(kernel, policy, &config);
}

/* ---- pods ---------------------------------------------------------------------------------- */

#ifdef HP_ACTIVE_PODS
/* The binder's control group is a container's, whose pod declares all ports of the registry. */
static int put_pod(const struct kernel *kernel, uint64_t cgroup, uint32_t rows)
{
	const struct hp_owner_key mark = { .id = cgroup, .set = HP_SET_PODS };
	int r = kernel_set_owner(kernel, &mark, HP_GRANTS_KNOWN | HP_GRANTS_DECLARED);

	for (uint32_t i = 0; i < 2U * ports_count(rows) && r == 0; i++) {
		const struct hp_declared_key key = {
			.cgroup = cgroup,
			.port = (uint16_t)(ports_first(rows) + i / 2),
			.proto = i % 2 ? HP_PROTO_UDP : HP_PROTO_TCP,
		};

		r = kernel_set_declared(kernel, &key);
	}
	return r;
}

/* As the agent does: all pods are below one control group, that above the binder's or another. */
static int set_pods(struct kernel *kernel, const struct held_place *place, uint32_t rows)
{
	bool in_pod = strcmp(place->argv[4], "pod") == 0;
	struct cgroup_mounts mounts;
	uint32_t level = 0;
	char container[PATH_MAX];
	uint64_t root, id;
	int r = cgroup_mounts(&mounts);

	(void)snprintf(container, sizeof(container), "%s/" BINDER_GROUP, place->cgroup);
	if (r == 0)
		r = cgroup_id(place->cgroup, &root);
	if (r == 0)
		r = cgroup_id(container, &id);
	if (r == 0 && in_pod)
		r = put_pod(kernel, id, rows);
	if (r < 0)
		return r;
	for (const char *at = place->cgroup + strlen(mounts.v2); *at; at++)
		level += *at == '/';
	kernel_set_pods(kernel, true, level, in_pod ? root : UINT64_MAX);
	return 0;
}
#else /* a revision beside ours that knows no pods */
static int set_pods(struct kernel *kernel, const struct held_place *place, uint32_t rows)
{
	(void)kernel;
	(void)place;
	(void)rows;
	return -EOPNOTSUPP;
}
#endif

/* ---- the programs -------------------------------------------------------------------------- */

static void on_event(void *data, const struct hp_event *event)
{
	(void)data;
	(void)event;
}

static int load_kernel(const struct held_place *place, bool own, struct kernel **ret_kernel)
{
	struct kernel_settings settings = { .listen = KERNEL_LISTEN_NONE };
	struct cgroup_mounts mounts;
	struct netns netns;
	int r = netns_open(own ? place->netns : NULL, &netns);

	if (r < 0)
		return r;
	settings.netns_cookie = netns.cookie;
	settings.netns_inum = netns.inum;
	netns_close(&netns);
#ifdef KERNEL_FOLD_NS /* a revision beside ours may not know it */
	settings.fold_ns = KERNEL_FOLD_NS;
#endif
	/* as the agent does: v1 names workloads where both hierarchies are mounted */
	if (cgroup_mounts(&mounts) == 0 && mounts.memory[0])
		(void)cgroup_id(mounts.v2, &settings.root_cgroup);
	(void)cgroup_id(place->cgroup, &settings.cgroup_id);
	return kernel_load(&settings, ret_kernel);
}

static int ours_load(const struct held_place *place, void **ret_held, struct buf *err)
{
	_cleanup_(kernel_freep) struct kernel *kernel = NULL;
	struct ours *ours;
	uint64_t rows;
	int r;

	if (place->argc < 4 || place->argc > 5 ||
	    parse_u64(place->argv[2], 2, PORTS_LARGE, &rows) < 0) {
		buf_puts(err, "ours MODE ROWS own|other [outside|pod]");
		return -EINVAL;
	}
	r = load_kernel(place, strcmp(place->argv[3], "own") == 0, &kernel);
	if (r == 0 && place->argc == 5)
		r = set_pods(kernel, place, (uint32_t)rows);
	if (r == 0)
		r = publish(kernel, strcmp(place->argv[1], "enforce") == 0, (uint32_t)rows, err);
	if (r == 0)
		r = kernel_on_event(kernel, on_event, NULL);
	if (r < 0)
		return r;
	kernel_set_chosen_range(kernel, CHOSEN_FIRST, CHOSEN_LAST);
	kernel_set_guard(kernel, true);
	ours = calloc(1, sizeof(*ours));
	if (!ours)
		return -ENOMEM;
	ours->cgroup_fd = place->cgroup_fd;
	ours->kernel = TAKE_PTR(kernel);
	*ret_held = ours;
	return 0;
}

static int ours_on(void *held, unsigned int n)
{
	struct ours *ours = held;

	(void)n;
	return kernel_attach(ours->kernel, ours->cgroup_fd);
}

static void ours_off(void *held)
{
	struct ours *ours = held;

	kernel_detach(ours->kernel);
}

static void ours_stats(void *held, struct buf *out)
{
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];
	struct ours *ours = held;
	size_t n = kernel_attachments(ours->kernel, attached);

	for (size_t i = 0; i < n; i++)
		held_put_stats(attached[i].hook, attached[i].program_id, out);
}

static int ours_fd(void *held)
{
	struct ours *ours = held;

	return kernel_ring_fd(ours->kernel);
}

static void ours_drain(void *held)
{
	struct ours *ours = held;

#ifdef KERNEL_DRAIN_MAX /* a revision beside ours that takes them so */
	(void)kernel_drain(ours->kernel);
#else
	while (kernel_take(ours->kernel, DRAIN))
		kernel_release(ours->kernel);
#endif
}

static void ours_free(void *held)
{
	struct ours *ours = held;

	kernel_free(ours->kernel);
	free(ours);
}

const struct held_type held_ours = {
	.word = "ours",
	.load = ours_load,
	.on = ours_on,
	.off = ours_off,
	.stats = ours_stats,
	.fd = ours_fd,
	.drain = ours_drain,
	.free = ours_free,
};
