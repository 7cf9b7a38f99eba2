// SPDX-License-Identifier: MIT
/*
 * A layer in every format. Each is safe for a terminal. YAML is a registry file again;
 * what is not lost of a page is on it; CSV has as many columns in every row as in its
 * heading; a Butane configuration is YAML, a MachineConfig JSON; and each line of a ruleset is
 * one that we meant to write.
 */
#include "layer_text.h"

#include <errno.h>

#include "../../user/formats/csv_read.h"
#include "../../user/formats/export.h"
#include "../../user/formats/markdown_read.h"
#include "../../user/registry/yaml.h"

static void check_shown(const struct buf *text)
{
	size_t n;

	for (size_t at = 0; at < text->len; at += n ? n : 1) {
		n = utf8_printable(text->data + at);
		CHECK(n > 0 || strchr("\n\r\t", text->data[at]));
	}
}

static void check_yaml(const struct buf *out, const struct buf *said)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)said;
	CHECK(layer_parse("yaml", out->data, out->len, &diags, &layer) == 0);
}

static void check_page(const struct buf *out, const struct buf *said)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	struct layer_source source = { "page", out->data, out->len, "page", NULL, NULL, NULL };
	int r = markdown_read(&source, &diags, &layer);

	/* no rows, or a process of nothing but blanks, which was told */
	CHECK(r == 0 || r == -EINVAL);
	CHECK(r == 0 || said->len || !strchr(out->data, '|'));
}

static void check_csv(const struct buf *out, const struct buf *said)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_csv_ struct csv csv = csv_of("csv", out->data, out->len, &diags);
	struct csv_record record;
	size_t columns = 0;

	(void)said;
	while (csv_next(&csv, &record)) {
		columns = columns ?: record.len; /* those of the heading */
		CHECK(record.len == columns);
	}
	CHECK(columns > 1);
	CHECK(diags.total == 0);
}

static void check_tree(const struct buf *out, const struct buf *said)
{
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)said;
	CHECK(yaml_tree_parse("butane", out->data, out->len, &diags, &tree) == 0);
	CHECK(diags.total == 0);
}

/* A comment, a blank line, an element, or a word that rules begin with. */
static void check_rule(const char *line)
{
	static const char *const starts[] = {
		"#",	     "table ",	   "delete ",	       "\tset ",
		"\t\ttype ", "\t\tflags ", "\t\telements = {", "\t\t}",
		"\t}",	     "}",	   "\tchain ",	       "\t\tiifname ",
		"\t\tct ",   "\t\ttcp ",   "\t\tudp ",	       "\t\tudplite ",
		"\t\tsctp ", "\t\tmeta "
	};
	size_t n = strspn(line, "\t");

	if (*line == '\0')
		return;
	if (n == 3) {
		n += strspn(line + n, "0123456789-");
		CHECK(n > 3 && strncmp(line + n, ", # ", 4) == 0);
		CHECK(line[strlen(line) - 1] != '\\');
		return;
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return;
	CHECK(!"a line of a ruleset");
}

static void check_nft(const struct buf *out, const struct buf *said)
{
	_cleanup_free_ char *copy = strdup(out->data);
	char *at = copy, *line;

	(void)said;
	CHECK(copy);
	while ((line = strsep(&at, "\n")))
		check_rule(line);
}

static void check_document(const struct buf *out, const struct buf *said)
{
	struct buf line = *out;

	(void)said;
	CHECK(line.len > 0 && line.data[line.len - 1] == '\n');
	line.len--;
	json_free(check_json(&line));
}

static void check_any(const struct buf *out, const struct buf *said)
{
	(void)said;
	CHECK(out->len > 0);
}

static const struct {
	const char *format;
	void (*check)(const struct buf *out, const struct buf *said);
} checks[] = {
	{ "yaml", check_yaml }, { "md", check_page },	  { "csv", check_csv },
	{ "nft", check_nft },	{ "butane", check_tree }, { "reserved-ports", check_any },
	{ "json", check_any },	{ "html", check_any },	  { "machineconfig", check_document },
	{ "vap", check_any },
};

static void check_formats(const struct registry *registry, const struct policy *policy,
			  const struct node_facts *facts)
{
	struct export_job job = {
		.registry = registry,
		.facts = facts,
		.policy = policy,
		.first = 32768,
		.last = 60999,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		_cleanup_buf_ struct buf out = { 0 }, said = { 0 };
		int r = export_format_find(checks[i].format)->write(&job, &out, &said);

		CHECK(r == 0 || (r == -EINVAL && said.len > 0));
		check_shown(&said);
		check_shown(&out);
		if (r == 0)
			checks[i].check(&out, &said);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct node_facts facts = { .role = REG_ROLE_WORKER };
	_cleanup_(registry_freep) struct registry *registry = calloc(1, sizeof(*registry));
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *layer = NULL;

	CHECK(registry);
	if (layer_parse("file", text, size, &diags, &layer) < 0)
		return 0;
	if (registry_add(registry, layer, &diags) < 0)
		return 0;
	CHECK(policy_build(registry, &facts, &policy) == 0);
	check_formats(registry, policy, &facts);
	return 0;
}
