// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>

#include "check_state.h"
#include "conflict.h"
#include "declared.h"
#include "dedup.h"
#include "ignore.h"
#include "manifest_file.h"
#include "node_port.h"
#include "registered.h"
#include "replica.h"
#include "rollout.h"
#include "service_check.h"
#include "template.h"

int check_new(const struct manifest_options *options, struct check **ret_check)
{
	static const enum reg_role roles[POLICY_MAX] = {
		[POLICY_ANY] = REG_ROLE_ANY,
		[POLICY_CONTROL_PLANE] = REG_ROLE_CONTROL_PLANE,
		[POLICY_WORKER] = REG_ROLE_WORKER,
	};
	_cleanup_(check_freep) struct check *check = calloc(1, sizeof(*check));
	struct node_facts facts = options->facts;
	int r = check ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < POLICY_MAX; i++) {
		facts.role = roles[i];
		r = policy_build(options->registry, &facts, &check->policies[i]);
	}
	if (r < 0)
		return r;
	check->options = *options;
	check_reset(check);
	documented_fill(options->registry, &check->documented);
	*ret_check = TAKE_PTR(check);
	return 0;
}

/* The rules about one pod. */
static void check_pod(struct check *check, struct pod *pod)
{
	static const unsigned int roles[REG_ROLE_MAX] = {
		[REG_ROLE_ANY] = NODES_ANY,
		[REG_ROLE_CONTROL_PLANE] = NODES_CONTROL_PLANE,
		[REG_ROLE_WORKER] = NODES_WORKER,
	};

	if (check->options.role != REG_ROLE_MAX)
		pod->placement.roles = roles[check->options.role];
	registered_check(check, pod);
	declared_check(check, pod);
	rollout_check(check, pod);
}

/*
 * Look at the pods of an object. One of many that are alike keeps what it has of its own, and
 * gives the rest of the memory back; but not the first one of a workload that has a finding.
 */
static void settle(void *data, struct arena_mark mark)
{
	struct check *check = data;
	struct model *model = &check->model;
	struct pod *first = *check->unsettled, *shared = NULL;
	size_t findings = check->findings.len;

	if (model->arena.failed)
		return;
	for (struct pod *pod = first; pod; pod = pod->next)
		check_pod(check, pod);
	if (first && !first->next && (check->findings.len == findings || !dedup_is_replica(first)))
		shared = replica_share(check, first);
	if (shared) {
		arena_rewind(&model->arena, mark);
		*check->unsettled = shared;
		model->pods_end = &shared->next;
	}
	check->unsettled = model->pods_end;
}

void check_reset(struct check *check)
{
	dedup_forget(check);
	replica_forget(check);
	findings_free(&check->findings);
	arena_free(&check->model.arena);
	arena_free(&check->kept);
	check->model = (struct model) {
		.namespace_ = check->options.namespace_,
		.settle = settle,
		.settle_data = check,
	};
	check->model.pods_end = check->unsettled = &check->model.pods;
	check->model.services_end = &check->model.services;
}

/* A file as it is read: whole, or in a window. */
struct source {
	const char *text; /* NULL: it is read on the way */
	size_t len;
	yaml_read_fn read;
	void *data;
};

static int read_source(struct check *check, const char *name, const struct source *source)
{
	if (source->text)
		return manifest_file_read(&check->model, &check->findings, name, source->text,
					  source->len);
	return manifest_file_read_long(&check->model, &check->findings, name, source->read,
				       source->data);
}

static int check_source(struct check *check, const char *file, const struct source *source)
{
	struct model *model = &check->model;
	struct pod **pods = model->pods_end;
	struct service **services = model->services_end;
	const struct ignore *ignores = model->ignores;
	const struct node_port *node_ports = model->node_ports;
	struct arena_mark mark;
	const char *name;
	int r;

	template_enter(model, file);
	mark = arena_mark(&model->arena);
	name = arena_text(&model->arena, file);
	if (!name || model->arena.failed)
		return -ENOMEM;
	r = read_source(check, name, source);
	if (r < 0)
		return r;
	if (!*pods && !*services && ignores == model->ignores && node_ports == model->node_ports)
		arena_rewind(&model->arena, mark);
	return model->arena.failed || check->kept.failed || check->findings.failed ? -ENOMEM : 0;
}

int check_file(struct check *check, const char *file, const char *text, size_t len)
{
	return check_source(check, file, &(struct source) { .text = text, .len = len });
}

int check_long_file(struct check *check, const char *file, yaml_read_fn read, void *data)
{
	return check_source(check, file, &(struct source) { .read = read, .data = data });
}

int check_finish(struct check *check, struct findings *ret_findings)
{
	int r = conflict_check(check, CONFLICT_STEPS_MAX);

	if (r == 0)
		r = service_check(check, SERVICE_CHECK_STEPS_MAX);
	if (r == 0)
		node_port_check(check);
	if (r < 0)
		return r;
	ignore_judge(&check->model, &check->findings);
	if (check->model.arena.failed || check->kept.failed || check->findings.failed)
		return -ENOMEM;
	findings_sort(&check->findings);
	*ret_findings = check->findings;
	check->findings = (struct findings) { 0 };
	return 0;
}

struct manifest_counts check_counts(const struct check *check)
{
	return check->model.counts;
}

void check_free(struct check *check)
{
	if (!check)
		return;
	for (size_t i = 0; i < POLICY_MAX; i++)
		policy_free(check->policies[i]);
	check_reset(check);
	free(check);
}
