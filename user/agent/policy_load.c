// SPDX-License-Identifier: MIT
#include "policy_load.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../registry/replace.h"
#include "../source/watched_paths.h"
#include "../source/source.h"
#include "spare_map.h"
#include "state.h"

static int load(const struct agent *agent, struct diags *diags, struct registry **ret_registry)
{
	const struct node_options *node = &agent->config->node;

	return source_load(node->registries, node->registries_len, diags, ret_registry);
}

static uint64_t stamp_files(const struct agent *agent)
{
	const struct node_options *node = &agent->config->node;

	return watched_paths_stamp(node->registries, node->registries_len);
}

/* What a registry may say but this agent can't keep must not be passed over in silence. */
static void check_owners(const struct registry *registry, struct diags *diags)
{
	const struct reg_layer *layer;
	const struct reg_row *row = policy_first_owned_exception(registry, &layer);

	if (row)
		diags_add(diags, layer->path, row->line, row->column,
			  "exception with owners: this version can't tell owners apart;"
			  " state it without them, or leave it out");
}

static void say(const struct diags *diags)
{
	_cleanup_buf_ struct buf text = { 0 };

	diags_text(diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
}

int apply_load(struct agent *agent)
{
	_cleanup_diags_ struct diags diags = { 0 };
	int r;

	/* first: what changes while it is read shows when the files are watched */
	agent->files.stamp = stamp_files(agent);
	r = load(agent, &diags, &agent->registry);
	say(&diags);
	if (r < 0 && !diags.total)
		log_error("registry: %s", strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	generations_add(&agent->generations, agent->registry, NULL);
	(void)clock_gettime(CLOCK_REALTIME, &agent->reload.loaded);
	return EXIT_OK;
}

int apply_check(struct agent *agent)
{
	_cleanup_diags_ struct diags diags = { 0 };

	check_owners(agent->registry, &diags);
	say(&diags);
	if (diags.total)
		return EXIT_USAGE;
	if (registry_empty(agent->registry) && agent->config->node.mode == HP_MODE_ENFORCE) {
		log_error("registry: empty: it would deny every port: refusing to enforce it");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

int apply_make(struct agent *agent)
{
	const struct config *config = agent->config;
	int r;

	agent->facts = node_facts(&config->node);
	r = policy_build(agent->registry, &agent->facts, &agent->policy);
	if (r < 0) {
		log_error("policy: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	agent->decision = (struct hp_config) {
		.mode = config->node.mode, /* see mode_restore() */
		.denies = config->node.denies,
		.errno_code = config->errno_code,
		.deny_kernel = config->deny_kernel,
	};
	agent->generations.policy = agent->policy;
	agent->identity.generations = &agent->generations;
	return EXIT_OK;
}

static int publish(struct agent *agent, const struct policy *policy,
		   const struct hp_config *decision)
{
	struct hp_config next = *decision;
	int r = kernel_publish(agent->kernel, policy, &next);

	if (r < 0)
		return r;
	next.generation = kernel_generation(agent->kernel);
	agent->decision = next;
	room_later(agent);
	return 0;
}

int apply_decision(struct agent *agent, const struct hp_config *decision)
{
	int r = publish(agent, agent->policy, decision);

	if (r == 0)
		generations_published(&agent->generations, agent->decision.generation);
	return r;
}

/* Make the policy of a registry and publish it: nothing of the agent changes unless that succeeds.
 */
static int put_in_force(struct agent *agent, const struct registry *registry)
{
	struct node_facts facts = node_facts(&agent->config->node);
	struct policy *policy = NULL;
	int r = policy_build(registry, &facts, &policy);

	if (r < 0)
		return r;
	r = publish(agent, policy, &agent->decision);
	if (r < 0) {
		policy_free(policy);
		return r;
	}
	policy_free(agent->policy);
	agent->policy = policy;
	agent->facts = facts;
	return 0;
}

int apply_today(struct agent *agent)
{
	int r = put_in_force(agent, agent->registry);

	if (r < 0)
		return r;
	agent->generations.policy = agent->policy;
	generations_published(&agent->generations, agent->decision.generation);
	agent_refresh(agent);
	return 0;
}

/* The new registry, if it may take the place of the one in force. */
static int load_next(struct agent *agent, const struct apply_request *request, struct diags *diags,
		     struct registry **ret_registry)
{
	_cleanup_(registry_freep) struct registry *next = NULL;
	int r = load(agent, diags, &next);

	if (request->stamp && request->stamp != stamp_files(agent)) {
		diags_free(diags); /* may be of a file of which a half was there */
		return -EAGAIN;
	}
	if (r < 0)
		return r;
	if (!request->asked && registry_same(agent->registry, next))
		return APPLY_SAME;
	check_owners(next, diags);
	registry_replace_check(agent->registry, next, request->shrink, diags);
	if (diags->total)
		return -EINVAL;
	*ret_registry = TAKE_PTR(next);
	return 0;
}

/* Put it in force; the agent has it then. */
static int take(struct agent *agent, struct registry **next)
{
	int r = put_in_force(agent, *next);

	if (r < 0)
		return r;
	agent->registry = *next;
	generations_add(&agent->generations, TAKE_PTR(*next), agent->policy);
	generations_published(&agent->generations, agent->decision.generation);
	agent_refresh(agent);
	return 0;
}

int apply_reload(struct agent *agent, const struct apply_request *request, struct diags *diags,
		 struct buf *changes)
{
	_cleanup_(registry_freep) struct registry *next = NULL;
	int r = load_next(agent, request, diags, &next);

	if (r == 0)
		registry_changes(agent->registry, next, changes);
	if (r == 0 && registry_same(agent->registry, next))
		r = apply_today(agent); /* its rows have the same numbers */
	else if (r == 0)
		r = take(agent, &next);
	if (r < 0 && r != -EAGAIN && !diags->total)
		diags_add(diags, "registry", 0, 0, "%s", strerror(-r));
	if (r != 0)
		return r;
	(void)clock_gettime(CLOCK_REALTIME, &agent->reload.loaded);
	return 0;
}
