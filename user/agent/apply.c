// SPDX-License-Identifier: MIT
#include "apply.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/status.h"
#include "../source/source.h"
#include "state.h"

int apply_load(struct agent *agent)
{
	const struct node_options *node = &agent->config->node;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = source_load(node->registries, node->registries_len, &diags, &agent->registry);

	diags_text(&diags, &text);
	if (text.len)
		(void)fputs(text.data, stderr);
	if (r < 0 && !text.len)
		log_error("registry: %s", strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	generations_add(&agent->generations, agent->registry, NULL);
	return EXIT_OK;
}

/* What a registry may say but this agent can't keep must not be passed over in silence. */
int apply_check(struct agent *agent)
{
	const struct reg_layer *layer;
	const struct reg_row *row = policy_first_owned_exception(agent->registry, &layer);

	if (row) {
		log_error("%s:%u:%u: exception with owners: this version can't tell owners apart;"
			  " state it without them, or leave it out",
			  layer->path, row->line, row->column);
		return EXIT_USAGE;
	}
	if (registry_empty(agent->registry) && agent->config->node.mode == HP_MODE_ENFORCE) {
		log_error("registry: empty: it would deny every port: refusing to enforce it");
		return EXIT_USAGE;
	}
	return EXIT_OK;
}

int apply_make(struct agent *agent)
{
	const struct config *config = agent->config;
	struct node_facts facts = node_facts(&config->node);
	int r = policy_build(agent->registry, &facts, &agent->policy);

	if (r < 0) {
		log_error("policy: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	agent->decision = (struct hp_config) {
		.mode = config->node.mode,
		.denies = config->node.denies,
		.errno_code = config->errno_code,
		.deny_kernel = config->deny_kernel,
	};
	agent->generations.policy = agent->policy;
	agent->identity.generations = &agent->generations;
	return EXIT_OK;
}

int apply_decision(struct agent *agent, const struct hp_config *decision)
{
	struct hp_config next = *decision;
	int r = kernel_publish(agent->kernel, agent->policy, &next);

	if (r < 0)
		return r;
	next.generation = kernel_generation(agent->kernel);
	agent->decision = next;
	generations_published(&agent->generations, next.generation);
	return 0;
}
