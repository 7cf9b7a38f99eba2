// SPDX-License-Identifier: MIT
#include "policy_load.h"

#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/status.h"
#include "../policy/essential.h"
#include "../registry/replace.h"
#include "../source/source.h"
#include "../source/watched_paths.h"
#include "../stream/deliver.h"

#define SPARE_MS 1000 /* publications come in bursts, when files change */

static int read_registry(const struct policy_load *load, struct diags *diags,
			 struct registry **ret_registry)
{
	const struct node_options *node = &load->config->node;

	return source_load(node->registries, node->registries_len, diags, ret_registry);
}

static uint64_t stamp_files(const struct policy_load *load)
{
	const struct watched_paths paths = node_options_paths(&load->config->node);

	return watched_paths_stamp(&paths);
}

static void print(const struct diags *diags)
{
	_cleanup_buf_ struct buf text = { 0 };

	diags_text(diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
}

int policy_load_read(struct policy_load *load)
{
	_cleanup_diags_ struct diags diags = { 0 };
	int r;

	/* first: what changes while it is read shows when the files are watched */
	load->stamp = stamp_files(load);
	r = read_registry(load, &diags, &load->in_force->registry);
	print(&diags);
	if (r < 0 && !diags.total)
		log_error("registry: %s", strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	generations_add(&load->in_force->generations, load->in_force->registry, NULL);
	load->in_force->loaded = clock_wall();
	return EXIT_OK;
}

int policy_load_check(struct policy_load *load)
{
	if (registry_empty(load->in_force->registry) &&
	    load->config->node.mode == HP_MODE_ENFORCE) {
		log_error("registry: empty: it would deny every port: refusing to enforce it");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* What can't be found out is refused, too. */
static bool denies_essential(const struct policy_load *load, const struct registry *registry,
			     const struct policy *policy, const struct node_facts *facts,
			     struct buf *why)
{
	const struct hp_config *decision = &load->in_force->decision;
	_cleanup_(registry_freep) struct registry *builtin = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct essential_row row;
	int r;

	if (load->config->deny_essential)
		return false;
	r = essential_denied(registry, policy, facts, decision, &row);
	/* a registry that was named may lack the built-in layers, and their rows with them */
	if (r == 0 && load->config->node.registries_len)
		r = source_load(NULL, 0, &diags, &builtin);
	if (r == 0 && builtin)
		r = essential_denied(builtin, policy, facts, decision, &row);
	if (r > 0)
		essential_put(registry, policy, facts, decision, &row, why);
	if (r < 0 || why->failed)
		buf_puts(why, strerror(ENOMEM));
	return r != 0;
}

bool policy_load_denies_essential(const struct policy_load *load, struct buf *why)
{
	const struct in_force *in_force = load->in_force;

	return denies_essential(load, in_force->registry, in_force->policy, &in_force->facts, why);
}

struct node_facts policy_load_facts(const struct policy_load *load)
{
	struct node_facts facts = node_options_facts(&load->config->node);
	const struct this_node *node = &load->this_node;

	if (load->config->role_auto)
		facts.role = node->role;
	if (!facts.platform && *node->platform)
		facts.platform = node->platform;
	if (!facts.cluster.major && !facts.cluster.minor)
		facts.cluster = node->cluster;
	owners_facts(load->owners, &facts);
	return facts;
}

int policy_load_make(struct policy_load *load)
{
	_cleanup_buf_ struct buf why = { 0 };
	const struct config *config = load->config;
	int r;

	load->in_force->facts = policy_load_facts(load);
	r = policy_build(load->in_force->registry, &load->in_force->facts, &load->in_force->policy);
	if (r < 0) {
		log_error("policy: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	load->in_force->decision = (struct hp_config) {
		.mode = config->node.mode, /* see mode_restore() */
		.denies = config->node.denies,
		.errno_code = config->errno_code,
		.deny_kernel = config->deny_kernel,
		.deny_unknown = config->deny_unknown,
		.deny_essential = config->deny_essential,
	};
	load->in_force->generations.policy = load->in_force->policy;
	if (config->node.mode == HP_MODE_ENFORCE && policy_load_denies_essential(load, &why)) {
		log_error("registry: %s: refusing to enforce it: see --deny-essential",
			  why.data ? why.data : strerror(ENOMEM));
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

/* ---- the map of the next policy ------------------------------------------------------------ */

static void on_spare_timer(void *data, uint32_t events)
{
	const struct policy_load *load = data;
	int r = kernel_settle(load->kernel);

	(void)events;
	owners_settle(load->owners);
	if (r < 0)
		log_debug("a map for the next policy: %s", strerror(-r));
}

static void make_spare_later(struct policy_load *load)
{
	if (load->spare_timer)
		(void)loop_timer_set(load->spare_timer, SPARE_MS, 0);
}

int policy_load_start(struct policy_load *load, struct loop *loop)
{
	int r = loop_timer(loop, on_spare_timer, load, &load->spare_timer);

	if (r == 0)
		make_spare_later(load);
	return r;
}

/* ---- publication --------------------------------------------------------------------------- */

static int publish(struct policy_load *load, const struct policy *policy,
		   const struct hp_config *decision)
{
	struct hp_config next = *decision;
	int r = kernel_publish(load->kernel, policy, &next);

	if (r < 0)
		return r;
	next.generation = kernel_generation(load->kernel);
	load->in_force->decision = next;
	make_spare_later(load);
	return 0;
}

int policy_load_publish(struct policy_load *load, const struct hp_config *decision)
{
	int r = publish(load, load->in_force->policy, decision);

	if (r == 0)
		generations_published(&load->in_force->generations,
				      load->in_force->decision.generation);
	return r;
}

enum essential {
	ESSENTIAL_MAY_BE_DENIED, /* it is as before, but for exceptions that have ended */
	ESSENTIAL_IS_CHECKED,
};

/*
 * Put a registry in force, which owns it then; NULL: the one in force, anew. 0; or a negative
 * errno, -EINVAL with a message, and then nothing has changed.
 */
static int put_in_force(struct policy_load *load, struct registry *next, enum essential essential,
			struct diags *diags)
{
	_cleanup_buf_ struct buf why = { 0 };
	struct node_facts facts = policy_load_facts(load);
	struct in_force *in_force = load->in_force;
	const struct registry *registry = next ? next : in_force->registry;
	struct policy *policy = NULL;
	int r = policy_build(registry, &facts, &policy);

	if (r < 0)
		return r;
	if (essential == ESSENTIAL_IS_CHECKED && in_force->decision.mode == HP_MODE_ENFORCE &&
	    denies_essential(load, registry, policy, &facts, &why)) {
		diags_add(diags, "registry", 0, 0, "%s: see --deny-essential",
			  why.data ? why.data : strerror(ENOMEM));
		policy_free(policy);
		return -EINVAL;
	}
	r = owners_prepare(load->owners, policy);
	if (r == 0) {
		host_prepare(load->host, policy, &in_force->decision);
		r = publish(load, policy, &in_force->decision);
	}
	if (r < 0) {
		host_refresh(load->host);
		owners_return(load->owners);
		policy_free(policy);
		return r;
	}
	policy_free(in_force->policy);
	in_force->policy = policy;
	in_force->facts = facts;
	in_force->generations.policy = policy;
	if (next) {
		in_force->registry = next;
		generations_add(&in_force->generations, next, policy);
	}
	generations_published(&in_force->generations, in_force->decision.generation);
	host_refresh(load->host);
	return 0;
}

int policy_load_today(struct policy_load *load)
{
	return put_in_force(load, NULL, ESSENTIAL_MAY_BE_DENIED, NULL);
}

int policy_load_node(struct policy_load *load, const struct this_node *node, struct diags *diags)
{
	struct this_node before = load->this_node;
	int r;

	load->this_node = *node;
	r = put_in_force(load, NULL, ESSENTIAL_IS_CHECKED, diags);
	if (r < 0)
		load->this_node = before; /* the facts in force point to its platform */
	return r;
}

/* The new registry, if it may take the place of the one in force. */
static int load_next(struct policy_load *load, const struct policy_load_request *request,
		     struct diags *diags, struct registry **ret_registry)
{
	_cleanup_(registry_freep) struct registry *next = NULL;
	int r = read_ahead_take(&load->ahead, request->stamp, diags, &next);

	if (r == -ENODATA)
		r = read_registry(load, diags, &next);
	if (request->stamp && request->stamp != stamp_files(load)) {
		diags_free(diags); /* perhaps of a file that was half written */
		return -EAGAIN;
	}
	if (r < 0)
		return r;
	if (!request->asked && registry_same(load->in_force->registry, next))
		return POLICY_LOAD_SAME;
	registry_replace_check(load->in_force->registry, next, request->shrink, diags);
	if (diags->total)
		return -EINVAL;
	*ret_registry = TAKE_PTR(next);
	return 0;
}

int policy_load_again(struct policy_load *load, const struct policy_load_request *request,
		      struct diags *diags, struct buf *changes)
{
	_cleanup_(registry_freep) struct registry *next = NULL;
	int r = load_next(load, request, diags, &next);

	if (r == 0)
		registry_changes(load->in_force->registry, next, changes);
	if (r == 0 && registry_same(load->in_force->registry, next)) {
		r = put_in_force(load, NULL, ESSENTIAL_MAY_BE_DENIED,
				 diags); /* its rows have the same numbers */
	} else if (r == 0) {
		r = put_in_force(load, next, ESSENTIAL_IS_CHECKED, diags);
		if (r == 0)
			next = NULL;
	}
	if (r < 0 && r != -EAGAIN && !diags->total)
		diags_add(diags, "registry", 0, 0, "%s", strerror(-r));
	if (r != 0)
		return r;
	load->in_force->loaded = clock_wall();
	return 0;
}

void policy_load_report(struct policy_load *load, enum notice_kind kind, const struct buf *message)
{
	struct notice notice = {
		.time = clock_wall(),
		.kind = kind,
		.message = message->data ? message->data : strerror(ENOMEM),
		.generation = load->in_force->decision.generation,
	};

	log_message(kind == NOTICE_REGISTRY || kind == NOTICE_NODE ? LOG_LEVEL_INFO :
								     LOG_LEVEL_WARNING,
		    "%s", notice.message);
	deliver_notice(load->stream, &notice);
}
