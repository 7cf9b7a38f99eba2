// SPDX-License-Identifier: MIT
/* Readers of a row's numbers and lists. */
#include "reader.h"

#include <errno.h>
#include <string.h>

#include "registry.h"

/* Would it be a range of ports if its ends were exchanged? */
static bool is_reversed(const char *text)
{
	const char *dash = strchr(text, '-');
	char exchanged[16];
	uint16_t first, last;
	int n;

	if (!dash)
		return false;
	n = snprintf(exchanged, sizeof(exchanged), "%s-%.*s", dash + 1, (int)(dash - text), text);
	return n < (int)sizeof(exchanged) && reg_ports_parse(exchanged, &first, &last) == 0;
}

int read_ports(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object)
{
	const char *text = reader_scalar(r, field, value);
	struct reg_row *row = object;

	if (!text || reg_ports_parse(text, &row->first, &row->last) == 0)
		return 0;
	if (is_reversed(text))
		reader_bad(r, field, value, "a reversed range: the lower port comes first");
	else if (strchr(text, '-') && text[0] != '-')
		reader_bad(r, field, value, "not ports (N or N-M, each 1 to 65535)");
	else
		reader_bad(r, field, value, "not a port (1 to 65535)");
	return 0;
}

static int read_version(const struct reader *r, const struct field *field,
			const struct yaml_node *value, struct reg_version *version, char **ret)
{
	const char *text = reader_scalar(r, field, value);

	if (!text)
		return 0;
	if (reg_version_parse(text, version) < 0) {
		reader_bad(r, field, value, "not a version (\"X.Y\", as in \"4.10\")");
		return 0;
	}
	if (value->plain) {
		reader_bad(r, field, value,
			   "a version stands in quotes: without them it is a number to other "
			   "YAML readers, and 4.10 would be 4.1");
		return 0;
	}
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

int read_since(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object)
{
	struct reg_row *row = object;

	return read_version(r, field, value, &row->since, &row->since_text);
}

int read_removed(const struct reader *r, const struct field *field, const struct yaml_node *value,
		 void *object)
{
	struct reg_row *row = object;

	return read_version(r, field, value, &row->removed, &row->removed_text);
}

int read_until(const struct reader *r, const struct field *field, const struct yaml_node *value,
	       void *object)
{
	const char *text = reader_scalar(r, field, value);
	struct reg_row *row = object;

	if (!text)
		return 0;
	if (reg_date_parse(text, &row->until) < 0) {
		reader_bad(r, field, value, "not a day (YYYY-MM-DD)");
		return 0;
	}
	row->until_text = strdup(text);
	return row->until_text ? 0 : -ENOMEM;
}

typedef int (*add_fn)(const struct reader *r, const struct field *field,
		      const struct yaml_node *item, struct reg_row *row);

static int each_item(const struct reader *r, const struct field *field,
		     const struct yaml_node *list, struct reg_row *row, add_fn add)
{
	const struct yaml_node *item;
	int err = 0;

	for (item = yaml_tree_first(r->tree, list); item && err == 0;
	     item = yaml_tree_next(r->tree, item))
		err = add(r, field, item, row);
	return err;
}

static bool is_platform(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 1 && n <= 63 && text[n] == '\0' && text[0] != '-' && text[n - 1] != '-';
}

static bool has_platform(const struct reg_row *row, const char *text)
{
	for (size_t i = 0; i < row->platforms_len; i++)
		if (strcmp(row->platforms[i], text) == 0)
			return true;
	return false;
}

static int add_platform(const struct reader *r, const struct field *field,
			const struct yaml_node *item, struct reg_row *row)
{
	const char *text = reader_scalar(r, field, item);
	char *copy;

	if (!text)
		return 0;
	if (!is_platform(text)) {
		reader_bad(r, field, item, "not a name of a platform (a-z, 0-9, inside also -)");
		return 0;
	}
	if (has_platform(row, text)) {
		reader_bad(r, field, item, "given twice");
		return 0;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	row->platforms[row->platforms_len++] = copy;
	return 0;
}

int read_platforms(const struct reader *r, const struct field *field, const struct yaml_node *value,
		   void *object)
{
	struct reg_row *row = object;

	if (!reader_is_list(r, field, value) || value->len == 0)
		return 0;
	row->platforms = calloc(value->len, sizeof(*row->platforms));
	return row->platforms ? each_item(r, field, value, row, add_platform) : -ENOMEM;
}

#define OWNER_TEXT(key, member, chars)                                                             \
	{                                                                                          \
		.name = key, .read = read_text, .offset = offsetof(struct reg_owner, member),      \
		.max = chars,                                                                      \
	}

static const struct field owner_fields[] = {
	OWNER_TEXT("namespace", namespace_, 253),
	OWNER_TEXT("pod", pod, 253),
	OWNER_TEXT("container", container, 253),
	OWNER_TEXT("unit", unit, 255),
	{ .name = "exe", .read = read_path, .offset = offsetof(struct reg_owner, exe), .max = 255 },
};

static const struct fields owner_kind = {
	.what = "an owner",
	.items = owner_fields,
	.len = ARRAY_LEN(owner_fields),
};

static int add_owner(const struct reader *r, const struct field *field,
		     const struct yaml_node *item, struct reg_row *row)
{
	struct reg_owner *owner = &row->owners[row->owners_len++];
	size_t before = r->diags->total;
	int ways, err;

	(void)field;
	err = reader_mapping(r, &owner_kind, item, owner);
	if (err < 0 || r->diags->total > before)
		return err;
	ways = (owner->namespace_ || owner->pod || owner->container) + !!owner->unit + !!owner->exe;
	if (ways != 1)
		reader_say(r, item,
			   "an owner is one of three: a pod's container (namespace, pod, "
			   "container), a unit, or an exe");
	return 0;
}

int read_owners(const struct reader *r, const struct field *field, const struct yaml_node *value,
		void *object)
{
	struct reg_row *row = object;

	if (!reader_is_list(r, field, value) || value->len == 0)
		return 0;
	row->owners = calloc(value->len, sizeof(*row->owners));
	return row->owners ? each_item(r, field, value, row, add_owner) : -ENOMEM;
}
