// SPDX-License-Identifier: MIT
#include "rules.h"

#include <errno.h>

#include "../base/buf.h"

uint16_t rules_port(const struct way *way, size_t i)
{
	return (uint16_t)((way->kind == WAY_CHOSEN ? RULES_CHOSEN : RULES_EXPLICIT) + i);
}

static bool is_retired(const struct way *way)
{
	return way->kind == WAY_CHOSEN && !way->no_row;
}

static void put_text(const struct way *list, size_t len, struct buf *out)
{
	static const char *const protocols[] = { "tcp", "udp", "udplite", "sctp" };

	buf_printf(out,
		   "version: 1\n"
		   "name: coverage\n"
		   "entries:\n"
		   "  - {ports: %d, protocol: tcp, process: control}\n"
		   "retired: [",
		   RULES_ALLOWED);
	for (size_t i = 0; i < len; i++)
		for (size_t p = 0; is_retired(&list[i]) && p < ARRAY_LEN(protocols); p++)
			buf_printf(out,
				   " {ports: %u, protocol: %s, process: chosen, removed: '1.0'},\n",
				   rules_port(&list[i], i), protocols[p]);
	buf_puts(out, "]\n");
}

int rules_policy(const struct way *list, size_t len, struct policy **ret_policy)
{
	_cleanup_(registry_freep) struct registry *registry = calloc(1, sizeof(*registry));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	const struct node_facts anywhere = { 0 };
	struct reg_layer *layer = NULL;
	int r;

	if (len > RULES_WAYS_MAX)
		return -E2BIG;
	put_text(list, len, &text);
	if (!registry || text.failed)
		return -ENOMEM;
	r = layer_parse("coverage", text.data, text.len, &diags, &layer);
	if (r == 0)
		r = registry_add(registry, layer, &diags);
	return r < 0 ? r : policy_build(registry, &anywhere, ret_policy);
}
