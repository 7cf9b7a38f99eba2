// SPDX-License-Identifier: MIT
#include "node_options.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "../registry/words.h"

/* Classes that only later versions can tell: to accept them would promise what is not kept. */
#define NOT_DECIDED (1U << HP_CLASS_OWNER | 1U << HP_CLASS_UNDECLARED)

int node_set_registry(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;

	if (o->registries_len == ARRAY_LEN(o->registries)) {
		buf_printf(err, "more than %zu layers", ARRAY_LEN(o->registries));
		return -EINVAL;
	}
	o->registries[o->registries_len++] = value;
	return 0;
}

int node_set_role(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;
	int role = word_to_role(value);

	if (strcmp(value, "auto") == 0)
		buf_puts(err, "auto: this version can't read the Node's labels: name the role");
	else if (role < 0)
		buf_puts(err, "not control-plane, worker or any");
	if (role < 0)
		return -EINVAL;
	o->role = (enum reg_role)role;
	return 0;
}

int node_set_platform(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;

	(void)err;
	o->platform = value;
	return 0;
}

int node_set_cluster_version(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;

	if (reg_version_parse(value, &o->cluster) == 0)
		return 0;
	buf_puts(err, "not a version: X.Y, such as 4.16");
	return -EINVAL;
}

int node_set_mode(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;
	int mode = word_to_mode(value);

	if (mode < 0) {
		buf_puts(err, "not audit or enforce");
		return -EINVAL;
	}
	o->mode = (uint32_t)mode;
	return 0;
}

int node_set_enforce(void *ctx, const char *value, struct buf *err)
{
	struct node_options *o = ctx;
	const char *bad;
	size_t len;
	uint32_t denies;

	if (policy_denies_parse(value, &denies, &bad, &len) < 0) {
		buf_printf(err, "%.*s: no such class", (int)len, bad);
		return -EINVAL;
	}
	if (denies & NOT_DECIDED) {
		buf_puts(err, "owner, undeclared: this version does not decide these classes");
		return -EINVAL;
	}
	o->denies = denies;
	return 0;
}

struct node_facts node_facts(const struct node_options *options)
{
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	return (struct node_facts) {
		.role = options->role,
		.platform = options->platform,
		.cluster = options->cluster,
		.today = { .year = (uint16_t)(tm.tm_year + 1900),
			   .month = (uint8_t)(tm.tm_mon + 1),
			   .day = (uint8_t)tm.tm_mday },
	};
}
