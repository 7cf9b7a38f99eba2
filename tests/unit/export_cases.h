/* SPDX-License-Identifier: MIT */
/* Exports of small registries, for the tests of each format. */
#pragma once

#include "layer_texts.h"

#include "../../user/formats/export.h"

#define SSH "{ports: 22, protocol: tcp, process: sshd}"

struct exported {
	struct buf out, said;
	int r;
};

static inline void exported_done(struct exported *e)
{
	buf_free(&e->out);
	buf_free(&e->said);
}
#define _cleanup_exported_ _cleanup_(exported_done)

/* What a format makes of a registry for a node, with the default ephemeral range. */
static inline struct exported export_registry(const char *format, const struct registry *reg,
					      const struct node_facts *facts)
{
	static const struct node_facts any = { .today = { 2026, 11, 24 } };
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct export_job job = {
		.registry = reg,
		.facts = facts ? facts : &any,
		.first = 32768,
		.last = 60999,
	};
	struct exported e = { 0 };

	assert_non_null(export_format_find(format));
	assert_int_equal(policy_build(reg, job.facts, &policy), 0);
	job.policy = policy;
	e.r = export_format_find(format)->write(&job, &e.out, &e.said);
	return e;
}

/* The same of one layer's lists. */
static inline struct exported export_lists(const char *format, const char *lists,
					   const struct node_facts *facts)
{
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);

	return export_registry(format, reg, facts);
}

/* What stands between two texts of a document; the caller's. */
static inline char *between(const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from), *end;

	if (!start)
		fail_msg("%s: is not in: %s", from, text);
	start += strlen(from);
	end = strstr(start, to);
	if (!end)
		fail_msg("%s: is not in: %s", to, start);
	return strndup(start, (size_t)(end - start));
}
