// SPDX-License-Identifier: MIT
#include "node_options.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "../base/suggest.h"
#include "../registry/words.h"

int node_options_parse_registry(void *field, const char *value, struct buf *err)
{
	struct node_options *o = field;

	if (o->registries_len == ARRAY_LEN(o->registries)) {
		buf_printf(err, "more than %zu layers", ARRAY_LEN(o->registries));
		return -EINVAL;
	}
	o->registries[o->registries_len++] = value;
	return 0;
}

int node_options_parse_role(void *field, const char *value, struct buf *err)
{
	int role = word_to_role(value);

	if (role >= 0) {
		*(enum reg_role *)field = (enum reg_role)role;
		return 0;
	}
	buf_puts(err, strcmp(value, "auto") == 0 ?
			      "auto: only the agent asks the API server: name the role" :
			      "not control-plane, worker or any");
	suggest_put(value, words_at, &words_roles, err);
	return -EINVAL;
}

int node_options_parse_version(void *field, const char *value, struct buf *err)
{
	if (reg_version_parse(value, field) == 0)
		return 0;
	buf_puts(err, "not a version: X.Y, such as 4.16");
	return -EINVAL;
}

static const char *class_or_default(const void *words, size_t n)
{
	return n == 0 ? "default" : words_at(words, n - 1);
}

static void put_no_class(const char *text, struct buf *err)
{
	const char *word;

	buf_printf(err, "%s: not one of ", text);
	for (size_t n = 0; (word = class_or_default(&words_classes, n)); n++)
		buf_printf(err, "%s%s", n ? ", " : "", word);
	suggest_put(text, class_or_default, &words_classes, err);
}

int node_options_parse_classes(void *field, const char *value, struct buf *err)
{
	_cleanup_free_ char *copy = NULL;
	const char *bad;
	size_t len;

	if (policy_denies_parse(value, field, &bad, &len) == 0)
		return 0;
	copy = strndup(bad, len);
	if (!copy)
		return -ENOMEM;
	put_no_class(copy, err);
	return -EINVAL;
}

struct watched_paths node_options_paths(const struct node_options *options)
{
	return (struct watched_paths) {
		.specs = options->registries,
		.len = options->registries_len,
		.is_wanted = source_is_layer,
	};
}

struct node_facts node_options_facts(const struct node_options *options)
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
