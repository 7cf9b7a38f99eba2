/* SPDX-License-Identifier: MIT */
/* A snapshot of an agent to which nothing has happened, with room for what a test lets happen. */
#pragma once

#include "test.h"

#include <stdlib.h>

#include "../../user/agent/snapshot.h"
#include "../../user/pods/pods.h"

static char base_name[] = "base", base_path[] = "builtin:base";
static char site_name[] = "site", site_path[] = "/etc/site.yaml";
static struct reg_layer layers[] = {
	{ .name = base_name, .path = base_path, .digest = 0x1234 },
	{ .name = site_name, .path = site_path },
};
static const struct registry registry = { .layers = layers, .len = ARRAY_LEN(layers) };

struct fixture {
	struct snapshot snapshot;
	struct diags errors;
	struct reserve reserve;
	struct privilege privilege;
	struct pods pods;
	struct ledger *ledger;
	struct team_counts teams;
	struct buf text;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(ledger_new(&f->ledger), 0);
	f->snapshot = (struct snapshot) {
		.node = "n1",
		.mode = HP_MODE_AUDIT,
		.mode_option = HP_MODE_AUDIT,
		.denies = POLICY_DENIES_DEFAULT,
		.health = { .effective = true },
		.cgroup = "/sys/fs/cgroup",
		.abilities = { .listen = KERNEL_LISTEN_NONE, .iterator = -1 },
		.privilege = &f->privilege,
		.generation = 1,
		.registry = &registry,
		.reload_errors = &f->errors,
		.files = "watched",
		.reserve = &f->reserve,
		.ledger = f->ledger,
		.teams = &f->teams,
		.pods = &f->pods,
	};
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	buf_free(&f->text);
	diags_free(&f->errors);
	ledger_free(f->ledger);
	team_counts_free(&f->teams);
	free(f);
	return 0;
}

/* Is a part in the text, or not? */
static inline void check_part(const char *text, const char *part, bool there)
{
	check_int(part, strstr(text, part) != NULL, there);
}
